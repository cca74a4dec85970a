package ui

import (
	"time"
)

// minZoom is the shortest part of time that a chart shows: some twenty readings.
const minZoom = 5 * time.Minute

// A zoom is the part of time that a chart shows in place of its window, in whole minutes.
// It stays where it is while time goes on. The zero value is none.
type zoom struct{ from, to time.Time }

func (z zoom) on() bool { return !z.to.IsZero() }

// newZoom holds a part of what a chart shows, and at least minZoom.
func newZoom(from, to time.Time, of chartData) zoom {
	if missing := minZoom - to.Sub(from); missing > 0 {
		from, to = from.Add(-missing/2), to.Add(missing/2)
	}
	if by := to.Sub(of.to); by > 0 {
		from, to = from.Add(-by), of.to
	}
	return zoom{from.Truncate(time.Minute), to.Add(time.Minute - 1).Truncate(time.Minute)}
}

// A drag is the part of a chart between where the mouse button went down and where the
// mouse is, by moments, since the picture moves on meanwhile. The zero value is none.
type drag struct{ anchor, at time.Time }

func (g drag) on() bool { return !g.anchor.IsZero() }

// columns are the first and the last of those in a plot of a width.
func (g drag) columns(of chartData, width int) (first, last int) {
	first, last = of.cell(g.anchor, width), of.cell(g.at, width)
	return min(first, last), max(first, last)
}

// span is what is dragged over: whole columns.
func (g drag) span(of chartData, width int) (from, to time.Time) {
	first, last := g.columns(of, width)
	return of.edge(first, width), of.edge(last+1, width)
}

// beginDrag takes a column of the plot for the begin of a zoom. It reports whether
// anything is drawn there.
func (d *detail) beginDrag(x int) bool {
	if !d.ready() || d.width <= 0 {
		return false
	}
	at := d.data.middle(x, d.width)
	d.drag, d.told = drag{at, at}, ""
	return true
}

// dragTo takes a column, which may be beyond the plot, for the end. It reports whether
// it is another one.
func (d *detail) dragTo(x int) bool {
	at := d.data.middle(min(max(x, 0), d.width-1), d.width)
	if !d.drag.on() || d.data.cell(d.drag.at, d.width) == d.data.cell(at, d.width) {
		return false
	}
	d.drag.at = at
	return true
}

// endDrag shows what was dragged over. In one column alone it puts the cursor there.
func (d *detail) endDrag() {
	g := d.drag
	d.drag = drag{}
	if !g.on() || !d.ready() {
		return
	}
	if first, last := g.columns(d.data, d.width); first == last {
		d.cursor = g.at
		return
	}
	from, to := g.span(d.data, d.width)
	d.zoom = newZoom(from, to, d.data)
	if d.cursor.Before(d.zoom.from) || d.cursor.After(d.zoom.to) {
		d.cursor = time.Time{}
	}
}

// shownRange is what is to be read at a moment: the zoom up to its last millisecond, else
// the window up to then.
func (d *detail) shownRange(now time.Time) (from, to time.Time) {
	if d.zoom.on() {
		return d.zoom.from, d.zoom.to.Add(-time.Millisecond)
	}
	return now.Add(-windows[d.window].length), now
}

// rangeName names what is shown, or what is being dragged over.
func (d *detail) rangeName(s *viewState) string {
	switch {
	case d.drag.on() && d.ready():
		return s.span(d.drag.span(d.data, d.width))
	case d.zoom.on():
		return s.span(d.zoom.from, d.zoom.to)
	}
	return windows[d.window].name
}
