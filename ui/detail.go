package ui

import (
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

// A detail is the chart of one sensor, and what goes with it. What is drawn is read in
// the background: until that has come the old picture stays, and a late answer to an old
// question is dropped.
type detail struct {
	keys   keyMap
	sensor string    // its ID
	window int       // of windows
	zoom   zoom      // shown in place of the window, if it is on
	outer  []zoom    // those that it is a part of, the longest first
	drag   drag      // the zoom that is being chosen
	cursor time.Time // where it stays while the picture moves on; zero if there is none
	width  int       // of the plot, in cells

	overlay overlay
	whole   bool // whether it has the whole screen

	wanted  chartRequest // what is to be shown
	asked   chartRequest // what was asked for last
	pending bool         // whether that is under way
	data    chartData
	night   chartData            // the last one by the minute; empty if that is not known
	others  map[string]chartData // of the overlay, by sensor
	shown   chartRequest         // what data is of
	askedAt time.Time
	failed  string
	told    string // what became of an export, until the next key

	drawn   []string // the last chart
	drawnOf drawing
	lines   plotLines // in it
}

// A drawing is all that decides about how a chart looks.
type drawing struct {
	request       chartRequest
	to            time.Time
	cursor        time.Time
	drag          drag
	overlay       string // the IDs of all in the picture, a line each
	width, height int
	limit         float64
	hasLimit      bool
	fahrenheit    bool
	theme         string
	whole         bool
}

// chart draws the chart, unless it would look the same.
func (d *detail) chart(s *viewState, sensor house.Sensor, width, height int) []string {
	of := drawing{
		d.shown, d.data.to, d.cursorAt(), d.drag, strings.Join(d.overlay.all(d.sensor), "\n"), width, height, sensor.Limit, sensor.HasLimit, s.locale.fahrenheit, s.theme.name, d.whole,
	}
	if d.drawn == nil || of != d.drawnOf {
		c := chart{data: d.data, interval: sensor.Interval, limit: sensor.Limit, hasLimit: sensor.HasLimit, cursor: of.cursor, drag: of.drag, series: d.series(s), kept: &d.lines}
		c.of = of
		c.of.cursor, c.of.drag = time.Time{}, drag{}
		d.drawn, d.drawnOf = c.view(s, width, height), of
	}
	return d.drawn
}

// A chartRequest is what decides about a chart's data, but for the time.
type chartRequest struct {
	sensor string
	window int
	zoom   zoom
	step   time.Duration
	others string // the IDs of an overlay, a line each
}

// A chartResult carries its request, so that one that comes too late is recognised.
type chartResult struct {
	request chartRequest
	data    chartData
	night   chartData
	others  map[string]chartData
	err     error
}

// A chart is read again when a part of its newest bucket is over, so that its figures
// are those of the table, and after a failure.
const (
	refreshChartAfter = 5 * time.Second // at the least
	refreshPart       = 8
	retryChartAfter   = 10 * time.Second
)

// show opens the chart of a sensor. The window stays as it was.
func (d *detail) show(sensor string) {
	if d.sensor != sensor {
		d.sensor, d.failed = sensor, ""
	}
}

// press handles a key. next goes to another sensor of the table.
func (d *detail) press(k tea.KeyPressMsg, next func(step int)) {
	switch {
	case key.Matches(k, d.keys.left.Binding):
		d.moveCursor(-1)
	case key.Matches(k, d.keys.right.Binding):
		d.moveCursor(1)
	case key.Matches(k, d.keys.longer.Binding):
		d.showWindow(min(d.window+1, len(windows)-1))
	case key.Matches(k, d.keys.shorter.Binding):
		d.showWindow(max(d.window-1, 0))
	case key.Matches(k, d.keys.windows.Binding):
		d.showWindow((d.window + 1) % len(windows))
	case key.Matches(k, d.keys.overlay.Binding):
		if !d.overlay.toggle(d.sensor) {
			d.told = "four sensors are in the picture; o takes out one of them when it is shown"
		}
	case key.Matches(k, d.keys.next.Binding), key.Matches(k, d.keys.down.Binding):
		next(1)
	case key.Matches(k, d.keys.previous.Binding), key.Matches(k, d.keys.up.Binding):
		next(-1)
	}
}

// load returns what is to be asked for now, if anything is, for a plot of a width.
func (d *detail) load(now time.Time, width int) (rangeRequest, bool) {
	from, to := d.shownRange(now)
	d.wanted = chartRequest{sensor: d.sensor, window: d.window, zoom: d.zoom, step: chartStep(to.Sub(from), width)}
	if d.whole {
		d.wanted.others = strings.Join(slices.DeleteFunc(slices.Clone(d.overlay.all(d.sensor)), func(id string) bool { return id == d.sensor }), "\n")
	}
	d.width = width
	wait := max(d.wanted.step/refreshPart, refreshChartAfter)
	if d.failed != "" {
		wait = retryChartAfter
	}
	old := now.Sub(d.askedAt) >= wait || now.Before(d.askedAt)
	if d.zoom.on() && d.failed == "" && d.askedAt.After(d.zoom.to) {
		old = false // nothing comes any more
	}
	if d.sensor == "" || width <= 0 || d.wanted == d.asked && (d.pending || !old) {
		return rangeRequest{}, false
	}
	d.asked, d.pending, d.askedAt = d.wanted, true, now
	return rangeRequest{sensor: d.sensor, from: from, to: to, step: d.wanted.step}, true
}

// take takes an answer, unless something else was asked for since.
func (d *detail) take(r chartResult) {
	if r.request != d.asked {
		return
	}
	d.pending = false
	if r.err != nil {
		d.failed = "the history cannot be read: " + clean(r.err.Error(), false)
		return
	}
	d.data, d.night, d.others, d.shown, d.failed = r.data, r.night, r.others, r.request, ""
}

// ready reports whether the data is of the sensor and the time that are shown. While
// the width changes the data of another step does.
func (d *detail) ready() bool {
	return d.shown.sensor == d.sensor && d.shown.window == d.window && d.shown.zoom == d.zoom && d.shown.step > 0
}

// cursorAt is the moment under the cursor, which is at the edge if it is further back than
// the window; zero if there is none.
func (d *detail) cursorAt() time.Time {
	if d.cursor.IsZero() || !d.ready() {
		return time.Time{}
	}
	if d.cursor.Before(d.data.from) {
		return d.data.middle(0, d.width)
	}
	return d.cursor
}

// moveCursor moves the cursor by cells. It comes in from the right edge, and goes there.
func (d *detail) moveCursor(cells int) {
	if !d.ready() || d.width <= 0 {
		return
	}
	x := d.width
	if at := d.cursorAt(); !at.IsZero() {
		x = d.data.cell(at, d.width)
	}
	if x += cells; x >= d.width {
		d.cursor = time.Time{}
		return
	}
	d.cursor = d.data.middle(max(x, 0), d.width)
}
