package house

import (
	"math"
	"time"
)

// A crossing decides when a value has crossed a limit, of which one odd reading is no
// proof. The zero value has not seen anything.
type crossing struct {
	last    float64   // the value before
	lastAt  time.Time // zero if there was none
	pending time.Time // when a value crossed that the next one is to confirm; zero if none did
}

const (
	// ThawAbove is by how much a value must come back for its crossing to be over, in
	// kelvin. What is less far apart does not jump.
	ThawAbove = 0.5
	// crossPerMinute is how much further from the value before it may be, in kelvin,
	// for each minute between them.
	crossPerMinute = 1.0
)

// judge reports whether a value is at or below a limit, and since when that has
// changed. It was so if stands. A value that jumped across the limit waits for the next
// one: if that jumps back nothing has happened.
func (c *crossing) judge(at time.Time, celsius, limit float64, stands bool) (is bool, since time.Time) {
	jumped := !c.lastAt.IsZero() && math.Abs(celsius-c.last) > ThawAbove+crossPerMinute*max(at.Sub(c.lastAt).Minutes(), 0)
	c.last, c.lastAt = celsius, at
	is = celsius <= limit
	if stands != !c.pending.IsZero() { // what holds already, or waits, needs more to end
		is = celsius < limit+ThawAbove
	}
	since = at
	switch {
	case is == stands:
		c.pending = time.Time{}
	case !c.pending.IsZero():
		since, c.pending = c.pending, time.Time{}
	case jumped:
		c.pending = at
		return stands, time.Time{}
	}
	return is, since
}
