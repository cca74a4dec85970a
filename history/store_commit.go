package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/fileutil"
	"github.com/prometheus/prometheus/tsdb/wlog"
)

const (
	commitEvery = 10 * time.Second
	// syncEvery bounds what a power cut can lose. With it 20 sensors write
	// 0.1 GB a day to an SD card, which no card will notice.
	syncEvery = 30 * time.Second
)

// save opens the database if need be, commits what is queued and, when it is
// time, syncs it to disk. An error goes to Stats and to the log, and a later call
// tries again.
func (s *Store) save() {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	defer s.cameRound()
	if s.closed || !s.retryDue() {
		return
	}
	err := s.ensureOpen()
	if err == nil {
		err = s.commitAndSync()
		s.dbState.broken = s.dbState.broken || err != nil
	}
	s.reportSave(err)
}

// cameRound notes for Stats that a save has ended. While a disk does not answer none
// does.
func (s *Store) cameRound() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.tried = s.now()
}

// reportSave keeps the result of a save for Stats, and logs it if trouble begins
// or ends.
func (s *Store) reportSave(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts.setErr(err, s.now()) {
		if err != nil {
			s.logger.Error("history is not saved, and will be tried again", "err", err)
		} else {
			s.logger.Info("history is saved again")
		}
	}
}

// commitAndSync commits and syncs. writeMu is held, and the database is open.
func (s *Store) commitAndSync() error {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if err := s.commit(); err != nil {
		return err
	}
	return s.sync()
}

// commit moves what is queued into the database. If that fails all of it stays
// queued. dbMu is held for reading.
func (s *Store) commit() error {
	s.batchMu.Lock()
	defer s.batchMu.Unlock()
	s.fillBatch()
	if len(s.batch) == 0 {
		return nil
	}
	var refused [len(reasons)]uint64
	err := catchWritePanic(func() error {
		app := s.db.Appender(context.Background())
		for _, p := range s.batch {
			why := s.appendPoint(app, p)
			if why != "" {
				refused[why.index()]++
			}
		}
		return app.Commit() // which on an error rolls back
	})
	if err != nil {
		s.requeueBatch()
		return fmt.Errorf("committing: %w", oneLine(err))
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsynced = true
	s.counts.series = int(s.db.Head().NumSeries())
	s.counts.appended += uint64(len(s.batch))
	for i, n := range refused {
		s.counts.refused[i] += n
		s.counts.appended -= n
	}
	for _, p := range s.batch {
		s.counts.includeTime(p.at)
	}
	clear(s.batch)
	s.batch = s.batch[:0]
	return nil
}

// appendPoint hands a point to the database, and returns the reason if that
// refuses it. batchMu is held.
func (s *Store) appendPoint(app storage.Appender, p point) Reason {
	if p.series.refGeneration != s.dbGeneration {
		p.series.ref, p.series.refGeneration = 0, s.dbGeneration
	}
	if n := s.db.Head().NumSeries(); p.series.ref == 0 && n >= maxUnsettledSeries && !isInHead(app, p.series.labels) && !s.hasRoom(p.series, n) {
		return TooMany
	}
	ref, err := app.Append(p.series.ref, p.series.labels, p.at, p.celsius)
	switch {
	case err == nil:
		p.series.ref = ref
		return ""
	case errors.Is(err, storage.ErrDuplicateSampleForTimestamp):
		return Duplicate
	case errors.Is(err, storage.ErrTooOldSample):
		return TooOld
	default:
		return Invalid
	}
}

// isInHead reports whether the database holds a series in memory.
func isInHead(app storage.Appender, l labels.Labels) bool {
	g, ok := app.(storage.GetRef)
	if !ok {
		return false
	}
	ref, _ := g.GetRef(l, l.Hash())
	return ref != 0
}

// sync makes what was committed last through a power cut, if it is time. The
// library writes its logs without doing so; that it has them open does not
// matter.
func (s *Store) sync() error {
	s.mu.Lock()
	due := s.unsynced && s.now().Sub(s.lastSync).Abs() >= syncEvery
	s.unsynced = s.unsynced && !due
	s.mu.Unlock()
	if !due {
		return nil
	}
	err := errors.Join(
		syncLog(filepath.Join(s.dir, "wal")),
		syncLog(filepath.Join(s.dir, wlog.WblDirName)),
	)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.unsynced = true
		return fmt.Errorf("syncing: %w", oneLine(err))
	}
	s.lastSync = s.now()
	return nil
}

// syncLog syncs the newest segment of a write-ahead log; the others were
// synced when they were full.
func syncLog(dir string) error {
	_, last, err := wlog.Segments(dir)
	if err != nil || last < 0 {
		return err
	}
	f, err := os.Open(wlog.SegmentName(dir, last))
	if err != nil {
		return err
	}
	return errors.Join(fileutil.Fdatasync(f), f.Close())
}
