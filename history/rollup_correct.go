package history

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// correctRollups compares the stored rollups of the last hours with the readings
// that are there now, and queues a correction where they differ.
func (s *Store) correctRollups(ctx context.Context) error {
	recent, err := s.recentHours()
	if err != nil {
		return err
	}
	for _, part := range s.rollups.recorded().intersect(recent) {
		all, err := s.aggregateHours(ctx, "", part)
		if err != nil {
			return fmt.Errorf("looking for late readings: %w", err)
		}
		was, err := s.recordedValues(ctx, part)
		if err != nil {
			return fmt.Errorf("looking for late readings: %w", err)
		}
		var late []point
		for _, h := range all {
			for _, p := range h.points(part.From) {
				if v, ok := was[rollupKey(p.series.labels, p.at)]; !ok || v != p.celsius {
					p.at = s.correctionTime(p.at)
					late = append(late, p)
				}
			}
		}
		s.queueDerived(late)
	}
	return nil
}

// correctionTime returns the time at which to store a correction of the hour
// that ended at end: after all earlier ones, within the second. Readings come
// late for two hours at most, and are looked for a dozen times in that.
func (s *Store) correctionTime(end int64) int64 {
	since := s.now().UnixMilli() - end
	return end + 1 + min(max(since, 0)/(10*time.Second).Milliseconds(), 990)
}

func rollupKey(l labels.Labels, end int64) string {
	return fmt.Sprint(string(l.Bytes(nil)), end)
}

func (s *Store) recordedValues(ctx context.Context, r timeRange) (map[string]float64, error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return nil, errClosed
	}
	found := map[string]float64{}
	err := s.readRollups(ctx, "", r, func(l labels.Labels, end int64, v float64) { found[rollupKey(l, end)] = v })
	return found, err
}
