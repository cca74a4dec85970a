package history

import "time"

const (
	// outOfOrder is how far a clock may step back without harm: the library
	// still takes samples that much older than its newest. A longer window
	// makes compaction slow: a year took 81 s.
	outOfOrder = 2 * time.Hour

	// A leap forward of the clock against the monotonic one has to hold before
	// it is believed: one sample from the far future would make every later
	// one of every series fail.
	leap      = 24 * time.Hour
	leapHolds = 5 * time.Minute

	// aheadOfClock is how much later than a right clock a stored sample may be.
	aheadOfClock = 10 * time.Minute

	// steadyFor is how long a clock that nobody vouches for must have run
	// before it is believed rather than what is stored.
	steadyFor = 6 * time.Hour
)

// clockFloor is a time that has passed: a machine without a clock starts years
// before it.
var clockFloor = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// A doubt says why the clock is not believed; empty means that it is.
type doubt string

const (
	beforeBuilt  doubt = "the clock is earlier than this program"
	behindStored doubt = "the clock is earlier than what is stored"
	leapt        doubt = "the clock has leapt forward"
)

// A guard judges the wall clock. All its times are in milliseconds: wall is
// Unix time, mono counts from any moment and never steps.
type guard struct {
	floor int64 // wall; an earlier clock is wrong

	known    bool
	offset   int64 // wall less mono, as of the last look
	believed int64 // the same, without a leap that has still to hold

	leaping bool
	leaptTo int64 // offset when the leap began
	leaptAt int64 // mono

	behindSince int64 // mono
	behind      bool
}

// look says what to think of the clock now. newest is the newest sample stored,
// and some whether there is one.
func (g *guard) look(wall, mono int64, some bool, newest int64) doubt {
	if g.judgeLeap(wall-mono, mono) {
		return leapt
	}
	wasBehind := g.behind
	g.behind = some && wall < newest-outOfOrder.Milliseconds()
	if g.behind && !wasBehind {
		g.behindSince = mono
	}
	switch {
	case wall < g.floor:
		return beforeBuilt
	case g.behind:
		return behindStored
	}
	return ""
}

// judgeLeap follows the clock, and reports whether it is where it is by a leap
// that has not held for long enough. Smaller steps are believed at once.
func (g *guard) judgeLeap(offset, mono int64) bool {
	const jitter = 100 // ms; the two clocks are not read at one moment
	if !g.known || abs(offset-g.offset) > jitter {
		g.offset = offset
	}
	if !g.known || g.offset-g.believed <= leap.Milliseconds() {
		g.known, g.leaping, g.believed = true, false, g.offset
		return false
	}
	if !g.leaping || abs(g.offset-g.leaptTo) > time.Minute.Milliseconds() {
		g.leaping, g.leaptTo, g.leaptAt = true, g.offset, mono
	}
	if mono-g.leaptAt < leapHolds.Milliseconds() {
		return true
	}
	g.leaping, g.believed = false, g.offset
	return false
}

func abs(n int64) int64 { return max(n, -n) }

// outlived reports whether a clock behind what is stored has run for so long
// that it is right, and what is stored wrong. vouched says whether someone who
// knows the time has set the clock.
func (g *guard) outlived(wall, mono int64, vouched bool) bool {
	if !g.behind || wall < g.floor || g.leaping {
		return false
	}
	held := time.Duration(mono-g.behindSince) * time.Millisecond
	return vouched && held >= leapHolds || held >= steadyFor
}
