package ui

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// A format writes numbers and times the way the user reads them.
type format struct {
	zone       *time.Location
	fahrenheit bool
}

// temp writes a temperature without its unit, such as "2.9".
func (f format) temp(celsius float64) string {
	if f.fahrenheit {
		celsius = celsius*9/5 + 32
	}
	return tenths(celsius)
}

// difference writes a difference of temperatures, such as "0.4".
func (f format) difference(kelvin float64) string {
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

func (f format) unit() string {
	if f.fahrenheit {
		return "°F"
	}
	return "°C"
}

// degrees writes a temperature with its unit, such as "2.9°C".
func (f format) degrees(celsius float64) string { return f.temp(celsius) + f.unit() }

// trend says where a temperature is going, such as ", falling 0.4 an hour".
// It is empty if the temperature is steady.
func (f format) trend(perHour float64) string {
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
func (f format) timestamp(t, now time.Time) string {
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

// age writes a duration in at most six cells, such as "4 s", "1h49" or "2d03".
func age(d time.Duration) string {
	switch {
	case d < time.Second:
		return "0 s"
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh%02d", d/time.Hour, d%time.Hour/time.Minute)
	case d < 100*24*time.Hour:
		return fmt.Sprintf("%dd%02d", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	default:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
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

// every writes an interval, such as "every 15 s".
func every(d time.Duration) string {
	if d >= 2*time.Minute {
		return fmt.Sprintf("every %d min", int(d.Round(time.Minute)/time.Minute))
	}
	return fmt.Sprintf("every %d s", max(int(d.Round(time.Second)/time.Second), 1))
}

// span writes how far back something reaches, such as "41 days".
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= 2*365*day:
		return count(int(d/(365*day)), "year")
	case d >= 2*day:
		return count(int(d/day), "day")
	case d >= 2*time.Hour:
		return count(int(d/time.Hour), "hour")
	default:
		return count(int(d/time.Minute), "minute")
	}
}

// size writes a number of bytes, such as "5 MB".
func size(bytes int64) string {
	switch {
	case bytes >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
	case bytes >= 1e6:
		return fmt.Sprintf("%d MB", bytes/1e6)
	case bytes > 0:
		return "under 1 MB"
	default:
		return "0 MB"
	}
}

// count writes a number of things, such as "1 sensor" or "2 sensors".
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return strconv.Itoa(n) + " " + thing + "s"
}
