package ui

import (
	"slices"
	"strings"
	"time"

	"picotop/house"
)

// maxOverlay is how many sensors one chart shows at the most.
const maxOverlay = 4

// An overlay is the sensors that stay in the picture while one goes on to others, by
// their IDs. It is one of the chart on the whole screen. The zero value is none.
type overlay struct{ kept []string }

// toggle keeps a sensor in the picture, or takes it out. It reports whether there was
// room.
func (o *overlay) toggle(sensor string) bool {
	if i := slices.Index(o.kept, sensor); i >= 0 {
		o.kept = slices.Delete(o.kept, i, i+1)
		return true
	}
	if len(o.kept) >= maxOverlay {
		return false
	}
	o.kept = append(o.kept, sensor)
	return true
}

// prune takes out sensors that are gone.
func (o *overlay) prune(s *viewState) {
	o.kept = slices.DeleteFunc(o.kept, func(id string) bool {
		_, ok := s.sensor(id)
		return !ok
	})
}

// all are the sensors in the picture, in the order of their marks: those that are kept,
// of which there are three at the most beside the one that is shown.
func (o *overlay) all(shown string) []string {
	if len(o.kept) == 0 {
		return nil
	}
	if slices.Contains(o.kept, shown) {
		return o.kept
	}
	return append(slices.Clone(o.kept[:min(len(o.kept), maxOverlay-1)]), shown)
}

// A series is one of several sensors in a chart.
type series struct {
	mark     rune
	data     chartData
	interval time.Duration
}

// series are those of the picture. The one that is shown has the data of the chart.
func (d *detail) series(s *viewState) []series {
	if !d.whole || !d.ready() {
		return nil
	}
	var all []series
	for i, id := range d.overlay.all(d.sensor) {
		data := d.data
		if id != d.sensor {
			var ok bool
			if data, ok = d.others[id]; !ok {
				continue // not read yet
			}
		}
		sensor, _ := s.sensor(id)
		all = append(all, series{mark: rune('1' + i), data: data, interval: sensor.Interval})
	}
	return all
}

// legend names the sensors in the picture by their marks, with what they measure under
// the cursor, else now, if there is room. The longest names are cut.
func (d *detail) legend(s *viewState, width int) string {
	ids := d.overlay.all(d.sensor)
	names, values, used := make([]string, len(ids)), make([]string, len(ids)), 2*len(leftMargin(width))-2
	for i, id := range ids {
		sensor, _ := s.sensor(id)
		names[i] = sensor.DisplayName
		if width >= minFullWidth {
			values[i] = " " + d.legendValue(s, sensor)
		}
		used += len("1 ") + textWidth(names[i]) + textWidth(values[i]) + len("  ")
	}
	widths := make([]int, len(ids))
	for i, name := range names {
		widths[i] = textWidth(name)
	}
	narrow(widths, sumOf(widths)+width-used)
	l := newLine(width).add("", leftMargin(width))
	for i, id := range ids {
		st := s.theme.series[i]
		if id == d.sensor {
			st += s.theme.title
		}
		if i > 0 {
			l.add("", "  ")
		}
		l.add(st, string(rune('1'+i))+" ").addLeft(st, names[i], widths[i]).add(st, values[i])
	}
	return l.String()
}

// legendValue is what a sensor measured under the cursor, else what it measures.
func (d *detail) legendValue(s *viewState, sensor house.Sensor) string {
	at := d.cursorAt()
	if at.IsZero() {
		return readingText(sensor, s.locale)
	}
	data := d.data
	if sensor.ID != d.sensor {
		data = d.others[sensor.ID]
	}
	if in := data.inCell(at, d.width); in.count > 0 {
		return s.locale.temp(in.mean)
	}
	return "-"
}

// othersOf are the IDs of a request.
func (r chartRequest) othersOf() []string {
	if r.others == "" {
		return nil
	}
	return strings.Split(r.others, "\n")
}

// markSpacing is how far apart the marks of one line are, and of two lines: by them lines
// are told apart that cross, also without colours.
const markSpacing, markShift = 24, 6

// overlaid draws several series into one plot, the last on top, each with its mark at its
// end and along its line. It returns whose each cell is, too.
func (c chart) overlaid(s *viewState, scale yScale, w, h int) (cells [][]rune, owners [][]int) {
	cells, owners = make([][]rune, h), make([][]int, h)
	for y := range h {
		cells[y], owners[y] = slices.Repeat([]rune{' '}, w), make([]int, w)
	}
	var drawn [][][]rune
	for i, one := range c.series {
		line := chart{data: one.data, interval: one.interval}.drawBraille(s, scale, w, h)
		drawn = append(drawn, line)
		for y := range h {
			for x, r := range line[y] {
				if r <= firstBraille || r > lastBraille {
					continue
				}
				if old := cells[y][x]; old > firstBraille {
					r |= old
				}
				cells[y][x], owners[y][x] = r, i
			}
		}
	}
	for y := range h {
		for x := range w {
			cells[y][x] = s.dots.of(cells[y][x])
		}
	}
	for i, line := range drawn {
		end := lastColumn(line)
		for x := end; x >= 0; x -= markSpacing {
			at := x
			if x != end {
				at -= markShift * i
			}
			c.mark(line, cells, owners, i, at)
		}
	}
	return cells, owners
}

// mark puts a mark on a line at a column, or left of there if others have marks there.
func (c chart) mark(line, cells [][]rune, owners [][]int, i, x int) {
	for ; x >= 0; x-- {
		for y := range line {
			if r := line[y][x]; r <= firstBraille || r > lastBraille || isMark(cells[y][x]) {
				continue
			}
			cells[y][x], owners[y][x] = c.series[i].mark, i
			return
		}
	}
}

func isMark(r rune) bool { return r >= '1' && r < '1'+maxOverlay }

// lastColumn is the last one in which anything is drawn; -1 if nothing is.
func lastColumn(cells [][]rune) int {
	last := -1
	for y := range cells {
		for x, r := range cells[y] {
			if r > firstBraille && r <= lastBraille {
				last = max(last, x)
			}
		}
	}
	return last
}
