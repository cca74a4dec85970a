package ui

import (
	"fmt"
	"slices"
	"strings"

	"picotop/house"
	"picotop/internal/format"
)

// An alert is one thing that is wrong, in words.
type alert struct {
	kind     house.Kind
	subject  string // the label of the Pico, or the name of the sensor
	text     string // the whole sentence
	short    string // for a narrow screen
	shortest string // a word or a value, where there is room for nothing else
}

// kindNames is what the alerts call each kind of condition.
var kindNames = map[house.Kind]string{
	house.Freezing: "FREEZING",
	house.Silent:   "SILENT",
	house.Near:     "NEAR",
	house.Clash:    "CLASH",
	house.SetAside: "SET ASIDE",
}

// maxAlertLines is how many lines the alerts may take.
const maxAlertLines = 3

// serious reports whether a kind must be on the screen. The others are there
// if there is room.
func serious(k house.Kind) bool { return k == house.Freezing || k == house.Silent }

// alerts puts what is wrong into words, worst first.
func alerts(s *viewState) []alert {
	var all []alert
	for _, c := range s.house.Conditions {
		switch {
		case c.Pico >= 0 && c.Pico < len(s.house.Picos):
			all = append(all, silentPicoAlert(s.house.Picos[c.Pico], c, s))
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

func silentPicoAlert(p house.Pico, c house.Condition, s *viewState) alert {
	a := alert{kind: c.Kind, subject: p.Label(), shortest: "silent"}
	which := fmt.Sprintf("all %d sensors", p.Sensors)
	switch p.Sensors {
	case 1:
		which = "its one sensor"
	case 2:
		which = "both sensors"
	}
	a.text = fmt.Sprintf("%s: %s, nothing heard since %s", a.subject, which, s.timestamp(c.Since))
	if p.Interval > 0 {
		a.text += " (normally " + format.Interval(p.Interval) + ")"
	}
	a.short = fmt.Sprintf("%s silent since %s (%s)", a.subject, s.timestamp(c.Since), format.Count(p.Sensors, "sensor"))
	return a
}

func sensorAlert(sensor house.Sensor, c house.Condition, s *viewState) alert {
	var (
		f     = s.locale
		a     = alert{kind: c.Kind, subject: sensor.DisplayName, shortest: readingText(sensor, f)}
		since = s.timestamp(c.Since)
		limit = f.temp(sensor.Limit)
	)
	switch c.Kind {
	case house.Freezing:
		a.text = a.subject + " " + f.degrees(sensor.Celsius) + ", " + limitText(sensor, since, f) + f.trend(sensor.PerHour)
		a.short = fmt.Sprintf("%s %s, limit %s", a.subject, f.temp(sensor.Celsius), limit)
		if sensor.Silent {
			a.text = fmt.Sprintf("%s was %s, limit %s, silent since %s", a.subject, f.degrees(sensor.Celsius), limit, s.timestamp(sensor.Heard))
			a.short = fmt.Sprintf("%s was %s, now silent", a.subject, f.temp(sensor.Celsius))
		}
	case house.Silent:
		a.text = fmt.Sprintf("%s: nothing heard since %s", a.subject, since)
		if sensor.Interval > 0 {
			a.text += " (normally " + format.Interval(sensor.Interval) + ")"
		}
		a.short, a.shortest = a.subject+" silent since "+since, "silent"
	case house.Near:
		above := f.difference(max(sensor.Celsius-sensor.Limit, 0))
		a.text = fmt.Sprintf("%s %s, %s above its limit%s", a.subject, f.degrees(sensor.Celsius), above, f.trend(sensor.PerHour))
		a.short = fmt.Sprintf("%s %s, near its limit", a.subject, f.temp(sensor.Celsius))
	case house.Clash:
		a.text = fmt.Sprintf("%s: %s send its ROM code %s", a.subject, clashText(sensor, s), sensor.Code)
		a.short = fmt.Sprintf("%s: two send its ROM code", a.subject)
	default:
		a.text = fmt.Sprintf("%s said %s, which was not believed", a.subject, f.degrees(sensor.SetAsideValue))
		if sensor.SetAsideWhy != "" {
			a.text += " (" + sensor.SetAsideWhy.Text() + ")"
		}
		a.short = fmt.Sprintf("%s said %s: ignored", a.subject, f.temp(sensor.SetAsideValue))
	}
	return a
}

// clashText names the Picos that send the ROM code of a sensor.
func clashText(sensor house.Sensor, s *viewState) string {
	var from []string
	for _, other := range s.house.Sensors {
		if !other.Clash || other.Code != sensor.Code {
			continue
		}
		i := slices.IndexFunc(s.house.Picos, func(p house.Pico) bool { return p.Addr == other.Pico })
		if i >= 0 {
			from = append(from, s.house.Picos[i].Label())
		}
	}
	if len(from) < 2 {
		return "two Picos" // an older picotop does not say which
	}
	return strings.Join(from, " and ")
}

// limitText says where a freezing sensor is relative to its limit: it counts as
// freezing until it is half a degree above.
func limitText(sensor house.Sensor, since string, f locale) string {
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

// alertLines draws the alerts in at most height lines. The last one names the
// serious alerts that do not fit.
func alertLines(s *viewState, width, height int) []string {
	all := alerts(s)
	seriousCount := 0
	for _, a := range all {
		if serious(a.kind) {
			seriousCount++
		}
	}
	shown, rest := all[:min(len(all), height)], []alert(nil)
	if seriousCount > height && height > 1 {
		shown, rest = all[:height-1], all[height-1:seriousCount]
	}
	lines := make([]string, 0, maxAlertLines)
	for _, a := range shown {
		lines = append(lines, a.view(s, width))
	}
	if len(rest) > 0 {
		names := make([]string, len(rest))
		for i, a := range rest {
			names[i] = a.subject
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
	if width < minFullWidth {
		return l.add("", a.short).String()
	}
	return l.addLeft(kindStyle, kindNames[a.kind], 10).add("", a.text).String()
}
