package ui

import (
	"strings"
	"time"

	"picotop/house"
)

// A row is one sensor in the table.
type row struct {
	sensor        house.Sensor
	sparklineData sparklineData
	sparkline     cachedSparkline

	age  string    // since it was last heard, as shown
	mark time.Time // the full ageStep that age is of
	late bool      // whether it should have spoken by now

	folded string  // the name as it is sorted
	rank   float64 // the temperature as it is sorted
}

func (r *row) put(s house.Sensor, now time.Time) {
	r.sensor = s
	r.folded = strings.ToLower(s.FriendlyName)
	r.rerank()

	late, mark := s.Silent || s.Late(now), now.Truncate(ageStep)
	switch {
	case late:
		r.age = age(now.Sub(s.Heard))
	case r.late || mark != r.mark:
		r.age = age(mark.Sub(s.Heard))
	}
	r.late, r.mark = late, mark
}

// marker is the sign of the worst thing about a sensor.
func marker(s house.Sensor) byte {
	for _, k := range house.Kinds() {
		if s.Is(k) {
			return markers[k]
		}
	}
	return ' '
}

// markers are ASCII and differ without colour.
var markers = map[house.Kind]byte{
	house.Freezing: '!',
	house.Silent:   'x',
	house.Near:     '~',
	house.SetAside: '?',
}

// reading is the value as the table shows it: in parentheses if it is old.
func reading(s house.Sensor, f format) string {
	switch {
	case !s.Valid:
		return "-"
	case s.Silent:
		return "(" + f.temp(s.Celsius) + ")"
	default:
		return f.temp(s.Celsius)
	}
}

// view draws the row in the given columns.
func (r *row) view(c columns, s *viewState, selected bool) string {
	var (
		sensor      = r.sensor
		value       = reading(sensor, s.format)
		mark        = marker(sensor)
		l           = newLine(c.width)
		rowStyle    = s.theme.normal
		markerStyle = s.theme.title
	)
	switch {
	case sensor.Freezing:
		rowStyle, markerStyle = s.theme.alarm, s.theme.badge
	case sensor.Silent:
		rowStyle = s.theme.silent
	case sensor.Near:
		rowStyle, markerStyle = s.theme.near, s.theme.near
	}
	if selected {
		rowStyle += s.theme.cursor
		l.add(rowStyle, ">"+string(mark)+" ")
	} else {
		l.add("", " ").add(markerStyle, string(mark)).add("", " ")
	}
	// A value as wide as its column must not touch the name.
	room := min(c.name, c.name+c.value-textWidth(value)-1)
	text := newLine(c.name+c.value).addLeft("", sensor.FriendlyName, room)
	l.add(rowStyle, text.addAtEdge("", value).String())

	if c.arrow > 0 {
		l.add("", " "+arrow(sensor)+" ")
	}
	// The history of a row that never was on the screen was not requested.
	if c.sparkline > 0 && !r.sparklineData.requestedAt.IsZero() {
		l.addRendered(r.sparkline.draw(r.sparklineData.values(sensor), s.theme), len(r.sparklineData.buckets))
	}
	l.padTo(c.sparklineEnd())
	if c.age > 0 {
		l.addRight("", extreme(sensor.Low, s.format), c.low)
		l.addRight("", extreme(sensor.High, s.format), c.high)
		ageStyle := s.theme.normal
		if r.late {
			ageStyle = s.theme.late
		}
		l.addRight(ageStyle, r.age, c.age)
	}
	return l.String()
}

// arrow says where a temperature is going; nothing if it is steady or if the
// sensor is silent.
func arrow(s house.Sensor) string {
	switch {
	case s.Silent || s.PerHour == 0:
		return " "
	case s.PerHour < 0:
		return "↓"
	default:
		return "↑"
	}
}

func extreme(e house.Extreme, f format) string {
	if e.At.IsZero() {
		return "-"
	}
	return f.temp(e.Celsius)
}
