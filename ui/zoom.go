package ui

import (
	"time"
)

const (
	// minZoom is the shortest part of time that a chart shows: some twenty readings.
	minZoom = 5 * time.Minute
	// zoomPart is what a key leaves of the time that is shown: one part of so many.
	zoomPart = 4
)

// A zoom is the part of time that a chart shows in place of its window, in whole minutes.
// It stays where it is while time goes on. The zero value is none.
type zoom struct{ from, to time.Time }

func (z zoom) on() bool { return !z.to.IsZero() }

// newZoom holds a part of the time that is shown, and at least minZoom.
func newZoom(part, shown zoom) zoom {
	if part.length() < minZoom+time.Minute { // whole minutes, and no more than needed
		part.from = part.from.Add((part.length() - minZoom) / 2).Round(time.Minute)
		part.to = part.from.Add(minZoom)
	}
	if by := part.to.Sub(shown.to); by > 0 {
		part = part.moved(-by)
	}
	if by := shown.from.Sub(part.from); by > 0 {
		part = part.moved(by)
	}
	return zoom{part.from.Truncate(time.Minute), part.to.Add(time.Minute - 1).Truncate(time.Minute)}
}

func (z zoom) length() time.Duration { return z.to.Sub(z.from) }

func (z zoom) moved(by time.Duration) zoom { return zoom{z.from.Add(by), z.to.Add(by)} }

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
	d.zoomTo(newZoom(zoom{from, to}, zoom{d.data.from, d.data.to}))
}

// zoomIn shows a part of what is shown: that around the cursor, else the newest.
func (d *detail) zoomIn(now time.Time) {
	var shown zoom
	shown.from, shown.to = d.shownRange(now)
	length, middle := shown.length()/zoomPart, shown.to
	if !d.cursor.IsZero() {
		middle = d.cursor
	}
	from := middle.Add(-length / 2)
	d.zoomTo(newZoom(zoom{from, from.Add(length)}, shown))
}

// zoomTo goes a step deeper, unless that would be none.
func (d *detail) zoomTo(z zoom) {
	if d.zoom.on() {
		if z.length() >= d.zoom.length() {
			d.told = "a chart shows five minutes at the least"
			return
		}
		d.outer = append(d.outer, d.zoom)
	}
	d.zoom = z
	if d.cursor.Before(z.from) || d.cursor.After(z.to) {
		d.cursor = time.Time{}
	}
}

// zoomOut goes back a step.
func (d *detail) zoomOut() {
	d.zoom = zoom{}
	if n := len(d.outer); n > 0 {
		d.zoom, d.outer = d.outer[n-1], d.outer[:n-1]
	}
}

// showWindow shows one of the windows, up to now.
func (d *detail) showWindow(i int) { d.window, d.zoom, d.outer = i, zoom{}, nil }

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
