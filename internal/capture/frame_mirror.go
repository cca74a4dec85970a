package capture

import (
	"encoding/binary"

	"github.com/gopacket/gopacket/layers"
)

// The UDP ports of mirrors: what a switch, an access point or a hypervisor sees is
// sent to another machine in datagrams.
const (
	portVXLAN = 4789  // RFC 7348
	portTZSP  = 37008 // TaZmen Sniffer Protocol, of MikroTik and others
)

// mirrored returns the frame inside a datagram to the port of a mirror, and ok false
// if it is none.
func mirrored(port uint16, payload []byte) (frame []byte, link layers.LinkType, ok bool) {
	switch port {
	case portVXLAN:
		return unVXLAN(payload)
	case portTZSP:
		return unTZSP(payload)
	}
	return nil, 0, false
}

// unVXLAN takes off eight bytes, of which the first says that there is a network's
// number, and the last is 0 (RFC 7348, section 5).
func unVXLAN(payload []byte) ([]byte, layers.LinkType, bool) {
	if len(payload) < 8 || payload[0] != 0x08 || payload[7] != 0 {
		return nil, 0, false
	}
	return payload[8:], layers.LinkTypeEthernet, true
}

// unTZSP takes off version 1, the type of a received packet, what is inside, and
// tagged fields up to one that ends them.
func unTZSP(payload []byte) ([]byte, layers.LinkType, bool) {
	const (
		version  = 1
		received = 0
		padding  = 0
		end      = 1
	)
	links := map[uint16]layers.LinkType{
		1: layers.LinkTypeEthernet, 18: layers.LinkTypeIEEE802_11, 127: layers.LinkTypeIEEE80211Radio,
	}
	if len(payload) < 4 || payload[0] != version || payload[1] != received {
		return nil, 0, false
	}
	link, known := links[binary.BigEndian.Uint16(payload[2:])]
	for rest := payload[4:]; known && len(rest) > 0; {
		switch rest[0] {
		case padding:
			rest = rest[1:]
			continue
		case end:
			return rest[1:], link, true
		}
		if len(rest) < 2 || len(rest) < 2+int(rest[1]) {
			break
		}
		rest = rest[2+int(rest[1]):]
	}
	return nil, 0, false
}
