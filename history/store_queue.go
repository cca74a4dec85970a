package history

import (
	"math"
	"time"

	"picotop/internal/romcode"
)

const (
	// maxQueue bounds what waits for a commit: 20 sensors that each speak
	// every 10 seconds fill it in 18 hours, which bridges a full disk.
	maxQueue  = 1 << 17 // points; 24 bytes each
	batchSize = 1 << 13 // points; so many are committed without waiting for commitEvery

	// minSpacing is how far apart two readings of one sensor must be. A
	// DS18B20 needs up to 750 ms for one; what comes sooner is the same one
	// heard on two interfaces, or a flood.
	minSpacing = 500 * time.Millisecond
)

// Append queues a sample, whose time is by the store's own clock. It never waits
// for the disk: if the queue is full the oldest sample in it is dropped, what
// cannot be stored is refused, and Stats counts both. After Close every sample
// is dropped.
func (s *Store) Append(p Sample) {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closeCalled {
		s.counts.dropped++
		return
	}
	if p.Sensor == "" || math.IsNaN(p.Celsius) || math.IsInf(p.Celsius, 0) {
		s.counts.refuse(Invalid)
		return
	}
	p.Sensor = romcode.Canonical(p.Sensor)
	s.checkClockLocked(now)
	was := len(s.queue)
	s.queueReadingLocked(p, s.monotonicLocked(p.At, now))
	s.trimLocked()
	if was < batchSize && len(s.queue) >= batchSize {
		select {
		case s.batchReady <- struct{}{}:
		default:
		}
	}
}

// checkClockLocked brings clockFault up to date.
func (s *Store) checkClockLocked(now time.Time) {
	s.clockFault = s.clock.check(now.UnixMilli(), s.elapsed(now).Milliseconds(), s.counts.hasSamples, s.counts.newest)
}

// monotonicLocked converts a time to the monotonic clock, in ms: the wall clock
// may be set before the sample is stored.
func (s *Store) monotonicLocked(at, now time.Time) int64 {
	age, wallAge := now.Sub(at), now.Round(0).Sub(at.Round(0))
	if (age - wallAge).Abs() > time.Second { // the clock was set since
		return (s.elapsed(now) - age).Milliseconds()
	}
	return at.UnixMilli() - s.clock.offset
}

// trimLocked keeps the queue within its bounds. The oldest go: what happened
// last is what people look for.
func (s *Store) trimLocked() {
	if n := len(s.queue) - maxQueue; n > 0 {
		s.queue = s.queue[n:]
		s.counts.dropped += uint64(n)
	}
}

// fillBatch moves what is queued to the batch, which is empty, if the clock is
// believed: its samples get their Unix times here. batchMu is held.
func (s *Store) fillBatch() {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checkClockLocked(now)
	if s.clockFault != "" {
		return
	}
	s.batch, s.queue = s.queue, s.batch
	s.batchOffset = s.clock.offset
	for i := range s.batch {
		s.batch[i].at += s.batchOffset
	}
}

// requeueBatch returns a batch that could not be committed to the queue. batchMu
// is held.
func (s *Store) requeueBatch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.batch {
		s.batch[i].at -= s.batchOffset
	}
	s.batch, s.queue = s.queue[:0], append(s.batch, s.queue...)
	s.trimLocked()
}

// dropQueue drops and counts what is queued.
func (s *Store) dropQueue() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.dropped += uint64(len(s.queue))
	s.queue = nil
}

// queuedPoints returns the readings in [from, to] that are not committed, of one
// sensor or, if it is empty, of all. Those whose time is not certain have it
// by the present clock. batchMu is held for reading.
func (s *Store) queuedPoints(sensor string, from, to int64) []point {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []point
	keep := func(p point) {
		if from <= p.at && p.at <= to && (sensor == "" || sensor == p.series.sensor) && !p.series.derived {
			found = append(found, p)
		}
	}
	for _, p := range s.batch {
		keep(p)
	}
	for _, p := range s.queue {
		p.at += s.clock.offset
		keep(p)
	}
	return found
}

// queueDerived queues points that are no readings, with Unix times, and reports whether
// it did. While the clock is not believed nothing can be said of any time, and they are
// left out.
func (s *Store) queueDerived(points []point) bool {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checkClockLocked(now)
	if s.closeCalled {
		s.counts.dropped += uint64(len(points))
		return false
	}
	if s.clockFault != "" {
		return false
	}
	for _, p := range points {
		p.at -= s.clock.offset
		s.queue = append(s.queue, p)
	}
	s.trimLocked()
	return true
}
