package doctor

import (
	"net/netip"
	"testing"

	"picotop/feed"
)

func TestAddRateLimited(t *testing.T) {
	got := traffic{senders: []sender{
		{addr: netip.MustParseAddr("192.0.2.1"), temperatures: 5, refused: map[feed.Reason]int{}},
		{addr: netip.MustParseAddr("192.0.2.66"), refused: map[feed.Reason]int{feed.SourceRateLimited: 10}},
	}}
	got.addRateLimited(feed.Health{Refused: []feed.Refusals{{Reason: feed.SourceRateLimited, Count: 1000}}})
	if a, b := got.senders[0].unreadable(), got.senders[1].unreadable(); a != 0 || b != 1000 {
		t.Errorf("%d and %d", a, b)
	}
}
