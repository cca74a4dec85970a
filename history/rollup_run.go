package history

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

const (
	// rollupEvery is how often to look for hours to roll up.
	rollupEvery = time.Minute
	// rollupDelay is how long after its end an hour is rolled up: what it held
	// is committed by then.
	rollupDelay = 2 * time.Minute
	// appendWindow is how far behind the newest sample the database takes one,
	// with some room for the time until it is committed.
	appendWindow = 115 * time.Minute
	// correctEvery is how often to look for readings that came late.
	correctEvery = 10 * time.Minute
)

// RunRollups stores the lowest, mean and highest temperature of each hour, as
// the series temperature:min1h, temperature:avg1h and temperature:max1h, so
// that months are read as fast as days. Each hour is rolled up some minutes
// after its end, with that end as its time; readings that come later, as far as
// they are stored at all, correct it with a second sample a millisecond after.
//
// What was stored before, or while the program did not run, is backfilled block
// by block, newest first. How far that has got is on disk; a run that was cut
// short goes on where it was.
//
// It blocks until ctx ends or Close is called, and returns nil. Only one may
// run at a time.
func (s *Store) RunRollups(ctx context.Context) error {
	if !s.startRun() {
		return nil
	}
	defer s.running.Done()
	ctx, cancel := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() { // ends with ctx
		select {
		case <-s.closing:
			cancel()
		case <-ctx.Done():
		}
	})
	defer watch.Wait()
	defer cancel()

	s.removeRollupTmp()
	s.loadRollupState()
	tick := time.NewTicker(rollupEvery)
	defer tick.Stop()
	lastErr := ""
	for {
		err := s.rollUp(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil, errors.Is(err, errClosed): // or not open yet, which is told elsewhere
			lastErr = ""
		case err.Error() != lastErr: // logged once
			lastErr = err.Error()
			s.logger.Warn("recording the hours, to be tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// rollUp does what is due now: it confirms, rolls up, corrects and backfills.
func (s *Store) rollUp(ctx context.Context) error {
	if err := s.confirmRollups(ctx); err != nil {
		return err
	}
	if err := s.rollUpRecent(ctx); err != nil {
		return err
	}
	if now := s.now(); now.Sub(s.rollups.lastCorrection).Abs() >= correctEvery {
		s.rollups.lastCorrection = now
		if err := s.correctRollups(ctx); err != nil {
			return err
		}
	}
	if err := s.backfill(ctx); err != nil {
		return err
	}
	if len(s.rollups.writtenBlocks) == 0 && len(s.rollups.queued) == 0 {
		s.rollups.caughtUp.Store(true)
	}
	return s.saveRollupState()
}

// recentHours returns the hours that have ended and that the database still
// takes samples of.
func (s *Store) recentHours() (timeRange, error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return timeRange{}, errClosed
	}
	oldest, newest := s.boundsLocked()
	if oldest > newest {
		return timeRange{}, nil
	}
	// Without readings after it, an hour may come from a clock that was wrong.
	last := floorDiv(min(s.now().Add(-rollupDelay).UnixMilli(), newest), hour) * hour
	first := max(floorDiv(oldest, hour), floorDiv(newest-appendWindow.Milliseconds()-1, hour)) * hour
	return timeRange{first, last}, nil
}

// rollUpRecent queues the rollups of the hours that have just ended.
func (s *Store) rollUpRecent(ctx context.Context) error {
	recent, err := s.recentHours()
	if err != nil {
		return err
	}
	for _, part := range s.rollups.recorded().gaps(recent) {
		for _, part := range s.rollups.queued.gaps(part) {
			if err := s.queueRollups(ctx, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) queueRollups(ctx context.Context, r timeRange) error {
	all, err := s.aggregateHours(ctx, "", r)
	if err != nil {
		return fmt.Errorf("summing up the last hours: %w", err)
	}
	for _, h := range all {
		s.queueDerived(h.points(r.From))
	}
	if len(all) == 0 {
		s.rollups.add(r)
		return nil
	}
	s.rollups.queued = s.rollups.queued.union(r)
	return nil
}

// confirmRollups looks for what was queued, and for the blocks that were
// written. Only what is found counts as recorded; what is found nowhere is left
// to another attempt.
func (s *Store) confirmRollups(ctx context.Context) error {
	var still timeRanges
	for _, part := range s.rollups.queued {
		for h := part.From; h < part.To; h += hour {
			r := timeRange{h, h + hour}
			found, waits, err := s.findRollup(ctx, r)
			if err != nil {
				return err
			}
			if found {
				s.rollups.add(r)
			} else if waits {
				still = still.union(r)
			}
		}
	}
	s.rollups.queued = still

	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return errClosed
	}
	for _, b := range s.db.Blocks() {
		for _, id := range b.Meta().Compaction.Sources { // a block is its own source
			if list, ok := s.rollups.writtenBlocks[id]; ok {
				s.rollups.add(list...)
				delete(s.rollups.writtenBlocks, id)
			}
		}
	}
	if s.rollups.ofEarlierRun { // the database looked when it was opened
		clear(s.rollups.writtenBlocks)
		s.rollups.ofEarlierRun = false
	}
	return nil
}

// findRollup reports whether the rollup of an hour is in the database, and
// whether some of it is still queued.
func (s *Store) findRollup(ctx context.Context, r timeRange) (found, waits bool, err error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return false, false, errClosed
	}
	s.batchMu.RLock()
	for _, ser := range s.queuedBySeries(r.To) {
		waits = waits || ser.labels.Get(metricLabel) == avg1hName && len(ser.pointsBetween(r.To, r.To)) > 0
	}
	s.batchMu.RUnlock()
	if waits {
		return false, true, nil
	}
	err = s.readRollups(ctx, "", r, func(labels.Labels, int64, float64) { found = true })
	return found, false, err
}
