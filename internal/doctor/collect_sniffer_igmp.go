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
	// answerWithin is how long a machine may take to answer a query that does
	// not say so itself (RFC 2236, section 8.3).
	answerWithin = 10 * time.Second
	// late is how much longer it may take on a busy machine.
	late = 2 * time.Second
)

// deadline is until when a query wants to be answered: its second byte says
// in tenths of a second how long that may take (RFC 2236, section 2.2; from
// 128 on another way of counting begins, RFC 3376, section 4.1.1).
func deadline(body []byte, at time.Time) time.Time {
	within := time.Duration(body[1]) * time.Second / 10
	if body[1] == 0 || body[1] >= 128 {
		within = max(answerWithin, within)
	}
	return at.Add(within + late)
}

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
				w.asked[a.iface] = deadline(body, a.at)
			}
		}
	case w.reports(body):
		// Another machine's answer is enough: this one then says nothing.
		w.unanswered(a.at)
		delete(w.asked, a.iface)
	}
}

// unanswered notes which queries were open for too long.
func (w *wire) unanswered(now time.Time) {
	for iface, until := range w.asked {
		if now.After(until) {
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
