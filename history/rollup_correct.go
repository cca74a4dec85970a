package history

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// correctRecent compares what was recorded of the last hours with the readings
// that are there now.
func (s *Store) correctRecent(ctx context.Context) error {
	of, err := s.recent()
	if err != nil {
		return err
	}
	for _, part := range s.hours.recorded().within(of) {
		all, err := s.figures(ctx, "", part)
		if err != nil {
			return fmt.Errorf("looking for late readings: %w", err)
		}
		was, err := s.recordedPoints(ctx, part)
		if err != nil {
			return fmt.Errorf("looking for late readings: %w", err)
		}
		var late []point
		for _, h := range all {
			for _, p := range h.points(part.From) {
				if v, ok := was[recordedKey(p.series.labels, p.at)]; !ok || v != p.celsius {
					p.at = s.correctionAt(p.at)
					late = append(late, p)
				}
			}
		}
		s.queueDerived(late)
	}
	return nil
}

// correctionAt is the time of a correction: after all earlier ones, within the
// second. Readings come late for two hours at most, and are looked for a dozen
// times in that.
func (s *Store) correctionAt(end int64) int64 {
	since := s.now().UnixMilli() - end
	return end + 1 + min(max(since, 0)/(10*time.Second).Milliseconds(), 990)
}

func recordedKey(l labels.Labels, end int64) string {
	return fmt.Sprint(string(l.Bytes(nil)), end)
}

func (s *Store) recordedPoints(ctx context.Context, of span) (map[string]float64, error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return nil, errClosed
	}
	found := map[string]float64{}
	err := s.recorded(ctx, "", of, func(l labels.Labels, end int64, v float64) { found[recordedKey(l, end)] = v })
	return found, err
}
