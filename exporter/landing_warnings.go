package exporter

import (
	"fmt"
	"time"

	"picotop/house"
)

// warnings tells what is wrong in the house, one line for each condition,
// worst first.
func warnings(state house.State) []string {
	var lines []string
	for _, c := range state.Conditions {
		if line := warning(state, c); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// warning tells of one condition, and is empty if that is of nothing in the
// house.
func warning(state house.State, c house.Condition) string {
	since := clock(c.Since, state.At)
	switch {
	case c.Pico >= 0 && c.Pico < len(state.Picos):
		return picoWarning(state.Picos[c.Pico], since)
	case c.Sensor >= 0 && c.Sensor < len(state.Sensors):
		return sensorWarning(state.Sensors[c.Sensor], c.Kind, since)
	}
	return ""
}

// picoWarning says that a whole Pico is silent, which is all that can be wrong
// with one.
func picoWarning(p house.Pico, since string) string {
	sensors := fmt.Sprintf("%d sensors", p.Sensors)
	if p.Sensors == 1 {
		sensors = "one sensor"
	}
	return fmt.Sprintf("%s, with %s: nothing heard since %s", p.Label(), sensors, since)
}

func sensorWarning(s house.Sensor, kind house.Kind, since string) string {
	switch kind {
	case house.Freezing:
		return fmt.Sprintf("%s: freezing since %s, now %s °C, limit %s%s",
			s.Label(), since, degrees(s.Celsius), degrees(s.Limit), falling(s))
	case house.Silent:
		return fmt.Sprintf("%s: nothing heard since %s", s.Label(), since)
	case house.Clash:
		return fmt.Sprintf("%s: another Pico sends the same ROM code, %s", s.Label(), s.Code)
	case house.Near:
		return fmt.Sprintf("%s: close to freezing, now %s °C, limit %s%s",
			s.Label(), degrees(s.Celsius), degrees(s.Limit), falling(s))
	case house.SetAside:
		return fmt.Sprintf("%s: a reading of %s °C was not believed", s.Label(), degrees(s.SetAsideValue))
	}
	return fmt.Sprintf("%s: %s", s.Label(), kind)
}

func falling(s house.Sensor) string {
	if s.PerHour >= 0 {
		return ""
	}
	return fmt.Sprintf(", falling %s an hour", degrees(-s.PerHour))
}

// clock is a moment as a person at the given time would say it.
func clock(t, now time.Time) string {
	layout := "15:04"
	switch {
	case now.Sub(t) >= 7*24*time.Hour:
		layout = "2 January 2006"
	case now.Sub(t) >= 12*time.Hour:
		layout = "Monday 15:04"
	}
	return t.In(now.Location()).Format(layout)
}
