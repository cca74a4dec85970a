package history

import (
	"context"
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
	mu    sync.Mutex       // guards the rest
	known bool             // the database was asked
	last  map[string]int64 // by series: when the last one began, in Unix ms
}

// Silent takes the sensors that are silent at a moment, each with the time at which it
// was heard last. Call it often: once in each silence it stores a sample of
// temperature:silent, also if the program was started anew since. Before the store is
// open for the first time it does nothing. Like Append it never waits for the disk.
func (s *Store) Silent(at time.Time, sensors []Sample) {
	s.silences.mu.Lock()
	defer s.silences.mu.Unlock()
	if !s.silences.known {
		return
	}
	for _, p := range sensors {
		if p.Sensor == "" || at.Sub(p.At) > silentWithin {
			continue
		}
		p.Sensor = romcode.Canonical(p.Sensor)
		l := withMetricName(silentName, newSeries(p).labels)
		key := string(l.Bytes(nil))
		if last, ok := s.silences.last[key]; ok && last >= p.At.UnixMilli() {
			continue
		}
		if s.queueDerived([]point{{&series{derived: true, labels: l}, at.UnixMilli(), 1}}) {
			s.silences.last[key] = at.UnixMilli()
		}
	}
}

// tidy forgets the silences that began before a time, in Unix ms.
func (s *silences) tidy(before int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, at := range s.last {
		if at < before {
			delete(s.last, key)
		}
	}
}

// rememberSilences learns from the database which silences are stored.
func (s *Store) rememberSilences() {
	last, err := s.findSilences()
	if err != nil { // the next one may be stored twice
		s.logger.Debug("looking for silences", "err", err)
	}
	s.silences.mu.Lock()
	defer s.silences.mu.Unlock()
	s.silences.known = true
	if s.silences.last == nil {
		s.silences.last = map[string]int64{}
	}
	for key, at := range last {
		s.silences.last[key] = max(s.silences.last[key], at)
	}
}

// findSilences returns when the last silence of each series began, of those that matter.
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
		key := string(set.At().Labels().Bytes(nil))
		it = set.At().Iterator(it)
		for it.Next() == chunkenc.ValFloat {
			last[key] = it.AtT()
		}
		if it.Err() != nil {
			return nil, it.Err()
		}
	}
	return last, set.Err()
}
