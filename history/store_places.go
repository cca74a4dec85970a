package history

import (
	"context"
	"math"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// Anyone on the network can make up sensors, and each series costs memory. So
// places are bounded, and trust grows with the time that a sensor has been heard.
// While there is much room everyone is stored at once. When half of it is taken
// a newcomer is a candidate first: its readings wait in memory until it was heard
// for a while, and are stored then. When there is no room the least trusted goes;
// a settled sensor never does.
const (
	// maxSensors bounds the sensors heard lately, and maxSeries the series of the
	// last hours, those derived from readings included: a thousand cost 3 MB.
	maxSensors = 1000
	maxSeries  = 4000
	// maxUnsettledSeries is how many of those are for everyone.
	maxUnsettledSeries = maxSeries * 3 / 4

	// maxNames is how many names a sensor can have in forgetAfter. Under one more
	// it is stored under the last of them.
	maxNames = 8

	// A candidate is stored once it was heard so often, over so long. A Pico speaks
	// every ten seconds or so.
	admitReadings = 3
	admitAfter    = 15 * time.Second

	// maxCandidates bounds the candidates, and maxHeld what waits of each. While
	// less than 400 sensors a second are made up, a true one is heard a second time
	// before it is dropped, and is trusted more than those.
	maxCandidates = 4096
	maxHeld       = 32
	// forgetCandidate is after how much silence a candidate is forgotten.
	forgetCandidate = 10 * time.Minute

	// settledAfter is how long a sensor must have been heard to be settled.
	settledAfter = 24 * time.Hour
	// maxSettled bounds those that are settled and silent.
	maxSettled = 4096
	// settledWithin is how far back is looked for settled ones at the start.
	settledWithin = 30 * 24 * time.Hour

	// fullFor is how long it is told that there was no room.
	fullFor = 10 * time.Minute

	// forgetAfter is when the queue forgets a sensor that is not heard any
	// more. The series stays.
	forgetAfter = 3 * time.Hour
)

// places says which sensors are stored. Its times are in ms of the monotonic
// clock.
type places struct {
	sensors    map[string]*heard     // those with a place, by ROM code
	candidates map[string]*candidate // those that wait for one
	settled    map[string]bool       // known to be, and maybe silent now

	full   string // why there was no room; empty if there is
	fullAt int64  // when that was last so
}

// heard is a sensor that was heard lately.
type heard struct {
	series      *series   // under its present name
	names       []*series // under all names since namesSince
	namesSince  int64
	first, last int64 // readings accepted; last is the least number before any is
}

// candidate is a sensor whose readings wait.
type candidate struct {
	heard
	points []point // the last maxHeld
}

func newPlaces() places {
	return places{sensors: map[string]*heard{}, candidates: map[string]*candidate{}, settled: map[string]bool{}}
}

func newHeard(p Sample, at int64) heard {
	ser := newSeries(p)
	return heard{series: ser, names: []*series{ser}, namesSince: at, first: at, last: math.MinInt64}
}

// span is for how long the sensor was heard.
func (h *heard) span() int64 {
	if h.last == math.MinInt64 {
		return 0
	}
	return h.last - h.first
}

// accept takes in the time of a reading, or says why the reading is refused.
func (h *heard) accept(p Sample, at int64) Reason {
	if h.last != math.MinInt64 {
		switch d := at - h.last; {
		case d == 0:
			return Duplicate
		case -minSpacing.Milliseconds() < d && d < minSpacing.Milliseconds():
			return TooOften
		}
	}
	h.first, h.last = min(h.first, at), at
	h.rename(p, at)
	return ""
}

// rename finds the series for the names of a reading.
func (h *heard) rename(p Sample, at int64) {
	if h.series.sameNames(p) {
		return
	}
	if abs(at-h.namesSince) >= forgetAfter.Milliseconds() {
		h.names, h.namesSince = []*series{h.series}, at
	}
	for _, ser := range h.names {
		if ser.sameNames(p) {
			h.series = ser
			return
		}
	}
	if len(h.names) < maxNames {
		h.series = newSeries(p)
		h.names = append(h.names, h.series)
	}
}

// queueReadingLocked queues a reading if its sensor has a place, or gets one; else
// the reading waits with those of the other candidates.
func (s *Store) queueReadingLocked(p Sample, at int64) {
	h := s.places.sensors[p.Sensor]
	if h == nil && (!s.crowdedLocked() || s.places.settled[p.Sensor]) {
		newcomer := newHeard(p, at)
		if h = &newcomer; !s.admitLocked(p.Sensor, h, at) {
			s.counts.refuse(TooMany)
			return
		}
	}
	if h == nil {
		s.holdLocked(p, at)
		return
	}
	if why := h.accept(p, at); why != "" {
		s.counts.refuse(why)
		return
	}
	s.queue = append(s.queue, point{h.series, at, p.Celsius})
}

// crowdedLocked reports whether half of the room is taken.
func (s *Store) crowdedLocked() bool {
	return len(s.places.sensors) >= maxSensors/2 || s.counts.series >= maxSeries/2
}

// holdLocked keeps a reading of a candidate, and queues all of them once it was
// heard for long enough.
func (s *Store) holdLocked(p Sample, at int64) {
	c := s.places.candidates[p.Sensor]
	if c == nil {
		if len(s.places.candidates) >= maxCandidates {
			s.dropCandidateLocked(at)
		}
		c = &candidate{heard: newHeard(p, at)}
		s.places.candidates[p.Sensor] = c
	}
	if why := c.accept(p, at); why != "" {
		s.counts.refuse(why)
		return
	}
	if len(c.points) == maxHeld {
		s.counts.refuse(TooMany)
		c.points = c.points[1:]
	}
	c.points = append(c.points, point{c.series, at, p.Celsius})
	if len(c.points) < admitReadings || c.span() < admitAfter.Milliseconds() || !s.admitLocked(p.Sensor, &c.heard, at) {
		return
	}
	delete(s.places.candidates, p.Sensor)
	s.queue = append(s.queue, c.points...)
}

// admitLocked gives a sensor a place, and reports whether there was one. If need
// be it takes that of the least trusted that is not trusted more.
func (s *Store) admitLocked(sensor string, h *heard, at int64) bool {
	if len(s.places.sensors) >= maxSensors {
		victim := ""
		var least *heard
		for id, other := range s.places.sensors {
			if !s.isSettledLocked(id, other) && (least == nil || other.lessTrusted(least)) {
				victim, least = id, other
			}
		}
		if least == nil || least.span() > h.span() && !s.places.settled[sensor] {
			s.markFullLocked("more sensors are heard than can be stored", at)
			return false
		}
		delete(s.places.sensors, victim)
	}
	s.places.sensors[sensor] = h
	return true
}

// lessTrusted compares by how long a sensor was heard, and then by how long it is
// silent.
func (h *heard) lessTrusted(than *heard) bool {
	if h.span() != than.span() {
		return h.span() < than.span()
	}
	return h.last < than.last
}

// dropCandidateLocked drops the least trusted of some candidates: to look at all
// of them for each reading of a flood would take too long.
func (s *Store) dropCandidateLocked(at int64) {
	const some = 8
	victim := ""
	var least *candidate
	n := 0
	for id, c := range s.places.candidates { // a map is gone through from anywhere
		if least == nil || c.lessTrusted(&least.heard) {
			victim, least = id, c
		}
		if n++; n == some {
			break
		}
	}
	s.refuseHeldLocked(victim)
	s.markFullLocked("more new sensors are heard than can be told from made-up ones", at)
}

// refuseHeldLocked forgets a candidate, and counts its readings as refused.
func (s *Store) refuseHeldLocked(sensor string) {
	s.counts.refused[TooMany.index()] += uint64(len(s.places.candidates[sensor].points))
	delete(s.places.candidates, sensor)
}

// isSettledLocked reports whether a sensor was heard for so long that it keeps its
// place.
func (s *Store) isSettledLocked(sensor string, h *heard) bool {
	return s.places.settled[sensor] || h != nil && h.span() >= settledAfter.Milliseconds()
}

// hasRoom reports whether a series that is not in memory yet may be, though there
// are maxUnsettledSeries or more.
func (s *Store) hasRoom(ser *series, have uint64) bool {
	sensor := ser.labels.Get(sensorLabel) // of what is derived too
	s.mu.Lock()
	defer s.mu.Unlock()
	if have < maxSeries && s.isSettledLocked(sensor, s.places.sensors[sensor]) {
		return true
	}
	s.markFullLocked("more series are stored than can be kept in memory", s.elapsed(s.now()).Milliseconds())
	return false
}

// markFullLocked has Stats tell that there was no room.
func (s *Store) markFullLocked(why string, at int64) {
	if s.places.full == "" {
		s.logger.Warn("there is no room for new sensors: what they say is not stored", "reason", why)
	}
	s.places.full, s.places.fullAt = why, at
}

// tidyPlacesLocked forgets who has not been heard for long, to make room for
// others.
func (s *Store) tidyPlacesLocked(now int64) {
	for id, h := range s.places.sensors {
		if h.last >= now-forgetAfter.Milliseconds() {
			continue
		}
		if s.isSettledLocked(id, h) && len(s.places.settled) < maxSettled {
			s.places.settled[id] = true
		}
		delete(s.places.sensors, id)
	}
	for id, c := range s.places.candidates {
		if c.last < now-forgetCandidate.Milliseconds() {
			s.refuseHeldLocked(id)
		}
	}
	if s.places.full != "" && now-s.places.fullAt >= fullFor.Milliseconds() {
		s.logger.Info("there is room for new sensors again")
		s.places.full = ""
	}
}

// findSettled returns the sensors that the database knows to be settled, by their
// rollups: of each hour there is one. dbMu is held for reading.
func (s *Store) findSettled() (map[string]bool, error) {
	to := s.now().UnixMilli()
	q, err := s.chunkQuerier(to-settledWithin.Milliseconds(), to)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	first, last := map[string]int64{}, map[string]int64{}
	set := q.Select(context.Background(), false, nil, labels.MustNewMatcher(labels.MatchEqual, metricLabel, avg1hName))
	var it chunks.Iterator
	for set.Next() {
		sensor := set.At().Labels().Get(sensorLabel)
		it = set.At().Iterator(it)
		for it.Next() {
			m := it.At()
			if was, ok := first[sensor]; !ok || m.MinTime < was {
				first[sensor] = m.MinTime
			}
			last[sensor] = max(last[sensor], m.MaxTime)
		}
		if it.Err() != nil {
			return nil, it.Err()
		}
	}
	settled := map[string]bool{}
	for sensor := range first {
		if last[sensor]-first[sensor] >= settledAfter.Milliseconds()-hour && len(settled) < maxSettled {
			settled[sensor] = true
		}
	}
	return settled, set.Err()
}
