package feed

import (
	"net/netip"
	"slices"
	"testing"
	"time"
)

func addr(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
}

func TestOneFloodingHostDoesNotStarveTheOthers(t *testing.T) {
	l := newLimits()
	now := time.Unix(1_700_000_000, 0)
	honest := 0
	for ms := range 10_000 {
		at := now.Add(time.Duration(ms) * time.Millisecond)
		for range 200 { // 200,000 a second
			l.check(addr(666), at)
		}
		if ms%1000 < 10 {
			if why := l.check(addr(ms%10), at); why != "" {
				t.Fatalf("an honest packet was refused: %s", why)
			}
			honest++
		}
	}
	if honest != 100 {
		t.Fatalf("%d honest packets", honest)
	}
}

func TestForgedAddressesDoNotStarveThoseKnown(t *testing.T) {
	l := newLimits()
	now := time.Unix(1_700_000_000, 0)
	l.check(addr(1), now)
	now = now.Add(2 * trustAfter)
	passed := 0
	for i := range 500_000 { // in one second
		at := now.Add(time.Duration(i) * 2 * time.Microsecond)
		if l.check(addr(1000+i), at) == "" {
			passed++
		}
		if i%100_000 == 0 {
			if why := l.check(addr(1), at); why != "" {
				t.Fatalf("a known host was refused: %s", why)
			}
		}
	}
	if most := 2*totalRate + 10; passed > most {
		t.Errorf("%d forged packets passed, at most %d should", passed, most)
	}
	if len(l.sources) > maxSources {
		t.Errorf("%d sources remembered", len(l.sources))
	}
}

func TestOnlyThoseThatSendTooMuchAreBarred(t *testing.T) {
	l := newLimits()
	now := time.Unix(1_700_000_000, 0)
	l.check(addr(1), now)
	for range sourceRate {
		l.check(addr(666), now)
	}
	if got := l.bars(now); len(got) > 0 {
		t.Fatalf("barred %v, which have sent no more than they may", got)
	}
	l.check(addr(666), now)
	if got := l.bars(now); !slices.Equal(got, []netip.Addr{addr(666)}) {
		t.Errorf("barred %v", got)
	}
	select {
	case <-l.flooded:
	default:
		t.Error("nobody was told")
	}
	now = now.Add(barFor)
	if got := l.bars(now); len(got) > 0 {
		t.Errorf("barred %v for too long", got)
	}
	passed := 0
	for l.check(addr(666), now) == "" {
		passed++
	}
	if want := int(sourceRate * barFor / time.Second); passed != want {
		t.Errorf("%d passed after that, want %d", passed, want)
	}
}

func TestTheFilterStaysSmall(t *testing.T) {
	l := newLimits()
	now := time.Unix(1_700_000_000, 0)
	for i := range 2 * maxBarred {
		for range sourceRate + 1 {
			l.check(addr(i), now)
			now = now.Add(time.Microsecond / 50)
		}
	}
	if got := len(l.bars(now)); got != maxBarred {
		t.Errorf("%d barred", got)
	}
}

func TestQuietAddressesMakeRoom(t *testing.T) {
	l := newLimits()
	now := time.Unix(1_700_000_000, 0)
	for i := range maxSources {
		l.check(addr(i), now)
	}
	now = now.Add(forgetIdle + time.Second)
	l.check(addr(999_999), now)
	if l.sources[addr(999_999)] == nil || len(l.sources) != 1 {
		t.Errorf("%d sources remembered", len(l.sources))
	}
}

func TestDuplicates(t *testing.T) {
	type seen struct {
		after   time.Duration
		iface   int
		port    uint16
		payload string
	}
	const eth, wlan = 2, 3
	tests := map[string]struct {
		seen    []seen
		copies  int
		repeats int
	}{
		"through two interfaces":           {seen: []seen{{0, eth, 1, "a"}, {time.Millisecond, wlan, 1, "a"}}, copies: 1},
		"held back by an access point":     {seen: []seen{{0, eth, 1, "a"}, {1900 * time.Millisecond, wlan, 1, "a"}}, copies: 1},
		"much later":                       {seen: []seen{{0, eth, 1, "a"}, {3 * time.Second, wlan, 1, "a"}}},
		"twice through one interface":      {seen: []seen{{0, eth, 1, "a"}, {time.Millisecond, eth, 1, "a"}}, repeats: 1},
		"twice through each of two":        {seen: []seen{{0, eth, 1, "a"}, {0, wlan, 1, "a"}, {time.Second, eth, 1, "a"}, {time.Second, wlan, 1, "a"}}, copies: 2, repeats: 1},
		"the slow interface first":         {seen: []seen{{0, eth, 1, "a"}, {0, wlan, 1, "a"}, {time.Second, wlan, 1, "a"}, {time.Second, eth, 1, "a"}}, copies: 2, repeats: 1},
		"another source port is another":   {seen: []seen{{0, eth, 1, "a"}, {0, wlan, 2, "a"}}},
		"another payload is another":       {seen: []seen{{0, eth, 1, "a"}, {0, wlan, 1, "b"}}},
		"empty datagrams are no exception": {seen: []seen{{0, eth, 1, ""}, {0, wlan, 1, ""}}, copies: 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			seen := newDuplicates()
			start := time.Unix(1_700_000_000, 0)
			copies, repeats := 0, 0
			for _, s := range tt.seen {
				isCopy, isRepeat := seen.check(netip.AddrPortFrom(addr(1), s.port), []byte(s.payload), s.iface, start.Add(s.after))
				if isCopy {
					copies++
				}
				if isRepeat {
					repeats++
				}
			}
			if copies != tt.copies || repeats != tt.repeats {
				t.Errorf("%d copies and %d repeats, want %d and %d", copies, repeats, tt.copies, tt.repeats)
			}
		})
	}
}
