package house

import (
	"cmp"
	"hash/maphash"
	"net/netip"
	"time"
)

const (
	// safeAfter is for how long something must have been heard that never gives
	// its place to another.
	safeAfter = 24 * time.Hour
	// longestCredit bounds what a single gap adds to that: who is heard once a
	// day was not heard all day.
	longestCredit = time.Hour
	// recalledTrust is what history's word is worth, where nothing more is known.
	recalledTrust = 10 * time.Minute
	// returnGap is how far apart two packets must be to be more than copies.
	returnGap = 200 * time.Millisecond
)

// A trust is for how long something has been heard, which is what nobody who
// makes up names can forge in a hurry. The zero value was never heard.
type trust struct {
	heard time.Time
	span  time.Duration
}

// hear notes a packet.
func (t *trust) hear(at time.Time) {
	if gap := at.Sub(t.heard); !t.heard.IsZero() && gap > 0 {
		t.span += min(gap, longestCredit)
	}
	t.heard = at
}

// compare orders what is trusted less before what is trusted more.
func (t trust) compare(u trust) int {
	return cmp.Or(cmp.Compare(t.span, u.span), t.heard.Compare(u.heard))
}

// The levels of trust. Within one the differences mean nothing.
const (
	heardOnce = iota // or quiet since for as long as it had been heard
	heardAgain
	heardMinutes
	heardLong
	heardHours
	heardDays // never gives its place to another
)

// level is the level at a moment. What was heard for less than a day loses it
// again while it is quiet. Nobody listened before since.
func (t trust) level(now, since time.Time) int {
	if t.span >= safeAfter {
		return heardDays
	}
	from := t.heard
	if from.Before(since) {
		from = since
	}
	left := t.span - max(now.Sub(from)-shortestSilence, 0)
	switch {
	case left <= 0:
		return heardOnce
	case left < time.Minute:
		return heardAgain
	case left < 10*time.Minute:
		return heardMinutes
	case left < time.Hour:
		return heardLong
	}
	return heardHours
}

// traceSlots bounds what is remembered of those that were refused: a megabyte with
// the longest names there can be.
const traceSlots = 1 << 12

// traces remember those for whom there was no room, so that their trust grows
// all the same. It is a table of fixed size: a newer trace may overwrite an
// older one. The zero value is empty, and takes no room.
type traces struct {
	seed  maphash.Seed
	slots []trace
}

type trace struct {
	key   traceKey
	trust trust
}

// A traceKey names a sensor or a Pico.
type traceKey struct {
	code string
	addr netip.Addr
}

func (t *traces) slot(k traceKey) *trace {
	return &t.slots[maphash.Comparable(t.seed, k)%traceSlots]
}

// get returns what is remembered, as if it were heard now.
func (t *traces) get(k traceKey, now time.Time) trust {
	if t.slots == nil {
		return trust{heard: now}
	}
	s := t.slot(k)
	gap := now.Sub(s.trust.heard)
	if s.key != k || gap > longestCredit {
		return trust{heard: now}
	}
	known := s.trust
	if gap >= returnGap {
		known.hear(now)
	}
	return known
}

// put remembers.
func (t *traces) put(k traceKey, known trust) {
	if t.slots == nil {
		t.seed, t.slots = maphash.MakeSeed(), make([]trace, traceSlots)
	}
	*t.slot(k) = trace{key: k, trust: known}
}
