package history

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

const (
	// hourlyEvery is how often is looked for hours to record.
	hourlyEvery = time.Minute
	// hourlyGrace is how long after its end an hour is recorded: what it held
	// is committed by then.
	hourlyGrace = 2 * time.Minute
	// appendable is how far behind the newest sample the database takes one,
	// with some room for the time until it is committed.
	appendable = 115 * time.Minute
	// correctEvery is how often is looked for readings that came late.
	correctEvery = 10 * time.Minute
)

// RecordHours keeps the lowest, mean and highest temperature of each hour, as
// the series temperature:min1h, temperature:avg1h and temperature:max1h, so
// that months are read as fast as days. Each hour is recorded some minutes
// after its end, with that end as its time; readings that come later, as far as
// they are stored at all, correct it with a second sample a millisecond after.
//
// What was stored before, or while the program did not run, is made up for
// block by block, newest first. How far that has got is on disk; a run that was
// cut short goes on where it was.
//
// It blocks until ctx ends or Close is called, and returns nil. Only one may
// run at a time.
func (s *Store) RecordHours(ctx context.Context) error {
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

	s.removeHalfBlocks()
	s.loadHours()
	tick := time.NewTicker(hourlyEvery)
	defer tick.Stop()
	trouble := ""
	for {
		err := s.recordHours(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			trouble = ""
		case err.Error() != trouble: // told once
			trouble = err.Error()
			s.logger.Warn("recording the hours, to be tried again", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// recordHours does what is to be done now.
func (s *Store) recordHours(ctx context.Context) error {
	if err := s.confirmHours(ctx); err != nil {
		return err
	}
	if err := s.recordRecent(ctx); err != nil {
		return err
	}
	if now := s.now(); now.Sub(s.hours.corrected).Abs() >= correctEvery {
		s.hours.corrected = now
		if err := s.correctRecent(ctx); err != nil {
			return err
		}
	}
	if err := s.makeUp(ctx); err != nil {
		return err
	}
	return s.saveHours()
}

// recent returns the hours that are over and that the database still takes
// samples of.
func (s *Store) recent() (span, error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return span{}, errClosed
	}
	oldest, newest := s.extent()
	if oldest > newest {
		return span{}, nil
	}
	// Without readings after it an hour may be one that a clock made up.
	over := floorDiv(min(s.now().Add(-hourlyGrace).UnixMilli(), newest), hour) * hour
	first := max(floorDiv(oldest, hour), floorDiv(newest-appendable.Milliseconds()-1, hour)) * hour
	return span{first, over}, nil
}

// recordRecent hands over the hours that have just ended.
func (s *Store) recordRecent(ctx context.Context) error {
	of, err := s.recent()
	if err != nil {
		return err
	}
	for _, part := range s.hours.recorded().without(of) {
		for _, part := range s.hours.queued.without(part) {
			if err := s.queueHours(ctx, part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) queueHours(ctx context.Context, of span) error {
	all, err := s.figures(ctx, "", of)
	if err != nil {
		return fmt.Errorf("summing up the last hours: %w", err)
	}
	for _, h := range all {
		s.queueDerived(h.points(of.From))
	}
	if len(all) == 0 {
		s.hours.add(of)
		return nil
	}
	s.hours.queued = s.hours.queued.with(of)
	return nil
}

// confirmHours looks for what was handed over. Only what is found counts as
// recorded; what is found nowhere is left to another attempt.
func (s *Store) confirmHours(ctx context.Context) error {
	var still spans
	for _, part := range s.hours.queued {
		for h := part.From; h < part.To; h += hour {
			of := span{h, h + hour}
			found, waits, err := s.findHour(ctx, of)
			if err != nil {
				return err
			}
			if found {
				s.hours.add(of)
			} else if waits {
				still = still.with(of)
			}
		}
	}
	s.hours.queued = still

	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return errClosed
	}
	for _, b := range s.db.Blocks() {
		for _, id := range b.Meta().Compaction.Sources { // a block is its own source
			if list, ok := s.hours.written[id]; ok {
				s.hours.add(list...)
				delete(s.hours.written, id)
			}
		}
	}
	return nil
}

// findHour reports whether an hour is in the database, and whether some of it
// still waits.
func (s *Store) findHour(ctx context.Context, of span) (found, waits bool, err error) {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return false, false, errClosed
	}
	s.batchMu.RLock()
	for _, ser := range s.queuedBySeries(of.To) {
		waits = waits || ser.labels.Get(metricLabel) == meanName && len(ser.pointsBetween(of.To, of.To)) > 0
	}
	s.batchMu.RUnlock()
	if waits {
		return false, true, nil
	}
	err = s.recorded(ctx, "", of, func(labels.Labels, int64, float64) { found = true })
	return found, false, err
}
