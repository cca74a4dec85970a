package doctor

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
)

// IGMP: who asks who listens, and whether this machine answers.

// The types of a membership report: RFC 1112, RFC 2236 and RFC 3376.
const (
	igmpReport1 = 0x12
	igmpReport2 = 0x16
	igmpReport3 = 0x22
)

const (
	// queryResponseInterval is how long a machine may take to answer a query
	// that does not say so itself (RFC 2236, section 8.3).
	queryResponseInterval = 10 * time.Second
	// responseGrace is how much longer it may take on a busy machine.
	responseGrace = 2 * time.Second
)

// responseDeadline is until when a query wants to be answered: its second byte
// says in tenths of a second how long that may take (RFC 2236, section 2.2; from
// 128 on another way of counting begins, RFC 3376, section 4.1.1).
func responseDeadline(query []byte, at time.Time) time.Time {
	within := time.Duration(query[1]) * time.Second / 10
	if query[1] == 0 || query[1] >= 128 {
		within = max(queryResponseInterval, within)
	}
	return at.Add(within + responseGrace)
}

// handleIGMP notes a query, or an answer to one.
func (s *sniffer) handleIGMP(ip, msg []byte, info packetInfo) {
	switch {
	case msg[0] == igmpQuery && !info.outgoing:
		q := query{netip.AddrFrom4([4]byte(ip[12:16])), info.iface}
		if !slices.Contains(s.queries, q) && len(s.queries) < maxSenders {
			s.queries = append(s.queries, q)
		}
		if about := netip.AddrFrom4([4]byte(msg[4:8])); about.IsUnspecified() || about == s.group {
			s.expireQueries(info.at)
			if _, open := s.deadlines[info.iface]; !open {
				s.deadlines[info.iface] = responseDeadline(msg, info.at)
			}
		}
	case s.isReportForGroup(msg):
		// Another machine's answer is enough: this one then says nothing.
		s.expireQueries(info.at)
		delete(s.deadlines, info.iface)
	}
}

// expireQueries notes on which interfaces a query was left unanswered for too
// long.
func (s *sniffer) expireQueries(now time.Time) {
	for iface, until := range s.deadlines {
		if now.After(until) {
			s.unanswered[iface] = true
			delete(s.deadlines, iface)
		}
	}
}

// isReportForGroup reports whether a message says that somebody listens to the
// group.
func (s *sniffer) isReportForGroup(msg []byte) bool {
	switch msg[0] {
	case igmpReport1, igmpReport2:
		return netip.AddrFrom4([4]byte(msg[4:8])) == s.group
	case igmpReport3:
		// Records: type, length of what is behind, number of sources, group,
		// sources.
		records := msg[8:]
		for range int(binary.BigEndian.Uint16(msg[6:8])) {
			if len(records) < 8 {
				return false
			}
			if netip.AddrFrom4([4]byte(records[4:8])) == s.group {
				return true
			}
			behind := int(binary.BigEndian.Uint16(records[2:]))*4 + int(records[1])*4
			records = records[min(len(records), 8+behind):]
		}
	}
	return false
}
