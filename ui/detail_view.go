package ui

import (
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"picotop/house"
)

// minDetailHeight is the height from which on the lines below the chart are drawn.
const minDetailHeight = 16

// detailPage draws the detail in exactly the given rectangle.
func (m *model) detailPage(width, height int) []string {
	s, d := &m.viewState, &m.detail
	sensor, ok := s.sensor(d.sensor)
	if !ok {
		return fitHeight([]string{newLine(width).add("", leftMargin(width)).add(s.theme.title, "this sensor is gone").String()}, width, height)
	}
	lines := []string{detailTitle(s, sensor, width), detailState(s, sensor, width)}
	if d.whole && len(d.overlay.kept) > 0 {
		lines[1] = d.legend(s, width)
	}
	lines = append(lines, d.windowLine(s, width))
	var below []string
	if height >= minDetailHeight {
		below = d.facts(s, sensor, width)
	}
	plot := height - len(lines) - len(below)
	if why := d.missing(s, width); why != nil {
		lines = append(lines, fitHeight(why, width, plot)...)
	} else {
		m.plot = area{chartLabelWidth, len(lines), width - chartLabelWidth, plot}
		lines = append(lines, d.chart(s, sensor, width, plot)...)
	}
	return append(lines, below...)
}

// missing says why there is no chart; nil if there is one.
func (d *detail) missing(s *viewState, width int) []string {
	st, text := s.theme.faint, ""
	switch {
	case d.failed != "":
		st, text = s.theme.near, d.failed
	case !d.ready():
		text = "reading the history …"
	default:
		return nil
	}
	margin := leftMargin(width)
	var lines []string
	for _, part := range strings.Split(ansi.Wrap(text, max(width-2*len(margin), 1), ""), "\n") {
		lines = append(lines, newLine(width).add("", margin).add(st, part).String())
	}
	return lines
}

// detailTitle says which sensor it is, and what time.
func detailTitle(s *viewState, sensor house.Sensor, width int) string {
	margin := leftMargin(width)
	clock := s.now.In(s.locale.zone).Format("Mon 15:04") + margin
	l := newLine(width).add("", margin)
	room := width - textWidth(clock) - 2 - l.used
	texts := []string{s.picoOf(sensor), sensor.Code}
	if sensor.Offset != 0 {
		texts = append(texts, fmt.Sprintf("offset %+g", sensor.Offset))
	}
	name := newLine(min(room, max(textWidth(sensor.DisplayName), 1))).add(s.theme.title, sensor.DisplayName)
	l.addRendered(name.String(), name.used)
	for _, t := range texts {
		if t != "" && l.used+3+textWidth(t) <= width-textWidth(clock)-2 {
			l.add(s.theme.faint, "   "+t)
		}
	}
	return l.addAtEdge("", clock).String()
}

// detailState says how the sensor is.
func detailState(s *viewState, sensor house.Sensor, width int) string {
	for _, a := range alerts(s) {
		if a.sensor == sensor.ID {
			l := newLine(width).add("", leftMargin(width)).add(s.theme.title, string(markers[a.kind])+" ")
			return l.add("", a.fitting(width-l.used, width)).String()
		}
	}
	text := readingText(sensor, s.locale)
	if sensor.Valid {
		text += s.locale.unit()
	}
	switch {
	case sensor.Silent:
		text += "  silent since " + s.timestamp(sensor.Heard)
	case sensor.PerHour == 0:
		text += "  steady"
	default:
		text += "  " + strings.TrimPrefix(s.locale.trend(sensor.PerHour), ", ")
	}
	return newLine(width).add("", leftMargin(width)+"  ").add("", text).String()
}

// windowLine names the windows, and the figures of the one that is shown or what is
// under the cursor.
func (d *detail) windowLine(s *viewState, width int) string {
	l := newLine(width).add("", leftMargin(width))
	if d.told != "" {
		return l.add(s.theme.title, d.told).String()
	}
	if width >= minFullWidth && !d.zoom.on() && !d.drag.on() {
		for i, w := range windows {
			if i == d.window {
				l.add(s.theme.title, "["+w.name+"] ")
			} else {
				l.add(s.theme.faint, w.name+" ")
			}
		}
	} else {
		l.add(s.theme.title, "["+d.rangeName(s)+"]")
	}
	if !d.ready() {
		return l.String()
	}
	if text := d.figures(s, width-l.used-2-len(leftMargin(width))); text != "" {
		l.addAtEdge("", "  "+text+leftMargin(width))
	}
	return l.String()
}

// figures are those of what is under the cursor, else of the window, in so many cells;
// while a part of it is being chosen they are the way to go on.
func (d *detail) figures(s *viewState, width int) string {
	texts := []string{""}
	if d.drag.on() {
		texts = []string{"let go to see this time, esc not to", "let go to zoom in", ""}
	} else if at := d.cursorAt(); !at.IsZero() {
		texts = d.underCursor(s, at)
	} else if sum := d.data.summarize(); sum.count > 0 {
		texts = append(sum.texts(s), "")
	}
	return fittingText(texts, width)
}

// texts say the figures, each time in fewer words.
func (sum summary) texts(s *viewState) []string {
	low, mean, high := s.locale.temp(sum.low), s.locale.temp(sum.mean), s.locale.temp(sum.high)
	return []string{
		fmt.Sprintf("low %s at %s  mean %s  high %s at %s", low, s.moment(sum.lowAt), mean, high, s.moment(sum.highAt)),
		fmt.Sprintf("low %s  mean %s  high %s", low, mean, high),
		fmt.Sprintf("%s to %s", low, high),
	}
}

// underCursor says what was measured at a moment, each time in fewer words.
func (d *detail) underCursor(s *viewState, at time.Time) []string {
	in := d.data.inCell(at, d.width)
	when, begin := s.span(in.from, in.to), s.moment(in.from)
	if in.count == 0 {
		return []string{when + "  nothing heard", begin + "  nothing"}
	}
	mean, low, high := s.locale.degrees(in.mean), s.locale.temp(in.low), s.locale.temp(in.high)
	texts := []string{when + "  " + mean, begin + "  " + mean}
	if low != high {
		texts = append([]string{fmt.Sprintf("%s  %s, from %s to %s", when, mean, low, high), fmt.Sprintf("%s  %s to %s", begin, low, high)}, texts...)
	}
	return texts
}

// fittingText is the first of the texts that fits, else the last of them.
func fittingText(texts []string, width int) string {
	for _, t := range texts {
		if textWidth(t) <= width {
			return t
		}
	}
	return texts[len(texts)-1]
}
