package ui

import (
	"math"
	"time"

	"picotop/history"
)

// chartData is what a sensor measured in a window, in buckets.
type chartData struct {
	from, to time.Time
	step     time.Duration
	buckets  []history.Bucket

	lowAt, highAt time.Time // of the lowest and the highest; zero if only their buckets are known

	yearAgo    float64 // the mean of the same window a year before
	hasYearAgo bool
}

// cell is the column of a moment in a plot of a width.
func (d chartData) cell(t time.Time, width int) int {
	if !d.to.After(d.from) {
		return 0
	}
	return min(max(int(float64(width)*float64(t.Sub(d.from))/float64(d.to.Sub(d.from))), 0), width-1)
}

// middle is the moment in the middle of a column.
func (d chartData) middle(x, width int) time.Time {
	return d.from.Add(time.Duration((float64(x) + 0.5) / float64(max(width, 1)) * float64(d.to.Sub(d.from))))
}

// edge is the moment at which a column begins.
func (d chartData) edge(x, width int) time.Time {
	return d.from.Add(time.Duration(float64(x) / float64(max(width, 1)) * float64(d.to.Sub(d.from))))
}

// middleOf is the moment at which a bucket is drawn.
func (d chartData) middleOf(b history.Bucket) time.Time {
	t := b.Start.Add(d.step / 2)
	switch {
	case t.Before(d.from):
		return d.from
	case t.After(d.to):
		return d.to
	}
	return t
}

// A span is what was measured in some part of a window. Without a count nothing was.
type span struct {
	from, to time.Time
	summary
}

// inCell is what is drawn in the column that a moment is in: the buckets whose middle is
// there, else the one that holds the moment.
func (d chartData) inCell(t time.Time, width int) span {
	x := d.cell(t, width)
	var in []history.Bucket
	for _, b := range d.buckets {
		if d.cell(d.middleOf(b), width) == x {
			in = append(in, b)
		}
	}
	if len(in) == 0 {
		in = []history.Bucket{d.at(t)}
	}
	s := span{from: in[0].Start, to: in[len(in)-1].Start.Add(d.step), summary: chartData{buckets: in}.summarize()}
	if s.from.Before(d.from) {
		s.from = d.from
	}
	if s.to.After(d.to) {
		s.to = d.to
	}
	return s
}

// chartSteps are the lengths that a bucket of a chart may have. From an hour on they are
// whole hours, which the store has figures of.
var chartSteps = []time.Duration{
	5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 20 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour, 96 * time.Hour,
}

// chartStep is the length of the buckets with which a window fills a plot of a width:
// two for each cell, since braille has two columns of dots.
func chartStep(window time.Duration, width int) time.Duration {
	for _, step := range chartSteps {
		if window/step <= time.Duration(2*max(width, 1)) {
			return step
		}
	}
	return chartSteps[len(chartSteps)-1]
}

// A summary is what is said of a window in figures.
type summary struct {
	low, high     float64
	lowAt, highAt time.Time // when it was, or when its bucket began
	mean          float64
	count         int // of readings, or of hours where the store keeps only those
	filled        int // buckets with any
}

// summarize sums the window up. The zero value says that there was nothing.
func (d chartData) summarize() summary {
	var s summary
	sum := 0.0
	for _, b := range d.buckets {
		if b.Count == 0 {
			continue
		}
		if s.count == 0 || b.Min < s.low {
			s.low, s.lowAt = b.Min, b.Start
		}
		if s.count == 0 || b.Max > s.high {
			s.high, s.highAt = b.Max, b.Start
		}
		s.count += b.Count
		s.filled++
		sum += b.Mean * float64(b.Count)
	}
	if s.count > 0 {
		s.mean = sum / float64(s.count)
		if !d.lowAt.IsZero() {
			s.lowAt, s.highAt = d.lowAt, d.highAt
		}
	}
	return s
}

// first is when the first bucket begins in which anything was heard.
func (d chartData) first() (time.Time, bool) {
	for _, b := range d.buckets {
		if b.Count > 0 {
			return b.Start, true
		}
	}
	return time.Time{}, false
}

// at is the bucket that holds a moment; its Count is 0 if nothing was heard.
func (d chartData) at(t time.Time) history.Bucket {
	for _, b := range d.buckets {
		if !t.Before(b.Start) && t.Before(b.Start.Add(d.step)) {
			return b
		}
	}
	return history.Bucket{Start: t}
}

// A gap is when nothing was heard for longer than packets get lost.
type gap struct{ from, to time.Time }

// segments splits the buckets where nothing was heard for more than three intervals:
// such are not joined by a line.
func (d chartData) segments(interval time.Duration) (all [][]history.Bucket, gaps []gap) {
	var piece []history.Bucket
	for _, b := range d.buckets {
		if b.Count == 0 || math.IsNaN(b.Mean) || math.IsInf(b.Mean, 0) {
			continue
		}
		if n := len(piece); n > 0 {
			last := piece[n-1].Start
			if b.Start.Sub(last) > max(3*interval, d.step)+d.step/2 {
				gaps = append(gaps, gap{last.Add(d.step), b.Start})
				all, piece = append(all, piece), nil
			}
		}
		piece = append(piece, b)
	}
	if len(piece) > 0 {
		all = append(all, piece)
	}
	return all, gaps
}
