// Package wording says in sentences what is wrong in a house and what happened in
// it: for the page, messages, tables and the alerts of PromQL. Temperatures are in
// degrees Celsius, and moments as a person at that time would say them.
//
// The dashboard has words of its own, which fit its narrow lines.
package wording

import (
	"fmt"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// Conditions tells all that is wrong in the house, one line for each condition,
// worst first.
func Conditions(state house.State) []string {
	var lines []string
	for _, c := range state.Conditions {
		if line := Condition(state, c); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// Condition tells of one condition of a state, and is empty if that is of nothing
// in the house.
func Condition(state house.State, c house.Condition) string {
	since := Moment(c.Since, state.At)
	switch {
	case c.Kind.OfHouse():
		return houseCondition(c, since)
	case c.Pico >= 0 && c.Pico < len(state.Picos):
		return picoCondition(state.Picos[c.Pico], c, since)
	case c.Sensor >= 0 && c.Sensor < len(state.Sensors):
		return sensorCondition(state.Sensors[c.Sensor], c, since, state.At)
	}
	return ""
}

func houseCondition(c house.Condition, since string) string {
	what := map[house.Kind]string{
		house.NoPackets:   "nothing is heard from any Pico",
		house.CannotStore: "readings cannot be stored",
		house.ClockNotSet: "the clock of this machine is not set",
	}[c.Kind]
	if c.Text != "" {
		what += ", " + c.Text
	}
	return what + ", since " + since
}

func picoCondition(p house.Pico, c house.Condition, since string) string {
	if c.Kind == house.Upload {
		return fmt.Sprintf("%s: its feed calls fail since %s, %s", p.Label(), since, c.Text)
	}
	sensors := fmt.Sprintf("%d sensors", p.Sensors)
	if p.Sensors == 1 {
		sensors = "one sensor"
	}
	return fmt.Sprintf("%s, with %s: nothing heard since %s", p.Label(), sensors, since)
}

func sensorCondition(s house.Sensor, c house.Condition, since string, now time.Time) string {
	degrees := format.Celsius
	switch c.Kind {
	case house.Freezing:
		return fmt.Sprintf("%s: freezing since %s, now %s °C, limit %s%s",
			s.Label(), since, degrees(s.Celsius), degrees(s.Limit), falling(s, now))
	case house.Silent:
		return fmt.Sprintf("%s: nothing heard since %s", s.Label(), since)
	case house.Broken:
		return fmt.Sprintf("%s: broken, it sends nothing but impossible values since %s", s.Label(), since)
	case house.TooWarm:
		return fmt.Sprintf("%s: too warm since %s, now %s °C, limit %s",
			s.Label(), since, degrees(s.Celsius), degrees(s.HighLimit))
	case house.TooFast:
		return fmt.Sprintf("%s: changes by %s an hour, now %s °C", s.Label(), degrees(s.PerHour), degrees(s.Celsius))
	case house.Near:
		return fmt.Sprintf("%s: close to freezing, now %s °C, limit %s%s",
			s.Label(), degrees(s.Celsius), degrees(s.Limit), falling(s, now))
	case house.Clash:
		return fmt.Sprintf("%s: another Pico sends the same ROM code, %s", s.Label(), s.Code)
	case house.NameClash:
		return fmt.Sprintf("%s: another sensor has the same name", s.Label())
	case house.Replaced:
		return fmt.Sprintf("%s: silent, and a new sensor has its name", s.Label())
	case house.SetAside:
		return fmt.Sprintf("%s: a reading of %s °C was not believed", s.Label(), degrees(s.SetAsideValue))
	}
	return fmt.Sprintf("%s: %s", s.Label(), c.Kind)
}

func falling(s house.Sensor, now time.Time) string {
	text := ""
	if s.PerHour < 0 {
		text = fmt.Sprintf(", falling %s an hour", format.Celsius(-s.PerHour))
	}
	if !s.FreezesAt.IsZero() {
		text += ", at that rate 0 °C by " + Moment(s.FreezesAt, now)
	}
	return text
}

// Moment is a moment as a person at the given time would say it.
func Moment(t, now time.Time) string {
	layout := "15:04"
	switch {
	case now.Sub(t) >= 7*24*time.Hour:
		layout = "2 January 2006"
	case now.Sub(t).Abs() >= 12*time.Hour:
		layout = "Monday 15:04"
	}
	return t.In(now.Location()).Format(layout)
}
