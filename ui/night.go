package ui

import (
	"fmt"
	"slices"
	"time"

	"picotop/history"
	"picotop/house"
	"picotop/internal/format"
)

// The hours of a night.
const nightBegins, nightEnds = 20, 9

// dayBegins is the hour from which on the night is the last one.
const dayBegins = 6

// nightStep is how finely a night is read: for how long it was cold is told by the minute.
const nightStep = time.Minute

// nightFrom is the shortest window that holds a night.
const nightFrom = 24 * time.Hour

// nightOf is the night that is told of at a moment, in its time zone: the one that began
// at last, up to now.
func nightOf(now time.Time) (begin, end time.Time) {
	y, m, d := now.Date()
	if now.Hour() >= nightBegins {
		return time.Date(y, m, d, nightBegins, 0, 0, 0, now.Location()), now
	}
	begin, end = time.Date(y, m, d-1, nightBegins, 0, 0, 0, now.Location()), time.Date(y, m, d, nightEnds, 0, 0, 0, now.Location())
	if end.After(now) {
		end = now
	}
	return begin, end
}

// readNight reads the night that is told of at a moment, by the minute, and finds out to
// the second when it was coldest. It is empty if nothing so fine is known.
func readNight(read readBuckets, sensor string, now time.Time) chartData {
	begin, end := nightOf(now)
	req := rangeRequest{sensor: sensor, from: begin, to: end, step: nightStep}
	d, err := readCourse(read, req)
	if err != nil {
		return chartData{}
	}
	d.buckets = within(d.buckets, begin, end)
	if sum := d.summarize(); sum.count > 0 {
		d.lowAt = exactTime(read, req, sum.lowAt, func(a, b history.Bucket) bool { return a.Min < b.Min })
	}
	return d
}

// within are the buckets that begin in a part of time.
func within(buckets []history.Bucket, begin, end time.Time) []history.Bucket {
	return slices.DeleteFunc(slices.Clone(buckets), func(b history.Bucket) bool {
		return b.Start.Before(begin) || !b.Start.Before(end)
	})
}

// timeBelow is for how long it was at or below a limit. What was measured holds until the
// next reading, but no longer than one that is due.
func (d chartData) timeBelow(limit float64, interval time.Duration) time.Duration {
	below := time.Duration(0)
	for i, b := range d.buckets {
		if b.Count == 0 || b.Mean > limit {
			continue
		}
		held := d.step
		for j := i + 1; j < len(d.buckets) && d.buckets[j].Count == 0 && held < interval; j++ {
			held += d.step
		}
		below += held
	}
	return below
}

// lastNight says how cold the last night was, and for how long below the limit: about, if
// that is known by the buckets of the chart alone.
func (d *detail) lastNight(s *viewState, sensor house.Sensor) string {
	if !d.ready() || d.zoom.on() || windows[d.window].length < nightFrom || d.data.step > time.Hour {
		return ""
	}
	now := s.now.In(s.locale.zone)
	begin, end := nightOf(now)
	night, about := d.night, ""
	if sum := night.summarize(); sum.count == 0 || !night.from.Equal(begin) {
		night = chartData{from: begin, to: end, step: d.data.step, buckets: within(d.data.buckets, begin, end)}
		about = "about "
	}
	sum := night.summarize()
	if sum.count == 0 {
		return ""
	}
	name := "last night"
	if now.Hour() >= nightBegins || now.Hour() < dayBegins {
		name = "tonight"
	}
	text := fmt.Sprintf("%s: low %s at %s%s", name, s.locale.temp(sum.low), about, sum.lowAt.In(s.locale.zone).Format("15:04"))
	if below := night.timeBelow(sensor.Limit, sensor.Interval); sensor.HasLimit && below > 0 {
		text += ", " + about + format.Duration(below) + " below"
	}
	return text
}
