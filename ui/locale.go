package ui

import (
	"math"
	"strconv"
	"time"

	"picotop/internal/format"
)

// A locale writes numbers and times the way the user reads them.
type locale struct {
	zone       *time.Location
	fahrenheit bool
}

// value is a temperature in the unit that is shown.
func (f locale) value(celsius float64) float64 {
	if f.fahrenheit {
		return celsius*9/5 + 32
	}
	return celsius
}

// temp writes a temperature without its unit, such as "2.9".
func (f locale) temp(celsius float64) string { return tenths(f.value(celsius)) }

// difference writes a difference of temperatures, such as "0.4".
func (f locale) difference(kelvin float64) string {
	if f.fahrenheit {
		kelvin *= 9.0 / 5
	}
	return tenths(kelvin)
}

func tenths(x float64) string {
	s := strconv.FormatFloat(x, 'f', 1, 64)
	if s == "-0.0" {
		return "0.0"
	}
	return s
}

func (f locale) unit() string {
	if f.fahrenheit {
		return "°F"
	}
	return "°C"
}

// degrees writes a temperature with its unit, such as "2.9°C".
func (f locale) degrees(celsius float64) string { return f.temp(celsius) + f.unit() }

// trend says where a temperature is going, such as ", falling 0.4 an hour".
// It is empty if the temperature is steady.
func (f locale) trend(perHour float64) string {
	switch {
	case perHour < 0:
		return ", falling " + f.difference(-perHour) + " an hour"
	case perHour > 0:
		return ", rising " + f.difference(perHour) + " an hour"
	}
	return ""
}

// timestamp writes when something was: the time alone if it was today, with the
// day of the week if that leaves no doubt, else the date.
func (f locale) timestamp(t, now time.Time) string {
	if t.IsZero() {
		return "an unknown time"
	}
	t, now = t.In(f.zone), now.In(f.zone)
	switch days := math.Abs(now.Sub(t).Hours()) / 24; {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04")
	case days < 6:
		return t.Format("Mon 15:04")
	case days < 300:
		return t.Format("2 Jan")
	default:
		return t.Format("2 Jan 2006")
	}
}

// ageStep is how often the ages of sensors that are on time advance.
//
// An age that counts every second changes a cell in each row each second, and
// over ssh that is most of what picotop sends. Nobody needs to know whether a
// sensor that sends every 15 s did so 8 or 9 s ago. So the ages of all sensors
// that are on time advance together, each full five seconds, and stand still in
// between; the age of one that is late counts every second.
//
// A reading that comes in between changes the temperature at once and the age
// at the next step. Both together would cost the whole row, for Bubble Tea
// sends everything that lies between two changes of a line: 160 bytes a second
// instead of 60 with 24 sensors.
const ageStep = 5 * time.Second

// size writes how much the history takes. Below a megabyte it says no more, for
// that would change all the time.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return format.Bytes(bytes)
	case bytes > 0:
		return "under 1 MB"
	}
	return "0 MB"
}
