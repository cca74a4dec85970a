package ui

import (
	"math"
	"time"

	"picotop/history"
	"picotop/house"
)

// sparklineData is what one row's sparkline shows: a sensor's past in
// buckets that are fixed to the clock, so that a new reading touches the newest
// bucket and nothing else. Each bucket is drawn as one character.
//
// The history comes from the store, once. What is heard meanwhile is added to
// the newest bucket, which makes a sparkline even where no history is kept.
type sparklineData struct {
	window      window
	step        time.Duration
	buckets     []bucket  // oldest first
	newestStart time.Time // when the newest bucket begins

	requestedAt time.Time // when history was last requested; zero if never
	generation  uint64    // of that request
	loaded      bool      // whether it succeeded
	whole       bool      // whether it ever did for these buckets
	lastHeard   time.Time // of the newest reading that was added
}

// A bucket is what the readings in one step were; count 0 is a gap.
type bucket struct {
	low, mean, high float64
	count           int
}

// readingsAnHour is how many readings stand for an hour of which only the sum is known:
// those of a sensor that is heard every 15 seconds.
const readingsAnHour = 240

// loadRetryAfter is how long a row whose load failed waits before it tries
// again.
const loadRetryAfter = time.Minute

// bucketStart is when the bucket begins that t is in. Time.Truncate counts from
// the year 1, the store from 1970.
func bucketStart(t time.Time, step time.Duration) time.Time {
	return t.Add(-time.Duration(t.UnixNano()) % step)
}

// advance moves the buckets up to now and makes them as many of n as the window needs.
// What no longer fits is dropped and will be requested again.
func (t *sparklineData) advance(now time.Time, w window, n int) {
	step := w.bucketStep(n)
	n = w.bucketCount(n)
	start := bucketStart(now, step)
	passed := start.Sub(t.newestStart) / step
	switch {
	case t.window != w || len(t.buckets) != n || t.step != step || passed < 0 || passed >= time.Duration(n):
		*t = sparklineData{window: w, step: step, buckets: make([]bucket, n), newestStart: start, generation: t.generation}
	case passed > 0:
		copy(t.buckets, t.buckets[passed:])
		clear(t.buckets[n-int(passed):])
		t.newestStart = start
		// The bucket that was the newest is complete only in the store.
		t.requestedAt, t.loaded = time.Time{}, false
	}
}

// addReading adds the sensor's newest reading, once.
func (t *sparklineData) addReading(s house.Sensor) {
	if !s.Valid || s.SetAside || !s.Heard.After(t.lastHeard) || len(t.buckets) == 0 {
		return
	}
	t.lastHeard = s.Heard
	if s.Heard.Before(t.newestStart) {
		return // the store has it
	}
	b := &t.buckets[len(t.buckets)-1]
	if b.count++; b.count == 1 {
		b.low, b.high = s.Celsius, s.Celsius
	}
	b.low, b.high = min(b.low, s.Celsius), max(b.high, s.Celsius)
	b.mean += (s.Celsius - b.mean) / float64(b.count)
}

// needsLoad reports whether history has to be requested.
func (t *sparklineData) needsLoad(now time.Time) bool {
	return len(t.buckets) > 0 && !t.loaded && (t.requestedAt.IsZero() || now.Sub(t.requestedAt) >= loadRetryAfter)
}

// startLoad notes that history is being requested, and returns where it is to
// begin.
func (t *sparklineData) startLoad(now time.Time, generation uint64) (from time.Time) {
	t.requestedAt, t.generation = now, generation
	return t.newestStart.Add(-time.Duration(len(t.buckets)-1) * t.step)
}

// addHistory adds buckets from the store. Where both have readings, the one with
// more is right: without a history that is the bucket here.
func (t *sparklineData) addHistory(buckets []history.Bucket) {
	t.loaded, t.whole = true, true
	for _, b := range buckets {
		i := len(t.buckets) - 1 + int(b.Start.Sub(t.newestStart)/t.step)
		if i < 0 || i >= len(t.buckets) || math.IsNaN(b.Mean) || math.IsInf(b.Mean, 0) {
			continue
		}
		if t.window.inHours(t.step) {
			b.Count *= readingsAnHour
		}
		if b.Count > 0 && b.Count >= t.buckets[i].count {
			t.buckets[i] = bucket{low: b.Min, mean: b.Mean, high: b.Max, count: b.Count}
		}
	}
}

// values are the means of the buckets, NaN for a gap. A bucket that has just
// begun is not a gap yet: unless the sensor is silent, its latest value stands
// in for it.
func (t *sparklineData) values(s house.Sensor) []float64 {
	out := make([]float64, len(t.buckets))
	for i, b := range t.buckets {
		out[i] = math.NaN()
		if b.count > 0 {
			out[i] = b.mean
		}
	}
	if n := len(out) - 1; n >= 0 && t.buckets[n].count == 0 && s.Valid && !s.Silent {
		out[n] = s.Celsius
	}
	return out
}

// extremes are the lowest and the highest of the window. ok is false if nothing is known, or
// if the store has not answered yet: what was heard since would pass for all of the window.
func (t *sparklineData) extremes() (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, b := range t.buckets {
		if b.count > 0 {
			low, high = min(low, b.low), max(high, b.high)
		}
	}
	return low, high, t.whole && low <= high
}
