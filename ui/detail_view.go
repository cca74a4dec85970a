package ui

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/format"
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
	if text, ok := d.missing(s, width); ok {
		lines = append(lines, fitHeight([]string{text}, width, plot)...)
	} else {
		lines = append(lines, d.chart(s, sensor, width, plot)...)
	}
	return append(lines, below...)
}

// missing says why there is no chart, if there is none.
func (d *detail) missing(s *viewState, width int) (string, bool) {
	l := newLine(width).add("", leftMargin(width))
	switch {
	case d.failed != "":
		return l.add(s.theme.near, d.failed).String(), true
	case !d.ready():
		return l.add(s.theme.faint, "reading the history …").String(), true
	}
	return "", false
}

// sensor returns the one with an ID.
func (s *viewState) sensor(id string) (house.Sensor, bool) {
	for _, sensor := range s.house.Sensors {
		if sensor.ID == id {
			return sensor, true
		}
	}
	return house.Sensor{}, false
}

// picoOf is the label of the Pico that a sensor is at.
func (s *viewState) picoOf(sensor house.Sensor) string {
	for _, p := range s.house.Picos {
		if p.Addr == sensor.Pico {
			return p.Label()
		}
	}
	return ""
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
			text := a.fitting(width - l.used)
			if width < minFullWidth {
				text = a.short
			}
			return l.add("", text).String()
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
	if width >= minFullWidth {
		for i, w := range windows {
			if i == d.window {
				l.add(s.theme.title, "["+w.name+"] ")
			} else {
				l.add(s.theme.faint, w.name+" ")
			}
		}
	} else {
		l.add(s.theme.title, "["+windows[d.window].name+"]")
	}
	if !d.ready() {
		return l.String()
	}
	if text := d.figures(s, width-l.used-2-len(leftMargin(width))); text != "" {
		l.addAtEdge("", "  "+text+leftMargin(width))
	}
	return l.String()
}

// figures are those of what is under the cursor, else of the window, in so many cells.
func (d *detail) figures(s *viewState, width int) string {
	texts := []string{""}
	if at := d.cursorAt(); !at.IsZero() {
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

// span names a part of time. What is shorter than two minutes is a moment.
func (s *viewState) span(from, to time.Time) string {
	switch a, b := s.moment(from), s.moment(to); {
	case to.Sub(from) < 2*time.Minute:
		return a
	case to.In(s.locale.zone).YearDay() == from.In(s.locale.zone).YearDay():
		return a + "-" + to.In(s.locale.zone).Format("15:04")
	default:
		return a + "-" + b
	}
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

// moment is a time with its day, unless it was today.
func (s *viewState) moment(t time.Time) string {
	t, now := t.In(s.locale.zone), s.now.In(s.locale.zone)
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04")
	case now.Sub(t) < 6*24*time.Hour:
		return t.Format("Mon 15:04")
	}
	return t.Format("2 Jan 15:04")
}

// facts are the lines below the chart.
func (d *detail) facts(s *viewState, sensor house.Sensor, width int) []string {
	p := &page{width: width, theme: s.theme}
	add := func(text string) {
		p.lines = append(p.lines, newLine(width).add("", leftMargin(width)).add("", text).String())
	}
	heard := "not heard yet"
	if !sensor.Heard.IsZero() {
		heard = "last heard " + format.Ago(s.now.Sub(sensor.Heard)) + " ago"
	}
	if sensor.Interval > 0 {
		heard = format.Interval(sensor.Interval) + ", " + heard
	}
	limit, room := limitFacts(s, sensor), width-2*len(leftMargin(width))
	if !d.ready() {
		add("")
		add(capital(heard))
		add(limit)
		return p.lines
	}
	gaps, night := d.gapText(s, sensor), d.lastNight(s, sensor)
	limits := fittingText([]string{joinNonEmpty(";  ", limit, night), limit}, room)
	if limits == limit && gaps == "" {
		gaps = capital(night)
	}
	ago := d.yearAgoText(s)
	add(fittingText([]string{capital(joinNonEmpty(";  ", gaps, ago)), capital(cmp.Or(gaps, ago))}, room))
	var readings []string
	for _, text := range d.completeness(s, sensor) {
		readings = append(readings, capital(heard)+text)
	}
	add(fittingText(append(readings, capital(heard)), room))
	add(limits)
	return p.lines
}

// capital has a sentence begin with a capital letter. It begins with a letter or digit
// of ASCII.
func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// completeness says how many of the readings that were to be expected there are, each
// time in fewer words. The store has no more than hours of what is long ago.
func (d *detail) completeness(s *viewState, sensor house.Sensor) []string {
	window := d.data.to.Sub(d.data.from)
	if sensor.Interval <= 0 || window > hoursFrom {
		return nil
	}
	in := "in " + windows[d.window].name
	if first, ok := d.data.first(); ok && first.Sub(d.data.from) > 2*d.data.step { // a new one, or long silent
		window, in = d.data.to.Sub(first), "since "+s.moment(first)
	}
	sum, expected := d.data.summarize(), int(window/sensor.Interval)
	if expected == 0 {
		return nil
	}
	share := min(int(math.Round(100*float64(sum.count)/float64(expected))), 100)
	return []string{
		fmt.Sprintf("; %d of about %d readings %s (%d %%)", sum.count, expected, in, share),
		fmt.Sprintf("; %d %% of the readings %s", share, in),
	}
}

// yearAgoText compares the mean with that of the same window a year before.
func (d *detail) yearAgoText(s *viewState) string {
	sum := d.data.summarize()
	if !d.data.hasYearAgo || sum.count == 0 {
		return ""
	}
	by := sum.mean - d.data.yearAgo
	text := s.locale.difference(math.Abs(by))
	switch {
	case text == "0.0":
		return "as warm as a year ago"
	case by > 0:
		return text + " warmer than a year ago"
	}
	return text + " colder than a year ago"
}

// gapText tells of the longest gap in the window, or of how many there are.
func (d *detail) gapText(s *viewState, sensor house.Sensor) string {
	_, gaps := d.data.segments(sensor.Interval)
	if len(gaps) == 0 {
		return ""
	}
	longest := gaps[0]
	for _, g := range gaps {
		if g.to.Sub(g.from) > longest.to.Sub(longest.from) {
			longest = g
		}
	}
	text := fmt.Sprintf("gap %s-%s: nothing heard", s.moment(longest.from), s.moment(longest.to))
	if len(gaps) > 1 {
		text = fmt.Sprintf("%d gaps, the longest %s-%s", len(gaps), s.moment(longest.from), s.moment(longest.to))
	}
	return text
}

// limitFacts say when the sensor warns.
func limitFacts(s *viewState, sensor house.Sensor) string {
	if why := coldTexts[sensor.Cold]; why != "" {
		return "Cold is normal here: " + why
	}
	if !sensor.HasLimit {
		return "Cold is normal here"
	}
	return fmt.Sprintf("Warns at %s, clears at %s", s.locale.degrees(sensor.Limit), s.locale.temp(sensor.Limit+house.ThawAbove))
}

// The hours of a night.
const nightBegins, nightEnds = 20, 9

// dayBegins is the hour from which on the night is the last one.
const dayBegins = 6

// lastNight says how cold the last night was, and for how long below the limit.
func (d *detail) lastNight(s *viewState, sensor house.Sensor) string {
	if !d.ready() || windows[d.window].length < 24*time.Hour || d.data.step > time.Hour {
		return ""
	}
	now := s.now.In(s.locale.zone)
	end := time.Date(now.Year(), now.Month(), now.Day(), nightEnds, 0, 0, 0, s.locale.zone)
	if end.After(now) {
		end = now
	}
	begin := time.Date(now.Year(), now.Month(), now.Day()-1, nightBegins, 0, 0, 0, s.locale.zone)
	if now.Hour() >= nightBegins {
		begin, end = time.Date(now.Year(), now.Month(), now.Day(), nightBegins, 0, 0, 0, s.locale.zone), now
	}
	night := chartData{from: begin, to: end, step: d.data.step}
	below := time.Duration(0)
	for _, b := range d.data.buckets {
		if b.Start.Before(begin) || !b.Start.Before(end) {
			continue
		}
		night.buckets = append(night.buckets, b)
		if b.Count > 0 && sensor.HasLimit && b.Mean <= sensor.Limit {
			below += d.data.step
		}
	}
	sum := night.summarize()
	if sum.count == 0 {
		return ""
	}
	name := "last night"
	if now.Hour() >= nightBegins || now.Hour() < dayBegins {
		name = "tonight"
	}
	text := fmt.Sprintf("%s: low %s at %s", name, s.locale.temp(sum.low), sum.lowAt.In(s.locale.zone).Format("15:04"))
	if below > 0 {
		text += ", " + format.Duration(below) + " below"
	}
	return text
}
