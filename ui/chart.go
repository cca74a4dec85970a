package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/NimbleMarkets/ntcharts/v2/canvas"
	"github.com/NimbleMarkets/ntcharts/v2/linechart"
	"github.com/NimbleMarkets/ntcharts/v2/linechart/timeserieslinechart"

	"picotop/history"
)

const (
	chartLabelWidth = 7 // "  7° ┤", and "-10.5"
	chartAxisHeight = 2
	tickSpacing     = 9 // cells that one named moment takes
	// bandFrom is the window from which on the lowest and the highest of each bucket are
	// drawn, so that a dip of minutes survives.
	bandFrom = 3 * 24 * time.Hour
)

// A chart is a sensor's course, drawn with ntcharts in braille.
type chart struct {
	data     chartData
	interval time.Duration // at which the sensor sends
	limit    float64       // in Celsius
	hasLimit bool
	cursor   time.Time // zero if there is none
	drag     drag      // what is dragged over
	series   []series  // several of them, with data among them; nil if that is alone

	kept *plotLines // is used if it is of the same, and filled if not; nil keeps nothing
	of   drawing    // what lines are of
}

// view draws the chart in exactly the given rectangle.
func (c chart) view(s *viewState, width, height int) []string {
	w, h := width-chartLabelWidth, height-chartAxisHeight
	if w < 4 || h < 2 {
		return fitHeight(nil, width, height)
	}
	sum := c.extremes()
	if sum.count == 0 {
		lines := fitHeight(nil, width, height)
		lines[height/2] = newLine(width).add(s.theme.faint, spaces(chartLabelWidth)+"nothing was recorded in this time").String()
		return lines
	}
	low, high := s.locale.value(sum.low), s.locale.value(sum.high)
	limit := s.locale.value(c.limit)
	withLimit := c.hasLimit && c.limit >= sum.low-limitWithin && c.limit <= sum.high+limitWithin
	if withLimit {
		low, high = min(low, limit), max(high, limit)
	}
	scale := newYScale(low, high, h)
	p := plot{width: w, height: h}
	p.markedFrom, p.markedTo = c.marked(w)
	p.plotLines = c.lines(s, scale, w, h)
	limitLine := -1
	if withLimit {
		limitLine = scale.line(limit, h)
	}
	names := map[int]string{}
	for _, v := range scale.names() {
		names[scale.line(v, h)] = fmt.Sprintf("%g°", v)
	}
	lines := make([]string, 0, height)
	for y := range h {
		l := newLine(width).addRight(s.theme.faint, names[y], chartLabelWidth-2).add(s.theme.faint, " ┤")
		p.addLine(l, s, y, limitLine == y, "limit "+s.locale.temp(c.limit))
		lines = append(lines, l.String())
	}
	return append(lines, c.axis(s, width, w)...)
}

// marked are the columns that are in reverse, up to the second of them: what is dragged
// over, else the cursor.
func (c chart) marked(width int) (from, to int) {
	switch {
	case c.drag.on():
		first, last := c.drag.columns(c.data, width)
		return first, last + 1
	case !c.cursor.IsZero():
		x := c.data.cell(c.cursor, width)
		return x, x + 1
	}
	return 0, 0
}

// extremes are the lowest and the highest of all that is drawn.
func (c chart) extremes() summary {
	sum := c.data.summarize()
	for _, one := range c.series {
		other := one.data.summarize()
		switch {
		case other.count == 0:
		case sum.count == 0:
			sum = other
		default:
			sum.low, sum.high = min(sum.low, other.low), max(sum.high, other.high)
		}
	}
	return sum
}

// limitWithin is how far away the limit may be, in degrees Celsius, to be drawn.
const limitWithin = 4

// axis draws the line below the plot, and the names of moments.
func (c chart) axis(s *viewState, width, w int) []string {
	rule, names := []rune(strings.Repeat("─", w)), newLine(width)
	for _, t := range ticks(c.data.from, c.data.to, s.locale.zone, max(w/tickSpacing, 1)) {
		x := int(float64(w) * float64(t.at.Sub(c.data.from)) / float64(c.data.to.Sub(c.data.from)))
		at := chartLabelWidth + x - textWidth(t.text)/2
		if x < 0 || x >= w || at < names.used || at+textWidth(t.text) > width {
			continue
		}
		rule[x] = '┬'
		names.padTo(at).add(s.theme.faint, t.text)
	}
	axis := newLine(width).add("", spaces(chartLabelWidth-1)).add(s.theme.faint, "└"+string(rule))
	return []string{axis.String(), names.String()}
}

// draw draws the course in what the terminal can show.
func (c chart) draw(s *viewState, scale yScale, w, h int) [][]rune {
	cells := c.drawBraille(s, scale, w, h)
	for y := range cells {
		for x, r := range cells[y] {
			cells[y][x] = s.dots.of(r)
		}
	}
	return cells
}

// drawBraille draws the course on a canvas of ntcharts. What is not joined is a data set of its
// own, and its ranges are fixed, since to find them costs the square of the points.
func (c chart) drawBraille(s *viewState, scale yScale, w, h int) [][]rune {
	seconds := func(t time.Time) float64 { return float64(t.UnixMilli()) / 1e3 }
	base := linechart.New(w, h, seconds(c.data.from), seconds(c.data.to), scale.low, scale.high, linechart.WithXYSteps(0, 0))
	m := timeserieslinechart.New(w, h, timeserieslinechart.WithLineChart(&base))
	var names []string
	segments, _ := c.data.segments(c.interval)
	for i, piece := range segments {
		name := fmt.Sprint(i)
		for _, p := range c.points(s, piece) {
			m.PushDataSet(name, p)
		}
		names = append(names, name)
	}
	m.DrawBrailleDataSets(names)
	cells := make([][]rune, h)
	for y := range cells {
		cells[y] = make([]rune, w)
		for x := range cells[y] {
			cells[y][x] = m.Canvas.Cell(canvas.Point{X: x, Y: y}).Rune
		}
	}
	return cells
}

// points are those of one piece: the means, or in a long window up and down between the
// extremes, which fills the space between them.
func (c chart) points(s *viewState, piece []history.Bucket) []timeserieslinechart.TimePoint {
	band := c.data.to.Sub(c.data.from) >= bandFrom
	points := make([]timeserieslinechart.TimePoint, 0, 2*len(piece))
	add := func(t time.Time, celsius float64) {
		points = append(points, timeserieslinechart.TimePoint{Time: t, Value: s.locale.value(celsius)})
	}
	for i, b := range piece {
		t := c.data.middleOf(b)
		switch {
		case !band:
			add(t, b.Mean)
		case i%2 == 0:
			add(t, b.Min)
			add(t, b.Max)
		default:
			add(t, b.Max)
			add(t, b.Min)
		}
	}
	return points
}

// lines draws what was measured, unless that is kept: it takes ten times as long as all
// else, and stays the same while the cursor moves or a part is chosen.
func (c chart) lines(s *viewState, scale yScale, w, h int) plotLines {
	if c.kept != nil && c.kept.cells != nil && c.kept.of == c.of {
		return *c.kept
	}
	drawn := plotLines{of: c.of}
	if c.series != nil {
		drawn.cells, drawn.owners = c.overlaid(s, scale, w, h)
	} else {
		drawn.cells = c.draw(s, scale, w, h)
	}
	if c.kept != nil {
		*c.kept = drawn
	}
	return drawn
}

// plotLines are what was measured, in the cells of a plot.
type plotLines struct {
	of     drawing
	cells  [][]rune
	owners [][]int // of which series each is; nil if there is one
}

// A plot is the part of a chart inside the axes.
type plot struct {
	width, height int
	plotLines
	markedFrom, markedTo int // the columns that are in reverse; the second is not among them
}

// addLine adds one line of the plot: the course, behind it the limit, dashed and named,
// and what is marked in reverse.
func (p plot) addLine(l *line, s *viewState, y int, isLimit bool, limitName string) {
	name := []rune("-" + limitName + "-")
	var run strings.Builder
	var of style
	for x := range p.width {
		st, text := p.cell(s, x, y, isLimit, name)
		if x >= p.markedFrom && x < p.markedTo {
			st += s.theme.cursor
		}
		if st != of {
			l.add(of, run.String())
			run.Reset()
			of = st
		}
		run.WriteString(text)
	}
	l.add(of, run.String())
}

// cell is what stands in one cell.
func (p plot) cell(s *viewState, x, y int, isLimit bool, limitName []rune) (style, string) {
	r := p.cells[y][x]
	switch {
	case r != 0 && r != ' ' && p.owners != nil && isMark(r):
		return s.theme.series[p.owners[y][x]] + s.theme.title, string(r)
	case r != 0 && r != ' ' && p.owners != nil:
		return s.theme.series[p.owners[y][x]], string(r)
	case r != 0 && r != ' ':
		return "", string(r)
	case !isLimit:
		return "", " "
	case x < len(limitName):
		return s.theme.near, string(limitName[x])
	case x%2 == 0:
		return s.theme.near, "-"
	}
	return s.theme.near, " "
}
