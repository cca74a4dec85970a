package ui

import "time"

// windows are how far back the charts and the sparklines reach.
var windows = []window{
	{time.Hour, "1h", "LAST HOUR", 10 * time.Second},
	{6 * time.Hour, "6h", "LAST 6 HOURS", time.Minute},
	{24 * time.Hour, "24h", "LAST 24 HOURS", time.Minute},
	{7 * 24 * time.Hour, "7d", "LAST 7 DAYS", time.Hour},
	{30 * 24 * time.Hour, "30d", "LAST 30 DAYS", time.Hour},
	{365 * 24 * time.Hour, "1y", "LAST YEAR", time.Hour},
}

// A window is a length of time up to now.
type window struct {
	length time.Duration
	name   string        // in a line of keys
	title  string        // above sparklines
	unit   time.Duration // a sparkline's buckets are so many of these
}

const usualWindow = 2 // 24 hours

// usual reports whether the house itself knows the lows and highs of the window.
func (w window) usual() bool { return w == windows[usualWindow] }

// inHours reports whether the store answers from its hourly figures, so that a Count is
// one of hours. The buckets must be whole hours, too.
func (w window) inHours() bool { return w.length > hoursFrom }

// bucketStep is the length of each of n buckets: the window between them, rounded up to
// whole units.
func (w window) bucketStep(n int) time.Duration {
	return (w.length/time.Duration(n) + w.unit - 1) / w.unit * w.unit
}

// bucketCount is how many buckets of n hold the window, for a step is rounded up.
func (w window) bucketCount(n int) int {
	step := w.bucketStep(n)
	return int((w.length + step - 1) / step)
}
