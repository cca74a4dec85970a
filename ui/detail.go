package ui

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"picotop/history"
	"picotop/house"
)

// windows are how far back a chart reaches.
var windows = []window{
	{time.Hour, "1h"},
	{6 * time.Hour, "6h"},
	{24 * time.Hour, "24h"},
	{7 * 24 * time.Hour, "7d"},
	{30 * 24 * time.Hour, "30d"},
	{365 * 24 * time.Hour, "1y"},
}

type window struct {
	length time.Duration
	name   string
}

const usualWindow = 2 // 24 hours

// A detail is the chart of one sensor, and what goes with it. What is drawn is read in
// the background: until that has come the old picture stays, and a late answer to an old
// question is dropped.
type detail struct {
	keys   keyMap
	sensor string // its ID
	window int    // of windows
	cursor int    // cells of half a step from the right edge; 0 is no cursor

	wanted  chartRequest // what is to be shown
	asked   chartRequest // what was asked for last
	pending bool         // whether that is under way
	data    chartData
	shown   chartRequest // what data is of
	askedAt time.Time
	failed  string

	drawn   []string // the last chart
	drawnOf drawing
}

// A drawing is all that decides about how a chart looks.
type drawing struct {
	request       chartRequest
	to            time.Time
	cursor        time.Time
	width, height int
	limit         float64
	hasLimit      bool
	fahrenheit    bool
	theme         string
}

// chart draws the chart, unless it would look the same.
func (d *detail) chart(s *viewState, sensor house.Sensor, width, height int) []string {
	of := drawing{
		d.shown, d.data.to, d.cursorAt(), width, height, sensor.Limit, sensor.HasLimit, s.locale.fahrenheit, s.theme.name,
	}
	if d.drawn == nil || of != d.drawnOf {
		c := chart{data: d.data, interval: sensor.Interval, limit: sensor.Limit, hasLimit: sensor.HasLimit, cursor: of.cursor}
		d.drawn, d.drawnOf = c.view(s, width, height), of
	}
	return d.drawn
}

// A chartRequest is what decides about a chart's data, but for the time.
type chartRequest struct {
	sensor string
	window int
	step   time.Duration
}

// A chartResult carries its request, so that one that comes too late is recognised.
type chartResult struct {
	request chartRequest
	data    chartData
	err     error
}

// refreshChartAfter is how old a chart may become at the least: it is read again each
// half of a bucket.
const refreshChartAfter = 5 * time.Second

// show opens the chart of a sensor. The window stays as it was.
func (d *detail) show(sensor string) { d.sensor, d.failed = sensor, "" }

// press handles a key. next goes to another sensor of the table.
func (d *detail) press(k tea.KeyPressMsg, next func(step int)) {
	switch {
	case key.Matches(k, d.keys.left.Binding):
		d.cursor++
	case key.Matches(k, d.keys.right.Binding):
		d.cursor = max(d.cursor-1, 0)
	case key.Matches(k, d.keys.longer.Binding):
		d.window = min(d.window+1, len(windows)-1)
	case key.Matches(k, d.keys.shorter.Binding):
		d.window = max(d.window-1, 0)
	case key.Matches(k, d.keys.windows.Binding):
		d.window = (d.window + 1) % len(windows)
	case key.Matches(k, d.keys.next.Binding), key.Matches(k, d.keys.down.Binding):
		next(1)
	case key.Matches(k, d.keys.previous.Binding), key.Matches(k, d.keys.up.Binding):
		next(-1)
	}
}

// load returns what is to be asked for now, if anything is, for a plot of a width.
func (d *detail) load(now time.Time, width int) (rangeRequest, bool) {
	length := windows[d.window].length
	d.wanted = chartRequest{sensor: d.sensor, window: d.window, step: chartStep(length, width)}
	old := now.Sub(d.askedAt) >= max(d.wanted.step/2, refreshChartAfter)
	if d.sensor == "" || width <= 0 || d.wanted == d.asked && (d.pending || !old) {
		return rangeRequest{}, false
	}
	d.asked, d.pending, d.askedAt = d.wanted, true, now
	return rangeRequest{sensor: d.sensor, from: now.Add(-length), to: now, step: d.wanted.step}, true
}

// take takes an answer, unless something else was asked for since.
func (d *detail) take(r chartResult) {
	if r.request != d.asked {
		return
	}
	d.pending = false
	if r.err != nil {
		d.failed = "the history cannot be read: " + r.err.Error()
		return
	}
	d.data, d.shown, d.failed = r.data, r.request, ""
}

// ready reports whether the data is of the sensor and the window that are shown. While
// the width changes the data of another step does.
func (d *detail) ready() bool {
	return d.shown.sensor == d.sensor && d.shown.window == d.window && d.shown.step > 0
}

// cursorAt is the moment under the cursor; zero if there is none.
func (d *detail) cursorAt() time.Time {
	if d.cursor == 0 || !d.ready() {
		return time.Time{}
	}
	at := d.data.to.Add(-time.Duration(2*d.cursor-1) * d.data.step)
	if at.Before(d.data.from) {
		at = d.data.from
		d.cursor = int(d.data.to.Sub(d.data.from)/d.data.step+1) / 2
	}
	return at
}

// loadChart asks the Source in the background.
func (m *model) loadChart(width int) tea.Cmd {
	req, ok := m.detail.load(m.viewState.now, width)
	if !ok {
		return nil
	}
	asked := m.detail.asked
	return func() tea.Msg {
		result, ok := m.loader.load(req).(rangeResult)
		if !ok {
			return nil
		}
		return chartResult{
			request: asked, err: result.err,
			data: chartData{from: req.from, to: req.to, step: req.step, buckets: cleanBuckets(result.buckets)},
		}
	}
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
