package doctor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"picotop/feed"
)

// reasons puts why a packet was refused into words.
var reasons = map[feed.Reason]string{
	feed.NotOurGroup: "not sent to the group, but straight to this machine",
	feed.Oversize:    "too long",
	feed.Empty:       "empty",
	feed.NotUTF8:     "not text",
	feed.NotJSON:     "not JSON",
	feed.NotAnObject: "not a JSON object",
	feed.BadType:     "its type is not text",
	feed.NoSensor:    "names no sensor",
	feed.BadCelsius:  "has no temperature",
	feed.OutOfRange:  "impossible temperature",
	feed.BadOffset:   "impossible offset",
	feed.BadText:     "a name that is not text",
	feed.SourceFlood: "too many from one sender",
	feed.Flood:       "too many in all",
	feed.Behind:      "this machine could not keep up",
}

// checkUnreadable judges the packets that were refused.
func checkUnreadable(h heard) *Check {
	c := finding(idUnreadable)
	if h.lasted == 0 {
		return c.be(Unknown, "nothing could be listened to")
	}
	text := ""
	for _, s := range h.senders {
		for _, why := range byCount(s.refused) {
			line := fmt.Sprintf("%s from %s: %s", count(s.refused[why], "unreadable packet"), s.addr, cmp.Or(reasons[why], string(why)))
			c.note(line)
			text = cmp.Or(text, line)
		}
	}
	switch {
	case text == "":
		return c.be(OK, "every packet could be read")
	case h.temperatures() > 0:
		return c.be(Warning, text)
	}
	c.note("another program uses the same group and port, or the Pico's program was changed; it should send: " +
		`{"type":"temperature", "name":"Loft", "sensor":"28ff...", "temperature":3.8}`)
	return c.be(Problem, text)
}

// byCount orders the reasons, the most frequent first.
func byCount(refused map[feed.Reason]int) []feed.Reason {
	return slices.SortedFunc(maps.Keys(refused), func(a, b feed.Reason) int {
		return cmp.Or(cmp.Compare(refused[b], refused[a]), cmp.Compare(a, b))
	})
}
