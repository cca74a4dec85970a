package ui

import (
	"time"

	"picotop/house"
)

// oldStatus is from when on the age of a status is worth saying: Picos send
// one after each poll, if they send any.
const oldStatus = 10 * time.Minute

// picoLine is the line above a Pico's sensors.
func picoLine(p house.Pico, s *viewState, width int) string {
	l := newLine(width)
	l.add("", " ").add(s.theme.title, p.Label())
	l.add("", "  "+hearing(p, s)+"   ").add("", statusText(p, s)+" ")
	return l.addRule(s.theme.faint).String()
}

// hearing says what is heard of a Pico.
func hearing(p house.Pico, s *viewState) string {
	text := count(p.Sensors, "sensor")
	switch {
	case p.Sensors == 0:
		return "no sensors"
	case !p.Addr.IsValid():
		return text
	case p.Silent:
		return text + ", silent since " + s.timestamp(p.Heard)
	case p.Interval > 0:
		return text + ", " + every(p.Interval)
	default:
		return text
	}
}

// statusText says how the Pico's last feed call went. Most Picos make none.
func statusText(p house.Pico, s *viewState) string {
	switch old := s.now.Sub(p.StatusAt); {
	case !p.Addr.IsValid():
		return "known from history"
	case p.StatusText == "":
		return "no status packets"
	case p.Silent:
		return "last status " + p.StatusText
	case old > oldStatus:
		return p.StatusText + ", " + age(old) + " ago"
	default:
		return p.StatusText
	}
}
