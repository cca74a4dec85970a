package history

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"picotop/internal/romcode"
)

// silentWithin is how long after a sensor was heard its silence is stored. Who draws it
// has taken it for over long before.
const silentWithin = 24 * time.Hour

// silences is which silences are stored. The zero value knows of none, and stores none.
type silences struct {
	mu     sync.Mutex       // guards the rest
	known  bool             // the database was asked
	before map[string]int64 // by sensor: when the last one began that it had, in Unix ms
	last   map[string]bool  // by sensor: those that last, and are stored
}

// Silent takes the sensors that are silent at a moment, each with the time at which it
// was heard last. Call it often: once in each silence it stores a sample of
// temperature:silent, also if the program was started anew, the clock was set or the sensor
// was renamed since. Before the store is open for the first time it does nothing. Like
// Append it never waits for the disk.
func (s *Store) Silent(at time.Time, sensors []Sample) {
	s.silences.mu.Lock()
	defer s.silences.mu.Unlock()
	if !s.silences.known {
		return
	}
	last := map[string]bool{}
	for _, p := range sensors {
		if p.Sensor == "" {
			continue
		}
		p.Sensor = romcode.Canonical(p.Sensor)
		if s.silences.last[p.Sensor] || s.silences.hasBefore(p.Sensor, at, p.At) || at.Sub(p.At) <= silentWithin && s.storeSilence(at, p) {
			last[p.Sensor] = true
		}
	}
	s.silences.last = last
}

// hasBefore reports whether the database had the silence that lasts at a moment, of a
// sensor that was heard before.
func (s *silences) hasBefore(sensor string, at, heard time.Time) bool {
	heard = at.Add(-at.Sub(heard)) // by the clock of now, which may have been set since
	began, ok := s.before[sensor]
	return ok && began >= heard.UnixMilli()
}

// storeSilence queues a silence, and reports whether it did.
func (s *Store) storeSilence(at time.Time, p Sample) bool {
	l := withMetricName(silentName, newSeries(p).labels)
	return s.queueDerived([]point{{&series{derived: true, labels: l}, at.UnixMilli(), 1}})
}

// rememberSilences learns from the database which silences are stored.
func (s *Store) rememberSilences() {
	before, err := s.findSilences()
	if err != nil { // the next one may be stored twice
		s.logger.Debug("looking for silences", "err", err)
	}
	s.silences.mu.Lock()
	defer s.silences.mu.Unlock()
	s.silences.known, s.silences.before = true, before
}

// findSilences returns when the last silence of each sensor began, of those that matter.
func (s *Store) findSilences() (map[string]int64, error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	now := s.now().UnixMilli()
	q, err := s.querier(now-silentWithin.Milliseconds(), now)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	last := map[string]int64{}
	set := q.Select(context.Background(), false, nil, labels.MustNewMatcher(labels.MatchEqual, metricLabel, silentName))
	var it chunkenc.Iterator
	for set.Next() {
		sensor := strings.Clone(romcode.Canonical(set.At().Labels().Get(sensorLabel))) // it is mapped memory
		it = set.At().Iterator(it)
		for it.Next() == chunkenc.ValFloat {
			last[sensor] = max(last[sensor], it.AtT())
		}
		if it.Err() != nil {
			return nil, it.Err()
		}
	}
	return last, set.Err()
}
