package ui

import (
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// statusStaleAfter is the age from which on a status is shown with its age:
// Picos send one after each poll, if they send any.
const statusStaleAfter = 10 * time.Minute

// picoLine is the line above a Pico's sensors.
func picoLine(p house.Pico, s *viewState, width int) string {
	l := newLine(width)
	l.add("", " ").add(s.theme.title, p.Label())
	l.add("", "  "+sensorSummary(p, s)+" ")
	if text := statusText(p, s); text != "" {
		l.add("", "  "+text+" ")
	}
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
