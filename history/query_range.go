package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"picotop/internal/romcode"
)

// Range returns one sensor's buckets, oldest first, gaps included: the first
// holds from, the last holds to, and both are whole, so that the same bucket
// says the same whatever range it was asked in. A sensor that is not known has
// gaps only.
//
// The step is a positive number of milliseconds, and at most 5,000 buckets
// are returned: more are an error. Reading takes about 0.3 ms for a day.
//
// A range of more than 14 days in steps of whole hours is read from the rollups
// of [Store.RunRollups], as far as there are any, in some milliseconds for a
// year. Then Count is hours, and Mean the mean of their means, so that an hour
// with few readings weighs as much as one with many. Min and Max are the same as
// ever.
func (s *Store) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]Bucket, error) {
	if sensor == "" {
		return nil, errors.New("reading the history of no sensor")
	}
	sensor = romcode.Canonical(sensor)
	b, err := newBuckets(from, to, step)
	if err != nil {
		return nil, err
	}
	if to.Sub(from) > rollupThreshold && step%time.Hour == 0 {
		err = s.addRollups(ctx, sensor, b)
	} else {
		err = s.scan(ctx, sensor, b.from, b.to(), func(p point) { b.add(p.at, p.celsius) })
	}
	if err != nil {
		return nil, fmt.Errorf("reading the history of sensor %s: %w", sensor, err)
	}
	return b.result(), nil
}

// scan visits all points in [from, to], of one sensor or, if it is empty, of
// all: first those that are not committed, then series by series, each in
// order of time.
func (s *Store) scan(ctx context.Context, sensor string, from, to int64, visit func(point)) error {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.closed {
		return errClosed
	}
	q, queued, err := s.snapshotPoints(sensor, from, to)
	if err != nil {
		return err
	}
	defer q.Close()
	for _, p := range queued {
		visit(p)
	}

	// Without trimming each sample costs less; the ends are cut off here.
	hints := &storage.SelectHints{Start: from, End: to, DisableTrimming: true}
	set := q.Select(ctx, false, hints, temperatureMatchers(sensor)...)
	var it chunkenc.Iterator
	for set.Next() {
		ser := seriesFromLabels(set.At().Labels())
		it = set.At().Iterator(it)
		if err := scanSeries(ctx, it, ser, from, to, visit); err != nil {
			return s.checkReadErr(ctx, err)
		}
	}
	return s.checkReadErr(ctx, set.Err())
}

// checkReadErr returns the error of a read and, unless ctx has ended, has the
// blocks checked for damage.
func (s *Store) checkReadErr(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil {
		s.suspectDamage()
	}
	return err
}

// retryRepaired calls read again if it meets damage, once that is moved away. No
// lock is held.
func (s *Store) retryRepaired(ctx context.Context, read func() error) error {
	err := read()
	if err == nil || ctx.Err() != nil || errors.Is(err, errClosed) {
		return err
	}
	s.save()
	return read()
}

// snapshotPoints opens the database for reading, and copies the readings that
// are not yet in it. What is committed afterwards is not seen: the library keeps
// reads apart from later commits. While there is no database, what is queued is
// all there is. dbMu is held for reading.
func (s *Store) snapshotPoints(sensor string, from, to int64) (storage.Querier, []point, error) {
	s.batchMu.RLock()
	defer s.batchMu.RUnlock()
	if s.db == nil {
		return storage.NoopQuerier(), s.queuedPoints(sensor, from, to), nil
	}
	q, err := s.querier(from, to)
	return q, s.queuedPoints(sensor, from, to), err
}

func scanSeries(ctx context.Context, it chunkenc.Iterator, ser *series, from, to int64, visit func(point)) error {
	const checkEvery = 1 << 14 // samples, about half a millisecond
	for n := 1; it.Next() == chunkenc.ValFloat; n++ {
		if n%checkEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		at, celsius := it.At()
		if at > to {
			break
		}
		if at >= from {
			visit(point{ser, at, celsius})
		}
	}
	return it.Err()
}

// temperatureMatchers select the temperatures of one sensor or, if it is empty,
// of all. The library sorts them in place, so each query has its own.
func temperatureMatchers(sensor string) []*labels.Matcher {
	ms := []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, metricLabel, metricName)}
	if sensor != "" {
		ms = append(ms, labels.MustNewMatcher(labels.MatchEqual, sensorLabel, sensor))
	}
	return ms
}

// boundsLocked returns the times of the oldest and the newest sample, in Unix
// ms, committed or not; the oldest to within a block. If there are none, oldest
// is after newest. dbMu is held for reading.
func (s *Store) boundsLocked() (oldest, newest int64) {
	s.batchMu.RLock()
	defer s.batchMu.RUnlock()
	oldest, newest = s.committedBounds()
	for _, p := range s.queuedPoints("", math.MinInt64, math.MaxInt64) {
		oldest, newest = min(oldest, p.at), max(newest, p.at)
	}
	return oldest, newest
}

// committedBounds is boundsLocked for what is committed.
func (s *Store) committedBounds() (oldest, newest int64) {
	oldest, newest = math.MaxInt64, math.MinInt64
	if s.db == nil {
		return oldest, newest
	}
	if head := s.db.Head(); head.NumSeries() > 0 {
		oldest, newest = min(head.MinTime(), head.MinOOOTime()), head.MaxTime()
	}
	for _, b := range s.db.BlockMetas() {
		oldest, newest = min(oldest, b.MinTime), max(newest, b.MaxTime-1)
	}
	return oldest, newest
}
