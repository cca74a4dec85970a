package ui

import (
	"cmp"
	"fmt"

	"picotop/house"
	"picotop/internal/format"
)

// eventList draws the events, newest first, in exactly the given rectangle. All
// lines begin their text in the same column.
func eventList(s *viewState, width, height int) []string {
	shown := s.house.Events[:min(max(height, 0), len(s.house.Events))]
	times := 0
	for _, e := range shown {
		times = max(times, textWidth(s.timestamp(e.At)))
	}
	lines := make([]string, 0, max(height, 0))
	for _, e := range shown {
		l := newLine(width).add("", leftMargin(width)).addLeft(s.theme.faint, s.timestamp(e.At), times)
		if width >= minFullWidth {
			l.add("", " ")
		}
		lines = append(lines, l.add("", " "+eventText(e, s.locale, width < minFullWidth)).String())
	}
	return fitHeight(lines, width, height)
}

// eventText puts an event into words.
func eventText(e house.Event, f locale, short bool) string {
	sensors := ""
	if e.Pico && e.Sensors > 0 {
		sensors = ", " + format.Count(e.Sensors, "sensor")
	}
	switch e.Kind {
	case house.Freezing:
		if short {
			return e.Label + " below " + f.degrees(e.Celsius)
		}
		return e.Label + " fell below " + f.degrees(e.Celsius)
	case house.Thawed:
		return e.Label + " is above " + f.degrees(e.Celsius) + " again"
	case house.Silent:
		return e.Label + " went silent" + sensors
	case house.HeardAgain:
		return e.Label + " is heard again" + sensors
	case house.Near:
		return e.Label + " is near its limit and falling"
	case house.SetAside:
		if short {
			return e.Label + ": ignored " + f.degrees(e.Celsius)
		}
		why := cmp.Or(e.Text, house.PowerOn.Text()) // an older picotop knows no other
		return e.Label + ": ignored one reading of " + f.degrees(e.Celsius) + " (" + why + ")"
	case house.Clash:
		if short {
			return e.Label + ": one ROM code, two Picos"
		}
		return e.Label + ": ROM code " + e.Text
	case house.ClashOver:
		if short {
			return e.Label + ": only one Pico left"
		}
		return e.Label + ": only one is left of ROM code " + e.Text
	case house.NewSensor:
		return e.Label + " heard for the first time"
	case house.Renamed:
		return e.Text + " is now called " + e.Label
	case house.UploadFails:
		return e.Label + ": feed calls fail, " + e.Text
	case house.UploadWorks:
		return e.Label + ": feed calls work again"
	default:
		return fmt.Sprintf("%s: %s", e.Label, e.Kind)
	}
}
