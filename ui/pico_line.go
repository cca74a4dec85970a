package ui

import (
	"math"
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// statusStaleAfter is the age from which on a status is shown with its age:
// Picos send one after each poll, if they send any.
const statusStaleAfter = 10 * time.Minute

// arrivingFor is how long after a packet of a Pico its round counts as arriving: it takes
// about a second for each sensor, and its LED is lit meanwhile.
const arrivingFor = 2 * time.Second

// A picoLineState is how a Pico's line is drawn.
type picoLineState struct {
	live     bool // on the screen, and not in the last table
	selected bool
}

// picoLine is the line above a Pico's sensors.
func picoLine(i item, s *viewState, width int, state picoLineState) string {
	p, l := *i.pico, newLine(width)
	mark, style := " ", s.theme.title
	switch {
	case state.selected:
		mark, style = ">", style+s.theme.cursor
	case state.live && p.Addr.IsValid() && s.now.Sub(p.Heard) < arrivingFor:
		mark = "•"
	}
	if len(i.hidden) > 0 {
		mark += "+ "
	}
	text := "  " + joinNonEmpty(", ", sensorSummary(p, s), hiddenSummary(i.hidden, s)) + " "
	if status := statusText(p, s); status != "" {
		text += "  " + status + " "
	}
	label := strings.TrimSuffix(cutNames(p.Label()+text, width-textWidth(mark), p.Label()), text)
	if state.selected {
		l.add(style, mark+label)
	} else {
		l.add(s.theme.faint, mark).add(style, label)
	}
	l.add("", text)
	return l.addRule(s.theme.faint).String()
}

// sensorSummary says how many sensors a Pico has, and how often it sends or
// since when it is silent.
func sensorSummary(p house.Pico, s *viewState) string {
	text := format.Count(p.Sensors, "sensor")
	switch {
	case p.Sensors == 0:
		return "no sensors"
	case !p.Addr.IsValid():
		return text
	case p.Silent:
		return text + ", silent since " + s.timestamp(p.Heard)
	case p.Interval > 0:
		return text + ", " + format.Interval(p.Interval)
	default:
		return text
	}
}

// hiddenSummary says from which to which temperature the sensors are that are not shown;
// empty if none is hidden.
func hiddenSummary(rows []*row, s *viewState) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, r := range rows {
		if r.sensor.Valid && !r.sensor.Silent {
			low, high = min(low, r.sensor.Celsius), max(high, r.sensor.Celsius)
		}
	}
	switch {
	case low > high:
		return ""
	case low == high:
		return s.locale.temp(low)
	}
	return s.locale.temp(low) + " to " + s.locale.temp(high)
}

// statusText says how the Pico's last feed call went; empty if it made none, as most
// do.
func statusText(p house.Pico, s *viewState) string {
	switch old := s.now.Sub(p.StatusAt); {
	case !p.Addr.IsValid():
		return "known from history"
	case p.StatusText == "":
		return ""
	case p.Silent:
		return "last status " + p.StatusText
	case old > statusStaleAfter:
		return p.StatusText + ", " + format.Age(old) + " ago"
	default:
		return p.StatusText
	}
}
