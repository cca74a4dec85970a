package app

import (
	"slices"
	"sync"
	"time"

	"picotop/internal/capture"
)

const (
	// backstep is how far the time of a recording may go back, as it does where packets
	// of several interfaces are mixed, without the clock having been set.
	backstep = time.Minute
	// maxSettings is how often the clock of a recording may have been set for old events
	// to be told right.
	maxSettings = 100
)

// A recordedClock tells a house the times of a recording. Where the clock that
// recorded was set, the house's time goes on by a second instead, for it must neither
// jump nor go back.
type recordedClock struct {
	mu   sync.Mutex // guards the rest
	last time.Time  // in the house; zero before the first packet
	set  []setting  // oldest first
}

// A setting is when the clock that recorded was set.
type setting struct {
	at time.Time     // in the house
	by time.Duration // what to add to the house's time from then on
}

// reached notes that something was recorded at a moment, and returns that in the time
// of the house.
func (c *recordedClock) reached(recorded time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := recorded
	if n := len(c.set); n > 0 {
		now = now.Add(-c.set[n-1].by)
	}
	switch gap := now.Sub(c.last); {
	case c.last.IsZero():
	case gap > capture.LongestGap, gap < -backstep:
		now = c.last.Add(time.Second)
		if len(c.set) == maxSettings {
			c.set = c.set[1:]
		}
		c.set = append(c.set, setting{at: now, by: recorded.Sub(now)})
	case gap < 0:
		now = c.last
	}
	c.last = now
	return now
}

// now is the time in the house.
func (c *recordedClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last
}

// recorded is a moment of the house in the time of the recording.
func (c *recordedClock) recorded(t time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range slices.Backward(c.set) {
		if !t.Before(s.at) {
			return t.Add(s.by)
		}
	}
	return t
}
