package ui

import (
	"fmt"
	"strings"

	"picotop/house"
)

// An alert is one thing that is wrong, in words.
type alert struct {
	kind  house.Kind
	who   string
	text  string // the whole sentence
	short string // for a narrow screen
	brief string // a word or a value, where there is room for nothing else
}

// words are how the kinds of alert are called.
var words = map[house.Kind]string{
	house.Freezing: "FREEZING",
	house.Silent:   "SILENT",
	house.Near:     "NEAR",
	house.SetAside: "SET ASIDE",
}

// stripLines is how high the alert strip may grow.
const stripLines = 3

// serious reports whether a kind must be on the screen. The others are there
// if there is room.
func serious(k house.Kind) bool { return k == house.Freezing || k == house.Silent }

// alerts puts what is wrong into words, worst first.
func alerts(s *viewState) []alert {
	var all []alert
	for _, c := range s.house.Conditions {
		switch {
		case c.Pico >= 0 && c.Pico < len(s.house.Picos):
			all = append(all, silentPico(s.house.Picos[c.Pico], c, s))
		case c.Sensor >= 0 && c.Sensor < len(s.house.Sensors):
			sensor := s.house.Sensors[c.Sensor]
			if c.Kind == house.Silent && sensor.Freezing {
				continue // said where it freezes
			}
			all = append(all, sensorAlert(sensor, c, s))
		}
	}
	return all
}

func silentPico(p house.Pico, c house.Condition, s *viewState) alert {
	a := alert{kind: c.Kind, who: p.Label(), brief: "silent"}
	which := fmt.Sprintf("all %d sensors", p.Sensors)
	switch p.Sensors {
	case 1:
		which = "its one sensor"
	case 2:
		which = "both sensors"
	}
	a.text = fmt.Sprintf("%s: %s, nothing heard since %s", a.who, which, s.timestamp(c.Since))
	if p.Interval > 0 {
		a.text += " (normally " + every(p.Interval) + ")"
	}
	a.short = fmt.Sprintf("%s silent since %s (%s)", a.who, s.timestamp(c.Since), count(p.Sensors, "sensor"))
	return a
}

func sensorAlert(sensor house.Sensor, c house.Condition, s *viewState) alert {
	var (
		f     = s.format
		a     = alert{kind: c.Kind, who: sensor.FriendlyName, brief: reading(sensor, f)}
		since = s.timestamp(c.Since)
		limit = f.temp(sensor.Limit)
	)
	switch c.Kind {
	case house.Freezing:
		a.text = a.who + " " + f.degrees(sensor.Celsius) + ", " + below(sensor, since, f) + f.trend(sensor.PerHour)
		a.short = fmt.Sprintf("%s %s, limit %s", a.who, f.temp(sensor.Celsius), limit)
		if sensor.Silent {
			a.text = fmt.Sprintf("%s was %s, limit %s, silent since %s", a.who, f.degrees(sensor.Celsius), limit, s.timestamp(sensor.Heard))
			a.short = fmt.Sprintf("%s was %s, now silent", a.who, f.temp(sensor.Celsius))
		}
	case house.Silent:
		a.text = fmt.Sprintf("%s: nothing heard since %s", a.who, since)
		if sensor.Interval > 0 {
			a.text += " (normally " + every(sensor.Interval) + ")"
		}
		a.short, a.brief = a.who+" silent since "+since, "silent"
	case house.Near:
		above := f.difference(max(sensor.Celsius-sensor.Limit, 0))
		a.text = fmt.Sprintf("%s %s, %s above its limit%s", a.who, f.degrees(sensor.Celsius), above, f.trend(sensor.PerHour))
		a.short = fmt.Sprintf("%s %s, near its limit", a.who, f.temp(sensor.Celsius))
	default:
		a.text = fmt.Sprintf("%s said %s, which was not believed", a.who, f.degrees(sensor.SetAsideValue))
		a.short = fmt.Sprintf("%s said %s: ignored", a.who, f.temp(sensor.SetAsideValue))
	}
	return a
}

// below says how a freezing sensor stands to its limit: it counts as freezing
// until it is half a degree above.
func below(sensor house.Sensor, since string, f format) string {
	now, limit := f.temp(sensor.Celsius), f.temp(sensor.Limit)
	switch {
	case now == limit:
		return "at its limit since " + since
	case sensor.Celsius > sensor.Limit:
		return "not clear of " + limit + " since " + since
	default:
		return "below " + limit + " since " + since
	}
}

// strip draws the alerts in at most the given number of lines. What does not
// fit and matters is named.
func strip(s *viewState, width, height int) []string {
	all := alerts(s)
	must := 0
	for _, a := range all {
		if serious(a.kind) {
			must++
		}
	}
	shown, rest := all[:min(len(all), height)], []alert(nil)
	if must > height && height > 1 {
		shown, rest = all[:height-1], all[height-1:must]
	}
	lines := make([]string, 0, stripLines)
	for _, a := range shown {
		lines = append(lines, a.view(s, width))
	}
	if len(rest) > 0 {
		names := make([]string, len(rest))
		for i, a := range rest {
			names[i] = a.who
		}
		text := fmt.Sprintf("and %d more: %s", len(rest), strings.Join(names, ", "))
		lines = append(lines, newLine(width).add("", leftMargin(width)+"  ").add(s.theme.title, text).String())
	}
	return lines
}

// view draws the alert as one line.
func (a alert) view(s *viewState, width int) string {
	kindStyle, markerStyle := s.theme.title, s.theme.title
	switch a.kind {
	case house.Freezing:
		kindStyle, markerStyle = s.theme.alarm, s.theme.badge
	case house.Near:
		kindStyle, markerStyle = s.theme.near, s.theme.near
	}
	l := newLine(width).add("", leftMargin(width)).add(markerStyle, string(markers[a.kind])).add("", " ")
	if width < fullWidth {
		return l.add("", a.short).String()
	}
	return l.addLeft(kindStyle, words[a.kind], 10).add("", a.text).String()
}

// leftMargin is the margin at the left: none where every column counts.
func leftMargin(width int) string {
	if width < fullWidth {
		return ""
	}
	return " "
}
