package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/wlog"
)

// load opens the database whatever state it is in: what is damaged, or later
// than a clock that is known to be right, is set aside first. It fails only if
// the surroundings do not allow it.
func (s *Store) load() (*tsdb.DB, error) {
	if err := os.RemoveAll(filepath.Join(s.dir, blocksName)); err != nil {
		return nil, err
	}
	if err := s.mendBlocks(s.care.deeply); err != nil {
		return nil, err
	}
	s.care.deeply = false
	now := s.now()
	right := !now.Before(s.cfg.Built) && (s.care.clockRight || s.cfg.Synced())
	limit := now.Add(aheadOfClock).UnixMilli()
	if right {
		if err := s.setFutureBlocksAside(limit); err != nil {
			return nil, err
		}
	}
	s.keepDamagedLogs()
	db, err := s.openMending()
	if err != nil || !right || db.Head().NumSeries() == 0 || db.Head().MaxTime() <= limit {
		return db, err
	}
	if err := s.setFutureHeadAside(db, limit); err != nil {
		return nil, err
	}
	return s.openOnce()
}

// openMending opens the database, at the second attempt as the first one left
// it, and then without more and more of the newest hours.
func (s *Store) openMending() (*tsdb.DB, error) {
	db, err := s.openOnce()
	first := err
	for _, without := range [][]string{nil, {headChunksName}, {walName, wlog.WblDirName}} {
		if err == nil || isSurroundings(err) {
			return db, err
		}
		s.logger.Debug("opening the database", "err", err)
		to, moveErr := s.setAllAside(without...)
		if moveErr != nil {
			return nil, errors.Join(first, moveErr)
		}
		if len(to) > 0 {
			s.remember(fmt.Sprintf("files of the newest hours were damaged (%v) and moved to %s", oneLine(first), places(to)))
		}
		db, err = s.openOnce()
	}
	return db, err
}

// openOnce opens the database as it is.
func (s *Store) openOnce() (*tsdb.DB, error) {
	o := options(s.cfg)
	if s.hasFuture() {
		// The library counts the age of a block from the newest one: one from
		// the far future would take all others with it.
		o.RetentionDuration = forever.Milliseconds()
	}
	metrics := prometheus.NewRegistry()
	db, err := tsdb.Open(s.dir, s.libraryLogger(), metrics, o, nil)
	if err != nil {
		return nil, err
	}
	if total(metrics, "prometheus_tsdb_mmap_chunk_corruptions_total") > 0 {
		s.remember("a file of the newest hours was damaged, and was made again from the log")
	}
	db.DisableCompactions() // upkeep does them
	return db, nil
}

func (s *Store) libraryLogger() *slog.Logger { return slog.New(quiet{s.cfg.Logger.Handler()}) }

// total is the value of one of the library's own counters.
func total(metrics prometheus.Gatherer, name string) float64 {
	families, err := metrics.Gather()
	if err != nil {
		return 0
	}
	sum := 0.0
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue()
		}
	}
	return sum
}

// futureBlock is from when on a block is of the future. One of samples that
// came late says that it ends with its two hours.
func futureBlock(limit int64) int64 { return limit + outOfOrder.Milliseconds() }

// hasFuture reports whether any block is later than the clock.
func (s *Store) hasFuture() bool {
	limit := futureBlock(s.now().Add(aheadOfClock).UnixMilli())
	names, err := blockNames(s.dir)
	if err != nil {
		return true
	}
	for _, name := range names {
		if m, err := readMeta(filepath.Join(s.dir, name)); err != nil || m.MaxTime > limit {
			return true
		}
	}
	return false
}

// setFutureBlocksAside moves blocks with samples later than limit out of the
// database, and keeps their earlier samples.
func (s *Store) setFutureBlocksAside(limit int64) error {
	names, err := blockNames(s.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		block := filepath.Join(s.dir, name)
		m, err := readMeta(block)
		if err != nil {
			return err
		}
		if m.MaxTime <= futureBlock(limit) {
			continue
		}
		if m.MinTime <= limit {
			s.salvage(block, limit)
		}
		to, err := s.setAside(name)
		if err != nil {
			return err
		}
		s.remember(fmt.Sprintf("readings from the future, up to %s, were moved to %s", day(m.MaxTime), to))
	}
	return nil
}

// setFutureHeadAside does the same for the newest hours, and closes the
// database.
func (s *Store) setFutureHeadAside(db *tsdb.DB, limit int64) error {
	head := db.Head()
	newest := head.MaxTime()
	// Samples that came late are in blocks after this.
	lateErr := db.CompactOOOHead(context.Background())
	_, _, err := s.copyOut(tsdb.NewRangeHead(head, math.MinInt64, limit), limit)
	if err = errors.Join(lateErr, err, db.Close()); err != nil {
		return err
	}
	to, err := s.setAllAside(walName, wlog.WblDirName, headChunksName)
	if err != nil {
		return err
	}
	s.remember(fmt.Sprintf("readings from the future, up to %s, were moved to %s", day(newest), places(to)))
	return nil
}

func day(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.DateOnly) }
