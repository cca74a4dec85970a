package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"picotop/feed"
	"picotop/internal/format"
)

// checkUnreadable judges the packets that were refused. oversizedDropped is how
// many the kernel threw away for their length, and oversized are the streams in
// which the sniffer saw such.
func checkUnreadable(t traffic, oversizedDropped uint64, oversized []stream, cl cmdline) *Check {
	c := newCheck(idUnreadable)
	if t.duration == 0 {
		return c.set(Unknown, "nothing could be listened to")
	}
	text, who := "", netip.Addr{}
	for _, s := range t.senders {
		for _, why := range byCount(s.refused) {
			if why == feed.NotOurGroup || why == feed.SourceRateLimited {
				continue // checkHeard speaks of these
			}
			line := fmt.Sprintf("%s from %s: %s", format.Count(s.refused[why], "unreadable packet"), s.addr, why.Text())
			c.note(line)
			sample := s.samples[why]
			if text == "" {
				text, who = line, s.addr
				if at := sample.place; at.Found != "" {
					text = fmt.Sprintf("%s, such as %s at byte %d", line, at.Found, at.Offset)
				}
			}
			if sample.beginning != "" {
				c.note(fmt.Sprintf("what %s sends begins with: %s", s.addr, sample.beginning))
			}
			if at := sample.place; at.Found != "" {
				c.note(fmt.Sprintf("it can be read up to byte %d, where there is %s", at.Offset, at.Found))
			}
			if sample.around != "" {
				c.note("around that it says: " + sample.around)
			}
		}
	}
	for _, st := range oversized {
		line := fmt.Sprintf("%s sends packets to port %d that are far too long for a Pico's", st.from, st.port)
		c.note(line)
		if text == "" {
			text, who = line, st.from
		}
	}
	if text == "" && oversizedDropped > 0 {
		text = format.Count(int(oversizedDropped), "packet") + " came that were far too long for a Pico's"
	}
	if text == "" {
		return c.set(OK, "every packet could be read")
	}
	v := Warning
	if t.temperatures() == 0 {
		v = Problem
		c.note("another program uses the same group and port, or the Pico's program was changed; it should send: " +
			`{"type":"temperature", "name":"Loft", "sensor":"28ff...", "temperature":3.8}`)
	}
	if !who.IsValid() {
		return c.set(v, text).try(cl.sudo(""))
	}
	c.note("this shows the sender's hardware address; that of a Pico begins with 28:cd:c1, 2c:cf:67, 88:a2:9e or d8:3a:dd")
	return c.set(v, text).try("ip neigh show " + who.String())
}

// byCount orders the reasons, the most frequent first.
func byCount(refused map[feed.Reason]int) []feed.Reason {
	return slices.SortedFunc(maps.Keys(refused), func(a, b feed.Reason) int {
		return cmp.Or(cmp.Compare(refused[b], refused[a]), cmp.Compare(a, b))
	})
}
