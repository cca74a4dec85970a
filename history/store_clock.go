package history

import "time"

const (
	// outOfOrderWindow is how far a clock may step back without harm: the library
	// still takes samples that much older than its newest. A longer window
	// makes compaction slow: a year took 81 s.
	outOfOrderWindow = 2 * time.Hour

	// A jump forward of the wall clock against the monotonic one by more than
	// jumpThreshold has to hold for jumpHold before it is believed: one sample
	// from the far future would make every later one of every series fail.
	jumpThreshold = 24 * time.Hour
	jumpHold      = 5 * time.Minute

	// futureTolerance is how much later than a right clock a stored sample may
	// be.
	futureTolerance = 10 * time.Minute

	// unsyncedHold is how long a clock that is not synchronised must have run
	// before it is believed rather than what is stored.
	unsyncedHold = 6 * time.Hour
)

// clockFloor is a time that has passed: a machine without a clock starts years
// before it.
var clockFloor = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A clockFault says why the clock is not believed; empty means that it is.
type clockFault string

const (
	clockBeforeBuild clockFault = "the clock is earlier than this program"
	clockBehindStore clockFault = "the clock is earlier than what is stored"
	clockJumped      clockFault = "the clock has leapt forward"
)

// A clockState says whether the wall clock can be believed. All its times are
// in milliseconds: wall is Unix time; mono is monotonic, counts from any moment
// and never steps.
type clockState struct {
	floor int64 // wall; an earlier clock is wrong

	known    bool
	offset   int64 // wall less mono, as of the last check
	believed int64 // the same, without a jump that has still to hold

	jumping    bool
	jumpOffset int64 // offset when the jump began
	jumpedAt   int64 // mono

	behindSince int64 // mono
	behind      bool
}

// check says why the clock is not to be believed now, if it is not. newest is
// the newest sample stored, and hasNewest whether there is one.
func (c *clockState) check(wall, mono int64, hasNewest bool, newest int64) clockFault {
	if c.jumpPending(wall-mono, mono) {
		return clockJumped
	}
	wasBehind := c.behind
	c.behind = hasNewest && wall < newest-outOfOrderWindow.Milliseconds()
	if c.behind && !wasBehind {
		c.behindSince = mono
	}
	switch {
	case wall < c.floor:
		return clockBeforeBuild
	case c.behind:
		return clockBehindStore
	}
	return ""
}

// jumpPending follows the clock, and reports whether it is where it is by a
// jump that has not held for long enough. Smaller steps are believed at once.
func (c *clockState) jumpPending(offset, mono int64) bool {
	const jitter = 100 // ms; the two clocks are not read at one moment
	if !c.known || abs(offset-c.offset) > jitter {
		c.offset = offset
	}
	if !c.known || c.offset-c.believed <= jumpThreshold.Milliseconds() {
		c.known, c.jumping, c.believed = true, false, c.offset
		return false
	}
	if !c.jumping || abs(c.offset-c.jumpOffset) > time.Minute.Milliseconds() {
		c.jumping, c.jumpOffset, c.jumpedAt = true, c.offset, mono
	}
	if mono-c.jumpedAt < jumpHold.Milliseconds() {
		return true
	}
	c.jumping, c.believed = false, c.offset
	return false
}

func abs(n int64) int64 { return max(n, -n) }

// overrulesStore reports whether a clock behind what is stored has run for so
// long that it is right, and what is stored wrong. synced says whether the clock
// is synchronised, as by NTP.
func (c *clockState) overrulesStore(wall, mono int64, synced bool) bool {
	if !c.behind || wall < c.floor || c.jumping {
		return false
	}
	held := time.Duration(mono-c.behindSince) * time.Millisecond
	return synced && held >= jumpHold || held >= unsyncedHold
}
