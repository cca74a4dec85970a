package history

import (
	"math"
	"time"
)

const (
	// maxQueue bounds what waits for a commit: 20 sensors that each speak
	// every 10 seconds fill it in 18 hours, which bridges a full disk.
	maxQueue = 1 << 17 // points; 24 bytes each
	fullAt   = 1 << 13 // points; a commit does not wait for the clock then

	// maxSensors bounds the sensors heard lately, and maxSeries their names
	// too: a thousand series cost 3 MB, and anyone on the network can make up
	// more.
	maxSensors = 1000
	maxSeries  = 4000

	// minSpacing is how far apart two readings of one sensor must be. A
	// DS18B20 needs up to 750 ms for one; what comes sooner is the same one
	// heard on two interfaces, or a flood.
	minSpacing = 500 * time.Millisecond

	// forgetAfter is when the queue forgets a sensor that is not heard any
	// more. The series stays.
	forgetAfter = 3 * time.Hour
)

// Append hands over a sample. It never waits for the disk: what does not fit
// into the queue is dropped, what cannot be stored is refused, and Stats counts
// both. After Close every sample is dropped.
func (s *Store) Append(p Sample) {
	at := p.At.UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || len(s.queue) >= maxQueue {
		s.counts.dropped++
		return
	}
	if p.Sensor == "" || math.IsNaN(p.Celsius) || math.IsInf(p.Celsius, 0) {
		s.counts.refuse(Invalid)
		return
	}
	ser, why := s.seriesLocked(p, at)
	if why != "" {
		s.counts.refuse(why)
		return
	}
	ser.last = at
	s.queue = append(s.queue, point{ser, at, p.Celsius})
	s.counts.widen(at)
	if len(s.queue) == fullAt {
		select {
		case s.full <- struct{}{}:
		default:
		}
	}
}

// seriesLocked finds the series of a sample, or says why the sample is
// refused.
func (s *Store) seriesLocked(p Sample, at int64) (*series, Reason) {
	ser := s.sensors[p.Sensor]
	if ser == nil {
		if len(s.sensors) >= maxSensors {
			return nil, TooMany
		}
		ser = newSeries(p)
		s.sensors[p.Sensor] = ser
		return ser, ""
	}
	switch d := at - ser.last; {
	case d == 0:
		return nil, Duplicate
	case -minSpacing.Milliseconds() < d && d < minSpacing.Milliseconds():
		return nil, TooOften
	}
	if !ser.named(p) {
		ser = newSeries(p)
		s.sensors[p.Sensor] = ser
	}
	return ser, ""
}

// forgetLocked makes room for other sensors.
func (s *Store) forgetLocked(before int64) {
	for id, ser := range s.sensors {
		if ser.last < before {
			delete(s.sensors, id)
		}
	}
}

// take moves what is queued to the batch, as far as there is room: a batch
// that could not be committed is still there. moving is held.
func (s *Store) take() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.batch) == 0 {
		s.batch, s.queue = s.queue, s.batch
		return
	}
	n := min(len(s.queue), maxQueue-len(s.batch))
	s.batch = append(s.batch, s.queue[:n]...)
	s.queue = append(s.queue[:0], s.queue[n:]...)
}

// waiting returns the readings in [from, to] that are not committed, of one
// sensor or, if it is empty, of all. moving is held for reading.
func (s *Store) waiting(sensor string, from, to int64) []point {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []point
	for _, list := range [][]point{s.batch, s.queue} {
		for _, p := range list {
			if from <= p.at && p.at <= to && (sensor == "" || sensor == p.series.sensor) && !p.series.derived {
				found = append(found, p)
			}
		}
	}
	return found
}
