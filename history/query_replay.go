package history

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Replay reads an hour at a time at first: twice as long each time as long as that has
// few points, and half as long where it has too many, which are 2.4 MB.
const (
	fewPoints, manyPoints = 5_000, 100_000

	firstReplay, shortestReplay, longestReplay = time.Hour, time.Minute, 8 * time.Hour
)

// Replay visits every sample since from, in order of time across all sensors;
// those of the same millisecond in order of sensor. It reads some hours at a
// time, or less where there is very much, so that memory is bounded, and while
// these are visited it reads the next. Samples appended meanwhile may be missed. It takes
// some tens of milliseconds for a day of 20 sensors. A visit may use the store.
func (s *Store) Replay(ctx context.Context, from time.Time, visit func(Sample)) error {
	oldest, newest, err := s.bounds()
	if err != nil {
		return fmt.Errorf("replaying history: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	ahead := make(chan []point)
	go func() {
		defer close(ahead)
		err = s.readAhead(ctx, max(from.UnixMilli(), oldest), newest, ahead)
	}()
	defer func() { // a visit may panic
		cancel()
		for range ahead {
		}
	}()
	for points := range ahead {
		for _, p := range points {
			visit(p.sample())
		}
	}
	if err != nil {
		return fmt.Errorf("replaying history: %w", err)
	}
	return nil
}

// readAhead sends the points in [from, to] in order of time. What it sends is good until
// the next has been received.
func (s *Store) readAhead(ctx context.Context, from, to int64, ahead chan<- []point) error {
	var room [2][]point
	length := firstReplay.Milliseconds()
	for n := 0; from <= to; n++ {
		points := room[n%2]
		err := s.retryRepaired(ctx, func() error {
			points = points[:0]
			return s.scan(ctx, "", from, from+length-1, func(p point) { points = append(points, p) })
		})
		if err != nil {
			return err
		}
		slices.SortFunc(points, func(a, b point) int {
			if c := cmp.Compare(a.at, b.at); c != 0 {
				return c
			}
			return cmp.Compare(a.series.sensor, b.series.sensor)
		})
		room[n%2] = points
		select {
		case ahead <- points:
		case <-ctx.Done():
			return ctx.Err()
		}
		from += length
		switch {
		case len(points) > manyPoints:
			length = max(length/2, shortestReplay.Milliseconds())
		case len(points) < fewPoints:
			length = min(2*length, longestReplay.Milliseconds())
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
