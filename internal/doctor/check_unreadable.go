package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"picotop/feed"
)

// refusalText is why a packet was refused, in words.
var refusalText = map[feed.Reason]string{
	feed.Oversize:          "too long",
	feed.Empty:             "empty",
	feed.NotUTF8:           "not text",
	feed.NotJSON:           "not JSON",
	feed.NotAnObject:       "not a JSON object",
	feed.BadType:           "its type is not text",
	feed.NoSensor:          "names no sensor",
	feed.BadCelsius:        "temperature is missing, or not a number",
	feed.OutOfRange:        "impossible temperature",
	feed.BadOffset:         "impossible offset",
	feed.BadText:           "a name that is not text",
	feed.SourceRateLimited: "too many from one sender",
	feed.RateLimited:       "too many in all",
	feed.QueueFull:         "this machine could not keep up",
}

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
			line := fmt.Sprintf("%s from %s: %s", count(s.refused[why], "unreadable packet"), s.addr, cmp.Or(refusalText[why], string(why)))
			c.note(line)
			if text == "" {
				text, who = line, s.addr
			}
		}
		if s.sample != "" {
			c.note(fmt.Sprintf("what %s sends begins with: %s", s.addr, s.sample))
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
		text = count(int(oversizedDropped), "packet") + " came that were far too long for a Pico's"
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
