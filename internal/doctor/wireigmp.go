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

// answerWithin is how long a machine may take to answer a query, at most
// (RFC 2236, section 8.3).
const answerWithin = 10 * time.Second

// igmp notes a query, or an answer to one.
func (w *wire) igmp(ip, body []byte, a arrival) {
	switch {
	case body[0] == igmpQuery && !a.outgoing:
		q := query{netip.AddrFrom4([4]byte(ip[12:16])), a.iface}
		if !slices.Contains(w.queries, q) && len(w.queries) < maxSenders {
			w.queries = append(w.queries, q)
		}
		if about := netip.AddrFrom4([4]byte(body[4:8])); about.IsUnspecified() || about == w.group {
			w.unanswered(a.at)
			if _, open := w.asked[a.iface]; !open {
				w.asked[a.iface] = a.at
			}
		}
	case w.reports(body):
		// Another machine's answer is enough: this one then says nothing.
		w.unanswered(a.at)
		delete(w.asked, a.iface)
		if a.outgoing {
			w.answered[a.iface] = true
		}
	}
}

// unanswered notes which queries were open for too long.
func (w *wire) unanswered(now time.Time) {
	for iface, at := range w.asked {
		if now.Sub(at) > answerWithin+2*time.Second {
			w.deaf[iface] = true
			delete(w.asked, iface)
		}
	}
}

// reports tells whether a message says that somebody listens to the group.
func (w *wire) reports(body []byte) bool {
	switch body[0] {
	case igmpReport1, igmpReport2:
		return netip.AddrFrom4([4]byte(body[4:8])) == w.group
	case igmpReport3:
		// Records: type, length of what is behind, number of sources, group,
		// sources.
		records := body[8:]
		for range int(binary.BigEndian.Uint16(body[6:8])) {
			if len(records) < 8 {
				return false
			}
			if netip.AddrFrom4([4]byte(records[4:8])) == w.group {
				return true
			}
			behind := int(binary.BigEndian.Uint16(records[2:]))*4 + int(records[1])*4
			records = records[min(len(records), 8+behind):]
		}
	}
	return false
}
