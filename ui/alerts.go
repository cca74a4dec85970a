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
	quiet    bool   // the owner knows
	sensor   string // the ID of it; empty if it is about none
	subject  string // the label of the Pico, or the name of the sensor
	text     string // the whole sentence
	tight    string // the same without what can be missed, where it does not fit; empty if there is none
	short    string // for a narrow screen
	shortest string // a word or a value, where there is room for nothing else
}

// kindNames is what the alerts call each kind of condition.
var kindNames = map[house.Kind]string{
	house.Freezing:    "FREEZING",
	house.Silent:      "SILENT",
	house.Broken:      "BROKEN",
	house.NoPackets:   "NOTHING",
	house.CannotStore: "DISK",
	house.ClockNotSet: "CLOCK",
	house.TooWarm:     "TOO WARM",
	house.TooFast:     "TOO FAST",
	house.Near:        "NEAR",
	house.Upload:      "UPLOAD",
	house.Clash:       "CLASH",
	house.NameClash:   "SAME NAME",
	house.Replaced:    "REPLACED",
	house.SetAside:    "SET ASIDE",
}

// maxAlertLines is how many lines the alerts may take.
const maxAlertLines = 3

// serious reports whether a kind must be on the screen. The others are there
// if there is room.
func serious(k house.Kind) bool { return k.Warns() && k != house.Near && k != house.Upload }

func (a alert) serious() bool { return serious(a.kind) && !a.quiet }

// alerts puts what is wrong into words, worst first; what the owner knows comes last.
func alerts(s *viewState) []alert {
	var loud, quiet []alert
	for _, c := range s.house.Conditions {
		a, ok := alertOf(c, s)
		switch {
		case !ok:
		case c.Quiet(s.now):
			a.quiet = true
			quiet = append(quiet, a)
		default:
			loud = append(loud, a)
		}
	}
	return append(loud, quiet...)
}

// alertOf puts one condition into words, if it is to have a line of its own.
func alertOf(c house.Condition, s *viewState) (alert, bool) {
	switch {
	case c.Kind.OfHouse():
		return houseAlert(c, s), true
	case c.Pico >= 0 && c.Pico < len(s.house.Picos) && c.Kind == house.Upload:
		return uploadAlert(s.house.Picos[c.Pico], c, s), true
	case c.Pico >= 0 && c.Pico < len(s.house.Picos):
		return silentPicoAlert(s.house.Picos[c.Pico], c, s), true
	case c.Sensor >= 0 && c.Sensor < len(s.house.Sensors):
		sensor := s.house.Sensors[c.Sensor]
		// A silence is said where it freezes.
		return sensorAlert(sensor, c, s), c.Kind != house.Silent || !sensor.Freezing
	}
	return alert{}, false
}

// houseAlert is of the house as a whole.
func houseAlert(c house.Condition, s *viewState) alert {
	a := alert{kind: c.Kind}
	switch c.Kind {
	case house.NoPackets:
		a.subject, a.shortest = "no packets", "none"
		a.text = "nothing is heard from any Pico since " + s.timestamp(c.Since)
		a.short = "nothing heard since " + s.timestamp(c.Since)
	case house.CannotStore:
		a.subject, a.shortest = "disk", "trouble"
		a.text, a.short = "readings cannot be stored since "+s.timestamp(c.Since), "readings cannot be stored"
	default:
		a.subject, a.shortest = "clock", "wrong"
		a.text, a.short = "the clock of this machine is not set", "the clock is not set"
	}
	if c.Text != "" {
		a.text += ": " + c.Text
	}
	return a
}

func uploadAlert(p house.Pico, c house.Condition, s *viewState) alert {
	a := alert{kind: c.Kind, subject: p.Label(), shortest: "upload"}
	a.text = fmt.Sprintf("%s: its feed calls fail since %s", a.subject, s.timestamp(c.Since))
	if c.Text != "" {
		a.text += ": " + c.Text
	}
	a.short = a.subject + ": feed calls fail"
	return a
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
	a.tight = a.text
	if p.Interval > 0 {
		a.text += " (normally " + format.Interval(p.Interval) + ")"
	}
	a.short = fmt.Sprintf("%s silent since %s (%s)", a.subject, s.timestamp(c.Since), format.Count(p.Sensors, "sensor"))
	return a
}

func sensorAlert(sensor house.Sensor, c house.Condition, s *viewState) alert {
	var (
		f     = s.locale
		a     = alert{kind: c.Kind, sensor: sensor.ID, subject: sensor.DisplayName, shortest: readingText(sensor, f)}
		since = s.timestamp(c.Since)
		now   = a.subject + " " + f.degrees(sensor.Celsius)
		limit = f.temp(sensor.Limit)
	)
	switch c.Kind {
	case house.Freezing:
		where := now + ", " + limitText(sensor, since, f)
		a.text = where + f.trend(sensor.PerHour) + forecastText(sensor, s)
		a.tight = where + forecastText(sensor, s)
		a.short = fmt.Sprintf("%s %s, limit %s", a.subject, f.temp(sensor.Celsius), limit)
		if sensor.Silent {
			a.text = fmt.Sprintf("%s was %s, limit %s, silent since %s", a.subject, f.degrees(sensor.Celsius), limit, s.timestamp(sensor.Heard))
			a.tight = ""
			a.short = fmt.Sprintf("%s was %s, now silent", a.subject, f.temp(sensor.Celsius))
		}
	case house.Silent:
		a.text = fmt.Sprintf("%s: nothing heard since %s", a.subject, since)
		a.tight = a.text
		if sensor.Interval > 0 {
			a.text += " (normally " + format.Interval(sensor.Interval) + ")"
		}
		a.short, a.shortest = a.subject+" silent since "+since, "silent"
	case house.Broken:
		a.text = fmt.Sprintf("%s: nothing but impossible values since %s, such as %s", a.subject, since, f.degrees(sensor.SetAsideValue))
		a.short, a.shortest = a.subject+" broken since "+since, "broken"
	case house.TooWarm:
		a.text = now + ", above " + f.temp(sensor.HighLimit) + " since " + since + f.trend(sensor.PerHour)
		a.short = fmt.Sprintf("%s %s, limit %s", a.subject, f.temp(sensor.Celsius), f.temp(sensor.HighLimit))
	case house.TooFast:
		a.text = now + f.trend(sensor.PerHour) + ", more than " + f.difference(sensor.RateLimit)
		a.short = a.subject + f.trend(sensor.PerHour)
	case house.Near:
		above := f.difference(max(sensor.Celsius-sensor.Limit, 0))
		a.text = fmt.Sprintf("%s, %s above its limit%s%s", now, above, f.trend(sensor.PerHour), forecastText(sensor, s))
		a.tight = fmt.Sprintf("%s, %s above its limit%s", now, above, forecastText(sensor, s))
		a.short = fmt.Sprintf("%s %s, near its limit", a.subject, f.temp(sensor.Celsius))
	default:
		informSensor(&a, sensor, c, s)
	}
	return a
}

// informSensor words what is told of a sensor for information.
func informSensor(a *alert, sensor house.Sensor, c house.Condition, s *viewState) {
	f := s.locale
	switch c.Kind {
	case house.Clash:
		a.text = fmt.Sprintf("%s: %s send its ROM code %s", a.subject, clashText(sensor, s), sensor.Code)
		a.short = fmt.Sprintf("%s: two send its ROM code", a.subject)
	case house.NameClash:
		a.text = a.subject + ": another sensor has this name; give one of them another"
		a.short = a.subject + ": two of this name"
	case house.Replaced:
		a.text = fmt.Sprintf("%s, by one of its name? picotop history merge %s %s", a.subject, sensor.ID, c.Text)
		a.short = a.subject + ": a new one has its name"
	default:
		a.text = fmt.Sprintf("%s said %s, which was not believed", a.subject, f.degrees(sensor.SetAsideValue))
		if sensor.SetAsideWhy != "" {
			a.text += " (" + sensor.SetAsideWhy.Text() + ")"
		}
		a.short = fmt.Sprintf("%s said %s: ignored", a.subject, f.temp(sensor.SetAsideValue))
	}
}

// forecastText says when the sensor will freeze, if that can be told.
func forecastText(sensor house.Sensor, s *viewState) string {
	if sensor.FreezesAt.IsZero() {
		return ""
	}
	return "; " + strings.Replace(s.locale.degrees(0), ".0", "", 1) + " by " + s.timestamp(sensor.FreezesAt)
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
		if a.serious() {
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
	switch {
	case a.quiet:
		kindStyle, markerStyle = s.theme.faint, s.theme.faint
	case a.kind == house.Freezing, a.kind == house.TooWarm:
		kindStyle, markerStyle = s.theme.alarm, s.theme.badge
	case a.kind == house.Near, a.kind == house.TooFast:
		kindStyle, markerStyle = s.theme.near, s.theme.near
	}
	l := newLine(width).add("", leftMargin(width)).add(markerStyle, string(markers[a.kind])).add("", " ")
	if width >= minFullWidth {
		l.addLeft(kindStyle, kindNames[a.kind], 10)
	}
	return l.add("", a.fitting(width-l.used, width)).String()
}

// fitting is what it says in so many cells of a screen: without what can be missed if it
// is too long with it, and then with less of the name.
func (a alert) fitting(cells, screen int) string {
	text := a.text
	switch {
	case screen < minFullWidth:
		text = a.short
	case a.tight != "" && textWidth(text) > cells:
		text = a.tight
	}
	return cutNames(text, cells, a.subject)
}
