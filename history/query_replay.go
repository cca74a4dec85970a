package history

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Replay visits every sample since from, in order of time across all sensors;
// those of the same millisecond in order of sensor. It reads an hour at a
// time, or less where there is very much, so that memory is bounded. Samples
// appended meanwhile may be missed. It takes some tens of milliseconds for a
// day of 20 sensors, and holds no lock during a visit.
func (s *Store) Replay(ctx context.Context, from time.Time, visit func(Sample)) error {
	const enough = 100_000 // points at a time, 2.4 MB
	oldest, newest, err := s.bounds()
	if err != nil {
		return fmt.Errorf("replaying history: %w", err)
	}
	var points []point
	slice := time.Hour.Milliseconds()
	for at := max(from.UnixMilli(), oldest); at <= newest; at += slice {
		if len(points) > enough {
			slice = max(slice/2, time.Minute.Milliseconds())
		}
		err := s.retryRepaired(ctx, func() error {
			points = points[:0]
			return s.scan(ctx, "", at, at+slice-1, func(p point) { points = append(points, p) })
		})
		if err != nil {
			return fmt.Errorf("replaying history: %w", err)
		}
		slices.SortFunc(points, func(a, b point) int {
			if c := cmp.Compare(a.at, b.at); c != 0 {
				return c
			}
			return cmp.Compare(a.series.sensor, b.series.sensor)
		})
		for _, p := range points {
			visit(p.sample())
		}
	}
	return nil
}

// bounds is boundsLocked for those who do not hold dbMu.
func (s *Store) bounds() (oldest, newest int64, err error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.closed {
		return 0, 0, errClosed
	}
	oldest, newest = s.boundsLocked()
	return oldest, newest, nil
}
