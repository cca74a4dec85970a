package ui

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"picotop/house"
	"picotop/internal/format"
)

// facts are the lines below the chart.
func (d *detail) facts(s *viewState, sensor house.Sensor, width int) []string {
	p := &page{width: width, theme: s.theme}
	if all := problems(s, width); d.whole && len(all) > 0 { // there is no health line on it
		p.lines = append(p.lines, newLine(width).add("", leftMargin(width)).add(s.theme.near, all[0]).String())
	}
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
		short, _, _ := strings.Cut(night, ", ")
		gaps = fittingText([]string{capital(night), capital(short)}, room)
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
	if d.zoom.on() {
		in = "in this time"
	} else if first, ok := d.data.first(); ok && first.Sub(d.data.from) > 2*d.data.step { // a new one, or long silent
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
