package capture

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"

	"github.com/gopacket/gopacket/layers"

	"picotop/feed"
)

// A Skip says why a frame was passed over.
type Skip string

// The reasons for passing over a frame.
const (
	NotUDP    Skip = "not IPv4 UDP"
	Fragment  Skip = "fragments"
	CutShort  Skip = "cut short"
	Encrypted Skip = "encrypted Wi-Fi frames"
)

// unknownLink is the reason for frames of a link type that is not known here, by
// its name or number.
func unknownLink(link layers.LinkType) Skip {
	name := link.String()
	if strings.HasPrefix(name, "Unknown") || name == "" {
		name = strconv.Itoa(int(link))
	}
	return Skip(unknownLinkPrefix + name)
}

const unknownLinkPrefix = "of the link type "

// Unreadable reports whether no frame like those passed over for this reason can be
// read, however often the capture is made.
func (s Skip) Unreadable() bool {
	return s == Encrypted || strings.HasPrefix(string(s), unknownLinkPrefix)
}

// Link types beside those that gopacket names
// (https://www.tcpdump.org/linktypes.html).
const (
	linkRawBSD    layers.LinkType = 12  // what some systems write for raw
	linkLinuxSLL2 layers.LinkType = 276 // tcpdump -i any
	linkPKTAP     layers.LinkType = 258 // tcpdump of a Mac, on several interfaces
)

// Header lengths and fields.
const (
	etherIPv4   = 0x0800
	etherVLAN   = 0x8100
	etherQinQ   = 0x88a8
	protocolUDP = 17
	ipv4Header  = 20
	udpHeader   = 8
	// fragmented is the bit "more fragments" and the offset.
	fragmented = 0x3fff
)

// maxNesting bounds how many captures may be inside each other: a mirror of a
// mirror is a loop.
const maxNesting = 3

// decode finds the UDP datagram in a frame; of a frame that a switch or an access
// point has mirrored to another machine, the one that is inside. The payload points
// into the frame.
func decode(link layers.LinkType, frame []byte) (feed.Datagram, Skip) {
	return decodeNested(link, frame, maxNesting)
}

func decodeNested(link layers.LinkType, frame []byte, nesting int) (feed.Datagram, Skip) {
	packet, iface, why := unlink(link, frame)
	if why != "" {
		return feed.Datagram{}, why
	}
	d, why := unwrap(packet)
	d.Interface = iface
	if why == "" && nesting > 0 {
		if inner, link, ok := mirrored(d.To.Port(), d.Payload); ok {
			if d, why := decodeNested(link, inner, nesting-1); why == "" {
				d.Interface = iface
				return d, ""
			}
		}
	}
	d.Payload = d.Payload[:min(len(d.Payload), feed.MaxDatagram+1)]
	return d, why
}

// unlink takes the link layer off. iface is 0 unless the link layer tells it.
func unlink(link layers.LinkType, frame []byte) (packet []byte, iface int, why Skip) {
	switch link {
	case layers.LinkTypeRaw, layers.LinkTypeIPv4, linkRawBSD:
		return frame, 0, ""
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		// An address family, in the byte order of whoever wrote it: what
		// follows tells better.
		packet, why = after(frame, 4)
		return packet, 0, why
	case layers.LinkTypeEthernet:
		packet, why = unEther(frame, 12)
		return packet, 0, why
	case layers.LinkTypeLinuxSLL:
		packet, why = unEther(frame, 14)
		return packet, 0, why
	case linkLinuxSLL2:
		if len(frame) < 20 {
			return nil, 0, CutShort
		}
		if binary.BigEndian.Uint16(frame) != etherIPv4 {
			return nil, 0, NotUDP
		}
		return frame[20:], int(binary.BigEndian.Uint32(frame[4:]) & 0x7fffffff), ""
	case layers.LinkTypeIEEE802_11:
		packet, why = unWiFi(frame)
		return packet, 0, why
	case layers.LinkTypeIEEE80211Radio:
		packet, why = unRadiotap(frame)
		return packet, 0, why
	case linkPKTAP:
		return unPKTAP(frame)
	}
	return nil, 0, unknownLink(link)
}

// unEther takes off a header that ends with an Ethernet type at the given
// offset, and VLAN tags after it.
func unEther(frame []byte, at int) ([]byte, Skip) {
	for len(frame) >= at+2 {
		switch binary.BigEndian.Uint16(frame[at:]) {
		case etherIPv4:
			return frame[at+2:], ""
		case etherVLAN, etherQinQ:
			at += 4
		default:
			return nil, NotUDP
		}
	}
	return nil, CutShort
}

func after(frame []byte, n int) ([]byte, Skip) {
	if len(frame) < n {
		return nil, CutShort
	}
	return frame[n:], ""
}

// unwrap takes off the headers of IPv4 and UDP. Checksums are not looked at:
// where a packet was captured on the machine that sent it, they are often left
// to the network card.
func unwrap(packet []byte) (feed.Datagram, Skip) {
	if len(packet) == 0 {
		return feed.Datagram{}, CutShort
	}
	header := int(packet[0]&0xf) * 4
	if packet[0]>>4 != 4 || header < ipv4Header {
		return feed.Datagram{}, NotUDP
	}
	if len(packet) < header {
		return feed.Datagram{}, CutShort
	}
	total := int(binary.BigEndian.Uint16(packet[2:]))
	switch {
	case packet[9] != protocolUDP:
		return feed.Datagram{}, NotUDP
	case binary.BigEndian.Uint16(packet[6:])&fragmented != 0:
		return feed.Datagram{}, Fragment
	case total < header+udpHeader:
		return feed.Datagram{}, NotUDP
	case len(packet) < total:
		return feed.Datagram{}, CutShort
	}
	udp := packet[header:total] // what follows is Ethernet's padding
	length := int(binary.BigEndian.Uint16(udp[4:]))
	if length < udpHeader || length > len(udp) {
		return feed.Datagram{}, NotUDP
	}
	at := func(addr []byte, port []byte) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(addr)), binary.BigEndian.Uint16(port))
	}
	return feed.Datagram{
		From:    at(packet[12:16], udp),
		To:      at(packet[16:20], udp[2:]),
		Payload: udp[udpHeader:length],
	}, ""
}
