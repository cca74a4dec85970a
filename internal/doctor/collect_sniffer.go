package doctor

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
	"time"

	"picotop/feed"
)

// streamStats counts the packets of a stream.
type streamStats struct {
	packets   int
	decoded   int // of these, temperatures and statuses of a Pico
	longest   int // payload, in bytes
	firstSeen time.Time
}

// A query is a message of an IGMP querier.
type query struct {
	from  netip.Addr
	iface string
}

// A sniffer sees what goes over the network while the doctor listens, before the
// kernel filters it.
type sniffer struct {
	group   netip.Addr
	fd      int
	err     error // why nothing could be seen; then the rest is empty
	streams map[stream]*streamStats
	queries []query

	deadlines  map[string]time.Time // by interface: until when a query wants an answer
	unanswered map[string]bool      // by interface: whether one got none
}

func newSniffer(group netip.Addr) *sniffer {
	return &sniffer{
		group: group, fd: -1, streams: map[stream]*streamStats{},
		deadlines: map[string]time.Time{}, unanswered: map[string]bool{},
	}
}

const (
	protocolIGMP = 2
	protocolUDP  = 17
	igmpQuery    = 0x11 // RFC 2236, section 2.1
	ipHeaderLen  = 20   // bytes of an IPv4 header
	udpHeaderLen = 8    // bytes
	// kernelDropLength is the length in bytes above which the listener has the
	// kernel throw packets away.
	kernelDropLength = 2 * feed.MaxDatagram
)

// A packetInfo says where and when a packet was seen.
type packetInfo struct {
	iface    string
	outgoing bool // on its way out of this machine
	at       time.Time
}

// handlePacket looks at an IPv4 packet.
func (s *sniffer) handlePacket(b []byte, info packetInfo) {
	if len(b) < ipHeaderLen || b[0]>>4 != 4 {
		return
	}
	header := int(b[0]&0xf) * 4
	if len(b) < header+udpHeaderLen {
		return
	}
	switch protocol := b[9]; {
	case protocol == protocolIGMP:
		s.handleIGMP(b, b[header:], info)
	case protocol == protocolUDP && !info.outgoing && !isLaterFragment(b):
		s.handleUDP(b, b[header:], info)
	}
}

func isLaterFragment(ip []byte) bool { return binary.BigEndian.Uint16(ip[6:])&0x1fff != 0 }

// handleUDP counts a datagram to its stream.
func (s *sniffer) handleUDP(ip, body []byte, info packetInfo) {
	from, to := netip.AddrFrom4([4]byte(ip[12:16])), netip.AddrFrom4([4]byte(ip[16:20]))
	payload := body[udpHeaderLen:]
	p, why := feed.Decode(payload)
	isPicos := why == "" && p.Kind != feed.Other
	if to != s.group && !isPicos {
		return // of what goes elsewhere only a Pico's matters
	}
	key := stream{from, to, binary.BigEndian.Uint16(body[2:]), info.iface}
	stats := s.streams[key]
	if stats == nil {
		if len(s.streams) >= maxSenders {
			return
		}
		stats = &streamStats{firstSeen: info.at}
		s.streams[key] = stats
	}
	stats.packets++
	stats.longest = max(stats.longest, int(binary.BigEndian.Uint16(body[4:]))-udpHeaderLen)
	if isPicos {
		stats.decoded++
	}
}

// keepLinks forgets the streams that came through other interfaces than these.
func (s *sniffer) keepLinks(links []link) {
	maps.DeleteFunc(s.streams, func(st stream, _ *streamStats) bool {
		return !slices.ContainsFunc(links, func(l link) bool { return l.Name == st.iface })
	})
}

// toOtherPorts lists the streams of Picos to ports that are not listened to.
func (s *sniffer) toOtherPorts(ports []portFact) []stream {
	return s.selectStreams(func(st stream, stats *streamStats) bool {
		return stats.decoded > 0 && st.to == s.group && !slices.ContainsFunc(ports, func(p portFact) bool { return p.number == st.port })
	})
}

// toOtherAddrs lists the streams of Picos that go to another address than the
// group.
func (s *sniffer) toOtherAddrs() []stream {
	return s.selectStreams(func(st stream, stats *streamStats) bool { return stats.decoded > 0 && st.to != s.group })
}

// oversized lists the streams that are too long to be let in.
func (s *sniffer) oversized() []stream {
	return s.selectStreams(func(st stream, stats *streamStats) bool { return st.to == s.group && stats.longest > kernelDropLength })
}

// unheard lists the streams to ports that are listened to of which nothing was
// heard, not even through another interface.
func (s *sniffer) unheard(ports []portFact, t traffic, until time.Time) []stream {
	return s.selectStreams(func(st stream, stats *streamStats) bool {
		listening := slices.ContainsFunc(ports, func(p portFact) bool {
			return p.number == st.port && p.state == feed.Listening
		})
		// What has just come may still be on its way to the listener.
		return listening && st.to == s.group && stats.longest <= kernelDropLength && t.packetsFrom(st.from) == 0 && until.Sub(stats.firstSeen) > 300*time.Millisecond
	})
}

// selectStreams lists the wanted streams in a fixed order.
func (s *sniffer) selectStreams(want func(stream, *streamStats) bool) []stream {
	var all []stream
	for st, stats := range s.streams {
		if want(st, stats) {
			all = append(all, st)
		}
	}
	slices.SortFunc(all, stream.compare)
	return all
}
