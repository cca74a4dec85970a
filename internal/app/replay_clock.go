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
	started time.Time
	speed   float64 // 0 means that it jumps from datagram to datagram
	length  time.Duration

	stopped atomic.Bool

	mu sync.Mutex // guards at
	at time.Duration
}

func newReplayClock(speed float64, length time.Duration) *replayClock {
	return &replayClock{started: time.Now(), speed: speed, length: length}
}

// reached notes that the recording was played up to a moment, and returns it.
func (c *replayClock) reached(at time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
	return c.started.Add(at)
}

func (c *replayClock) stop() { c.stopped.Store(true) }

func (c *replayClock) now() time.Time { return c.started.Add(c.offset()) }

func (c *replayClock) offset() time.Duration {
	c.mu.Lock()
	at := c.at
	c.mu.Unlock()
	if c.speed == 0 || c.stopped.Load() {
		return at
	}
	return time.Duration(min(float64(time.Since(c.started))*c.speed, float64(c.length)))
}

// progress is how much of the recording was played, from 0 to 1, and how long
// the rest will take.
func (c *replayClock) progress() (part float64, left time.Duration) {
	if c.length == 0 {
		return 1, 0
	}
	at := c.offset()
	if c.speed > 0 {
		left = time.Duration(float64(c.length-at) / c.speed)
	}
	return float64(at) / float64(c.length), left
}

// position is how far a recording was played of which so many datagrams of all
// are done. Without a speed only these tell.
func (c *replayClock) position(done int64, all int) status.Replay {
	part, left := c.progress()
	if c.speed == 0 {
		part = float64(done) / float64(all)
	}
	return status.Replay{Part: part, Left: left, Timed: c.speed != 0, Ended: c.stopped.Load()}
}
