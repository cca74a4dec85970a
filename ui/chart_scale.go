package ui

import (
	"math"
	"time"
)

// A yScale is the range of a chart's temperatures, and the round degrees that are named.
// It is in the unit that is shown.
type yScale struct {
	low, high float64
	step      float64
}

// newYScale fits values into a number of lines, of which each third at the most is
// named: closer ones would stand unevenly. The range is never less than minScaleSpan, so that what is flat looks flat.
func newYScale(low, high float64, lines int) yScale {
	if missing := minScaleSpan - (high - low); missing > 0 {
		low, high = low-missing/2, high+missing/2
	}
	names := max(lines/3, 1)
	s := yScale{step: 1}
	for i := 0; (high-low)/s.step > float64(names); i++ {
		s.step *= []float64{2, 2.5, 2}[i%3]
	}
	// Whole steps at both ends would leave up to half of the lines empty.
	part := max(s.step/4, 1)
	s.low, s.high = math.Floor(low/part)*part, math.Ceil(high/part)*part
	return s
}

// line is the line of a value, 0 at the top of so many.
func (s yScale) line(value float64, lines int) int {
	return lines - 1 - min(max(int((value-s.low)/(s.high-s.low)*float64(lines)), 0), lines-1)
}

// names are the values that are named.
func (s yScale) names() []float64 {
	var all []float64
	for v := math.Ceil(s.low/s.step) * s.step; v <= s.high+s.step/1e6; v += s.step {
		all = append(all, v)
	}
	return all
}

// An axisTick is a moment that is named below a chart.
type axisTick struct {
	at   time.Time
	text string
}

// ticks name round moments of the clock on the wall, at most so many.
func ticks(from, to time.Time, zone *time.Location, most int) []axisTick {
	from, to = from.In(zone), to.In(zone)
	window := to.Sub(from)
	switch {
	case window > 200*24*time.Hour:
		return calendarTicks(from, to, most, 0, 1, "Jan")
	case window > 20*24*time.Hour:
		return calendarTicks(from, to, most, 5, 0, "2 Jan")
	case window > 3*24*time.Hour:
		return calendarTicks(from, to, most, 1, 0, "Mon")
	}
	for _, every := range []time.Duration{5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 12 * time.Hour} {
		if int(window/every) <= most {
			return clockTicks(from, to, every)
		}
	}
	return nil
}

// clockTicks begin anew each midnight, which a day of 23 or 25 hours moves.
func clockTicks(from, to time.Time, every time.Duration) []axisTick {
	var all []axisTick
	y, m, d := from.Date()
	for day := 0; ; day++ {
		midnight := time.Date(y, m, d+day, 0, 0, 0, 0, from.Location())
		if midnight.After(to) {
			return all
		}
		for n := time.Duration(0); n*every < 24*time.Hour; n++ {
			minutes := int(n * every / time.Minute)
			at := time.Date(y, m, d+day, 0, minutes, 0, 0, from.Location())
			if at.Before(from) || at.After(to) {
				continue
			}
			text := at.Format("15:04")
			if minutes == 0 {
				text = at.Format("Mon")
			}
			all = append(all, axisTick{at, text})
		}
	}
}

// calendarTicks name each so many days, or months.
func calendarTicks(from, to time.Time, most, days, months int, layout string) []axisTick {
	var all []axisTick
	y, m, d := from.Date()
	if months > 0 {
		d = 1
	}
	for n := 0; ; n++ {
		at := time.Date(y, m+time.Month(n*months), d+n*days, 0, 0, 0, 0, from.Location())
		if at.After(to) {
			break
		}
		if !at.Before(from) {
			all = append(all, axisTick{at, at.Format(layout)})
		}
	}
	if every := (len(all) + most - 1) / max(most, 1); every > 1 {
		kept := all[:0]
		for i, t := range all {
			if i%every == 0 {
				kept = append(kept, t)
			}
		}
		all = kept
	}
	return all
}
