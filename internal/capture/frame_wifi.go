package capture

import (
	"bytes"
	"encoding/binary"

	"github.com/gopacket/gopacket/layers"
)

// unRadiotap takes off the header that a Wi-Fi card in monitor mode puts before a
// frame: a version, a byte that is free, and the length in two bytes, the lower one
// first (https://www.radiotap.org).
func unRadiotap(frame []byte) ([]byte, Skip) {
	if len(frame) < 4 {
		return nil, CutShort
	}
	frame, why := after(frame, int(binary.LittleEndian.Uint16(frame[2:])))
	if why != "" {
		return nil, why
	}
	return unWiFi(frame)
}

// The first two bytes of an IEEE 802.11 header (clause 9.2.4.1), the lower one
// first.
const (
	wifiTypeMask  = 0x000c
	wifiTypeData  = 0x0008
	wifiNoData    = 0x0040 // in a data frame: a frame without a body
	wifiQoS       = 0x0080 // in a data frame: two bytes more
	wifiDSMask    = 0x0300 // both: a fourth address
	wifiProtected = 0x4000
	wifiOrder     = 0x8000 // in a QoS frame: four bytes more
	wifiHeader    = 24
)

// snapHeader begins what is in a Wi-Fi frame; an Ethernet type follows (RFC 1042).
var snapHeader = []byte{0xaa, 0xaa, 0x03, 0, 0, 0}

// unWiFi takes off the header of an IEEE 802.11 data frame. Wi-Fi is mostly
// encrypted, and then nothing can be read.
func unWiFi(frame []byte) ([]byte, Skip) {
	if len(frame) < 2 {
		return nil, CutShort
	}
	control := binary.LittleEndian.Uint16(frame)
	if control&wifiTypeMask != wifiTypeData || control&wifiNoData != 0 {
		return nil, NotUDP
	}
	if control&wifiProtected != 0 {
		return nil, Encrypted
	}
	header := wifiHeader
	if control&wifiDSMask == wifiDSMask {
		header += 6
	}
	if control&wifiQoS != 0 {
		header += 2
		if control&wifiOrder != 0 {
			header += 4
		}
	}
	body, why := after(frame, header)
	if why != "" {
		return nil, why
	}
	if !bytes.HasPrefix(body, snapHeader) {
		return nil, NotUDP
	}
	return unEther(body, len(snapHeader))
}

// unPKTAP takes off the header that macOS puts before a frame: its own length, a
// type, and the link type of what follows, four bytes each, the lower one first
// (LINKTYPE_PKTAP).
func unPKTAP(frame []byte) (packet []byte, iface int, why Skip) {
	if len(frame) < 12 {
		return nil, 0, CutShort
	}
	header := binary.LittleEndian.Uint32(frame)
	link := layers.LinkType(binary.LittleEndian.Uint32(frame[8:]))
	if header < 12 || uint64(header) > uint64(len(frame)) {
		return nil, 0, CutShort
	}
	if link == linkPKTAP {
		return nil, 0, unknownLink(linkPKTAP) // one inside another
	}
	return unlink(link, frame[header:])
}
