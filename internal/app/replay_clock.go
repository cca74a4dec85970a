package app

import (
	"sync"
	"sync/atomic"
	"time"

	"picotop/internal/status"
)

// A replayClock tells the time in the house of a recording: it begins now, and
// runs as much faster as the recording is played, so that intervals, trends
// and silences are those of the recording. At its end it stands still.
type replayClock struct {
	speed  float64 // 0 means that it jumps from datagram to datagram
	length time.Duration
	open   bool // the end is not known, and it begins with the first datagram

	stopped atomic.Bool

	mu      sync.Mutex // guards the rest
	started time.Time
	begun   bool
	at      time.Duration
}

// newClock returns the clock of one playing.
func (r *Replay) newClock() *replayClock {
	c := newReplayClock(r.cfg.Speed, r.summary.Length)
	c.open = r.IsStream()
	return c
}

func newReplayClock(speed float64, length time.Duration) *replayClock {
	return &replayClock{started: time.Now(), speed: speed, length: length}
}

// reached notes that the recording was played up to a moment, and returns it.
func (c *replayClock) reached(at time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open && !c.begun {
		c.started = time.Now()
	}
	c.begun, c.at = true, at
	return c.started.Add(at)
}

func (c *replayClock) stop() { c.stopped.Store(true) }

// elapsed is how long ago the playing began, by the clock on the wall.
func (c *replayClock) elapsed() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Since(c.started)
}

// now is the time in the house of the recording.
func (c *replayClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.started.Add(c.offsetLocked())
}

func (c *replayClock) offsetLocked() time.Duration {
	if c.speed == 0 || c.stopped.Load() {
		return c.at
	}
	passed := float64(time.Since(c.started)) * c.speed
	if !c.open {
		passed = min(passed, float64(c.length))
	}
	return time.Duration(passed)
}

// progress is how much of the recording was played, from 0 to 1, and how long
// the rest will take.
func (c *replayClock) progress() (part float64, left time.Duration) {
	if c.length == 0 {
		return 1, 0
	}
	c.mu.Lock()
	at := c.offsetLocked()
	c.mu.Unlock()
	if c.speed > 0 {
		left = time.Duration(float64(c.length-at) / c.speed)
	}
	return float64(at) / float64(c.length), left
}

// position is how far a recording was played of which so many datagrams of all
// are done. Without a speed only these tell.
func (c *replayClock) position(done int64, all int) status.Replay {
	part, left := c.progress()
	if c.speed == 0 && all > 0 {
		part = float64(done) / float64(all)
	}
	return status.Replay{Part: part, Left: left, Timed: c.speed != 0, Open: c.open, Ended: c.stopped.Load()}
}
