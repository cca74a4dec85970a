// Package wording says in sentences what is wrong in a house and what happened in
// it: for the page, messages, tables and the alerts of PromQL. Moments are told as a
// person at that time would say them.
//
// [Condition], [Event] and [Table] write degrees Celsius in UTF-8; a [Style] does the
// same in other ways.
//
// The dashboard has words of its own, which fit its narrow lines.
package wording

import (
	"fmt"
	"io"
	"strings"
	"time"

	"picotop/house"
	"picotop/internal/format"
)

// A Style says how things are written. The zero value is degrees Celsius in UTF-8.
type Style struct {
	Fahrenheit bool
	ASCII      bool // of a Table: nothing but ASCII
}

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
func Condition(state house.State, c house.Condition) string { return Style{}.Condition(state, c) }

// Event says what happened, without when.
func Event(e house.Event) string { return Style{}.Event(e) }

// Table writes the house as plain text: how many warnings there are, the sensors,
// worst first, and what is wrong.
func Table(w io.Writer, state house.State) error { return Style{}.Table(w, state) }

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

// number is a temperature without its unit.
func (s Style) number(celsius float64) string {
	if s.Fahrenheit {
		celsius = celsius*9/5 + 32
	}
	return format.Celsius(celsius)
}

func (s Style) unit() string {
	if s.Fahrenheit {
		return "°F"
	}
	return "°C"
}

// degrees is a temperature with its unit.
func (s Style) degrees(celsius float64) string { return s.number(celsius) + " " + s.unit() }

// frost is the temperature at which water freezes.
func (s Style) frost() string { return strings.Replace(s.degrees(0), ".0", "", 1) }

// difference is one between two temperatures.
func (s Style) difference(kelvin float64) string {
	if s.Fahrenheit {
		kelvin *= 9.0 / 5
	}
	return format.Celsius(kelvin)
}

// trend says where a temperature is going: ", falling 0.4 an hour". It is empty if it
// is steady.
func (s Style) trend(perHour float64) string {
	switch {
	case perHour < 0:
		return fmt.Sprintf(", falling %s an hour", s.difference(-perHour))
	case perHour > 0:
		return fmt.Sprintf(", rising %s an hour", s.difference(perHour))
	}
	return ""
}
