package ui

import "time"

// windows are how far back the charts and the sparklines reach.
var windows = []window{
	{time.Hour, "1h", "LAST HOUR", time.Second},
	{6 * time.Hour, "6h", "LAST 6 HOURS", time.Second},
	{24 * time.Hour, "24h", "LAST 24 HOURS", time.Second},
	{7 * 24 * time.Hour, "7d", "LAST 7 DAYS", time.Minute},
	{30 * 24 * time.Hour, "30d", "LAST 30 DAYS", time.Minute},
	{365 * 24 * time.Hour, "1y", "LAST YEAR", time.Hour},
}

// A window is a length of time up to now.
type window struct {
	length time.Duration
	name   string        // in a line of keys
	title  string        // above sparklines
	finest time.Duration // a sparkline's buckets are so many of these at the least
}

const usualWindow = 2 // 24 hours

// usual reports whether the house itself knows the lows and highs of the window.
func (w window) usual() bool { return w == windows[usualWindow] }

// inHours reports whether the store answers from its hourly figures if the buckets have a
// length, so that a Count is one of hours.
func (w window) inHours(step time.Duration) bool { return w.length > hoursFrom && step%time.Hour == 0 }

// bucketStep is the length of each of n buckets: the window between them, rounded up to
// whole hours, minutes or seconds, of which the first that leave no more than one of n
// empty are taken. Of what is long the store has figures for whole hours ready; those of
// a month it can also make of readings, those of a year would take too long.
func (w window) bucketStep(n int) time.Duration {
	for _, unit := range []time.Duration{time.Hour, time.Minute, time.Second} {
		step := (w.length/time.Duration(n) + unit - 1) / unit * unit
		if unit == w.finest || bucketsIn(w.length, step) >= n-1 {
			return step
		}
	}
	return time.Second
}

// bucketCount is how many buckets of n hold the window, for a step is rounded up.
func (w window) bucketCount(n int) int { return bucketsIn(w.length, w.bucketStep(n)) }

func bucketsIn(length, step time.Duration) int { return int((length + step - 1) / step) }
