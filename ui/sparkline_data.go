package ui

import (
	"math"
	"time"

	"picotop/history"
	"picotop/house"
)

// A trace is what one row's sparkline shows: a sensor's last day in cells
// that are fixed to the clock, so that a new reading touches the newest cell
// and nothing else.
//
// The past comes from the store, once. What is heard meanwhile is added to
// the newest cell, which makes a sparkline even where no history is kept.
type trace struct {
	step  time.Duration
	cells []cell    // oldest first
	last  time.Time // when the newest cell begins

	asked      time.Time // when the past was last asked for; zero if never
	generation uint64    // of that question
	loaded     bool      // whether it was answered well
	heard      time.Time // the newest reading that was added
}

// A cell is the mean of some readings; count 0 is a gap.
type cell struct {
	mean  float64
	count int
}

// askAgain is how long a row whose load failed waits before it tries again.
const askAgain = time.Minute

// cellStep is the time that one of n cells stands for.
func cellStep(n int) time.Duration {
	const unit = 5 * time.Minute
	return (24*time.Hour/time.Duration(n) + unit - 1) / unit * unit
}

// cellStart is when the cell begins that t is in. Time.Truncate would count
// from the year 1, the store counts from 1970.
func cellStart(t time.Time, step time.Duration) time.Time {
	return t.Add(-time.Duration(t.UnixNano()) % step)
}

// advance moves the trace to the given moment and number of cells. What no
// longer fits together is forgotten and will be asked for again.
func (t *trace) advance(now time.Time, n int) {
	step := cellStep(n)
	start := cellStart(now, step)
	passed := start.Sub(t.last) / step
	switch {
	case len(t.cells) != n || t.step != step || passed < 0 || passed >= time.Duration(n):
		*t = trace{step: step, cells: make([]cell, n), last: start, generation: t.generation}
	case passed > 0:
		copy(t.cells, t.cells[passed:])
		clear(t.cells[n-int(passed):])
		t.last = start
		// The cell that was the newest is complete only in the store.
		t.asked, t.loaded = time.Time{}, false
	}
}

// hear adds the sensor's newest reading, once.
func (t *trace) hear(s house.Sensor) {
	if !s.Valid || s.SetAside || !s.Heard.After(t.heard) || len(t.cells) == 0 {
		return
	}
	t.heard = s.Heard
	if s.Heard.Before(t.last) {
		return // the store has it
	}
	c := &t.cells[len(t.cells)-1]
	c.count++
	c.mean += (s.Celsius - c.mean) / float64(c.count)
}

// wants reports whether the past has to be asked for.
func (t *trace) wants(now time.Time) bool {
	return len(t.cells) > 0 && !t.loaded && (t.asked.IsZero() || now.Sub(t.asked) >= askAgain)
}

// ask notes that the past is being asked for, and returns from when on.
func (t *trace) ask(now time.Time, generation uint64) (from time.Time) {
	t.asked, t.generation = now, generation
	return t.last.Add(-time.Duration(len(t.cells)-1) * t.step)
}

// fill takes the past from the store. Where both know something, the one who
// heard more readings is right: without a history that is this trace.
func (t *trace) fill(buckets []history.Bucket) {
	t.loaded = true
	for _, b := range buckets {
		i := len(t.cells) - 1 + int(b.Start.Sub(t.last)/t.step)
		if i < 0 || i >= len(t.cells) || math.IsNaN(b.Mean) || math.IsInf(b.Mean, 0) {
			continue
		}
		if b.Count > 0 && b.Count >= t.cells[i].count {
			t.cells[i] = cell{mean: b.Mean, count: b.Count}
		}
	}
}

// values are the means of the cells, NaN for a gap. A cell that has just
// begun is not a gap yet: unless the sensor is silent, its latest value stands
// in for it.
func (t *trace) values(s house.Sensor) []float64 {
	out := make([]float64, len(t.cells))
	for i, c := range t.cells {
		out[i] = math.NaN()
		if c.count > 0 {
			out[i] = c.mean
		}
	}
	if n := len(out) - 1; n >= 0 && t.cells[n].count == 0 && s.Valid && !s.Silent {
		out[n] = s.Celsius
	}
	return out
}
