package ui

import (
	"errors"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/history"
)

// hoursFrom is the window from which on the store answers from its hourly figures, if
// the buckets are whole hours: a Count is one of hours then.
const hoursFrom = 14 * 24 * time.Hour

// loadChart asks the Source in the background.
func (m *model) loadChart(width int) tea.Cmd {
	req, ok := m.detail.load(m.viewState.now, width)
	if !ok {
		return nil
	}
	asked, now := m.detail.asked, m.viewState.now.In(m.viewState.locale.zone)
	return func() tea.Msg {
		read := func(req rangeRequest) ([]history.Bucket, error) {
			result, ok := m.loader.load(req).(rangeResult)
			if !ok {
				return nil, errLoadEnded
			}
			return cleanBuckets(result.buckets), result.err
		}
		result := chartResult{request: asked, others: map[string]chartData{}}
		result.data, result.err = readChart(read, req, now)
		if !asked.zoom.on() && windows[asked.window].length >= nightFrom && asked.step <= time.Hour && result.err == nil {
			result.night = readNight(read, asked.sensor, now)
		}
		for _, other := range asked.othersOf() {
			if result.err == nil {
				req.sensor = other
				result.others[other], result.err = readCourse(read, req)
			}
		}
		if errors.Is(result.err, errLoadEnded) {
			return nil
		}
		return result
	}
}

// errLoadEnded says that the screen ends, and nobody waits for an answer.
var errLoadEnded = errors.New("the screen ends")

// readBuckets asks the Source for one range.
type readBuckets func(rangeRequest) ([]history.Bucket, error)

// readChart reads what a chart shows. The store's buckets are whole ones of the clock, so
// of the first only what is in the window is taken, and of the last one if there is more
// by now; and the lowest and the highest are
// looked for in finer buckets, to tell when they were.
func readChart(read readBuckets, req rangeRequest, now time.Time) (chartData, error) {
	d, err := readCourse(read, req)
	if err != nil {
		return chartData{}, err
	}
	if n := len(d.buckets); n > 0 {
		if first := &d.buckets[0]; first.Start.Before(req.from) {
			d.cutEdge(read, req, first)
		}
		if last := &d.buckets[n-1]; req.to.Before(now) && last.Start.Add(d.step-time.Millisecond).After(req.to) {
			d.cutEdge(read, req, last)
		}
	}
	if sum := d.summarize(); sum.count > 0 {
		d.lowAt = exactTime(read, req, sum.lowAt, func(a, b history.Bucket) bool { return a.Min < b.Min })
		d.highAt = exactTime(read, req, sum.highAt, func(a, b history.Bucket) bool { return a.Max > b.Max })
	}
	d.readYearAgo(read, req)
	return d, nil
}

// readCourse reads what a sensor among others shows: its buckets.
func readCourse(read readBuckets, req rangeRequest) (chartData, error) {
	d := chartData{from: req.from, to: req.to, step: req.step}
	var err error
	d.buckets, err = read(req)
	return d, err
}

// comparedFrom is the window from which on it is compared with that of a year before: by
// the hour that would be weather.
const comparedFrom = 24 * time.Hour

// readYearAgo takes the mean of the same window a year before, if most of that is known.
func (d *chartData) readYearAgo(read readBuckets, req rangeRequest) {
	if req.to.Sub(req.from) < comparedFrom {
		return
	}
	req.from, req.to = req.from.AddDate(-1, 0, 0), req.to.AddDate(-1, 0, 0)
	buckets, err := read(req)
	if sum := (chartData{buckets: buckets}).summarize(); err == nil && 2*sum.filled > len(buckets) {
		d.yearAgo, d.hasYearAgo = sum.mean, true
	}
}

// cutEdge leaves of a bucket what is inside the window. It stays whole if nothing finer
// is known.
func (d *chartData) cutEdge(read readBuckets, req rangeRequest, edge *history.Bucket) {
	if edge.Count == 0 {
		return
	}
	step := finerStep(d.step)
	fine, err := read(rangeRequest{sensor: req.sensor, from: edge.Start, to: edge.Start.Add(d.step - time.Millisecond), step: step})
	if err != nil || (chartData{buckets: fine}).summarize().count == 0 {
		return
	}
	fine = slices.DeleteFunc(fine, func(b history.Bucket) bool { return b.Start.Before(req.from) || b.Start.After(req.to) })
	sum := chartData{buckets: fine}.summarize()
	*edge = history.Bucket{Start: edge.Start}
	if sum.count == 0 {
		return
	}
	edge.Count, edge.Min, edge.Mean, edge.Max = sum.count, sum.low, sum.mean, sum.high
	if req.to.Sub(req.from) > hoursFrom && d.step%time.Hour == 0 {
		edge.Count = int((time.Duration(sum.filled)*step + time.Hour - 1) / time.Hour)
	}
}

// exactTime is when in the bucket that begins at start the reading was that is before
// all others, to the second.
func exactTime(read readBuckets, req rangeRequest, start time.Time, before func(a, b history.Bucket) bool) time.Time {
	step := req.step
	for step > time.Second {
		end := start.Add(step - time.Millisecond)
		step = finerStep(step)
		from := start
		if from.Before(req.from) {
			from = req.from
		}
		fine, err := read(rangeRequest{sensor: req.sensor, from: from, to: end, step: step})
		if err != nil {
			return start
		}
		best := -1
		for i, b := range fine {
			if b.Count > 0 && !b.Start.After(req.to) && (best < 0 || before(b, fine[best])) {
				best = i
			}
		}
		if best < 0 {
			return start
		}
		start = fine[best].Start
	}
	return start
}

// finerStep divides a bucket into some hundred at the most.
func finerStep(step time.Duration) time.Duration {
	switch {
	case step <= 10*time.Minute:
		return time.Second
	case step <= 6*time.Hour:
		return time.Minute
	}
	return 30 * time.Minute
}

// cleanBuckets leaves out what no sensor can have measured, as the history of a picotop
// elsewhere may hold.
func cleanBuckets(buckets []history.Bucket) []history.Bucket {
	out := make([]history.Bucket, len(buckets))
	for i, b := range buckets {
		out[i] = b
		if !(b.Min >= leastShown && b.Max <= mostShown && b.Mean >= b.Min-1 && b.Mean <= b.Max+1) {
			out[i] = history.Bucket{Start: b.Start}
		}
	}
	return out
}

// What a chart can show, in Celsius: more than any sensor can measure.
const leastShown, mostShown = -1000, 1000
