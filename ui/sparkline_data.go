package ui

import (
	"math"
	"time"

	"picotop/history"
	"picotop/house"
)

// sparklineData is what one row's sparkline shows: a sensor's last day in
// buckets that are fixed to the clock, so that a new reading touches the newest
// bucket and nothing else. Each bucket is drawn as one character.
//
// The history comes from the store, once. What is heard meanwhile is added to
// the newest bucket, which makes a sparkline even where no history is kept.
type sparklineData struct {
	step        time.Duration
	buckets     []bucket  // oldest first
	newestStart time.Time // when the newest bucket begins

	requestedAt time.Time // when history was last requested; zero if never
	generation  uint64    // of that request
	loaded      bool      // whether it succeeded
	lastHeard   time.Time // of the newest reading that was added
}

// A bucket is the mean of the readings in one step; count 0 is a gap.
type bucket struct {
	mean  float64
	count int
}

// loadRetryAfter is how long a row whose load failed waits before it tries
// again.
const loadRetryAfter = time.Minute

// bucketStep is the length of each of n buckets: a day between them, rounded up
// to five minutes.
func bucketStep(n int) time.Duration {
	const unit = 5 * time.Minute
	return (24*time.Hour/time.Duration(n) + unit - 1) / unit * unit
}

// bucketStart is when the bucket begins that t is in. Time.Truncate counts from
// the year 1, the store from 1970.
func bucketStart(t time.Time, step time.Duration) time.Time {
	return t.Add(-time.Duration(t.UnixNano()) % step)
}

// bucketCount is how many buckets of n hold a day, for a step is rounded up.
func bucketCount(n int) int {
	step := bucketStep(n)
	return int((24*time.Hour + step - 1) / step)
}

// advance moves the buckets up to now and makes them as many of n as a day needs. What no longer fits is
// dropped and will be requested again.
func (t *sparklineData) advance(now time.Time, n int) {
	step := bucketStep(n)
	n = bucketCount(n)
	start := bucketStart(now, step)
	passed := start.Sub(t.newestStart) / step
	switch {
	case len(t.buckets) != n || t.step != step || passed < 0 || passed >= time.Duration(n):
		*t = sparklineData{step: step, buckets: make([]bucket, n), newestStart: start, generation: t.generation}
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
	b.count++
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
	t.loaded = true
	for _, b := range buckets {
		i := len(t.buckets) - 1 + int(b.Start.Sub(t.newestStart)/t.step)
		if i < 0 || i >= len(t.buckets) || math.IsNaN(b.Mean) || math.IsInf(b.Mean, 0) {
			continue
		}
		if b.Count > 0 && b.Count >= t.buckets[i].count {
			t.buckets[i] = bucket{mean: b.Mean, count: b.Count}
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
