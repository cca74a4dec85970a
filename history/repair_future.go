package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"time"

	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/wlog"
)

// futureBlockLimit returns the latest end that a block may have if its samples
// may be as late as limit. One of samples that came late says that it ends with
// its two hours.
func futureBlockLimit(limit int64) int64 { return limit + outOfOrderWindow.Milliseconds() }

// hasFutureBlock reports whether any block is later than the clock.
func (s *Store) hasFutureBlock() bool {
	limit := futureBlockLimit(s.now().Add(futureTolerance).UnixMilli())
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

// quarantineFutureBlocks moves blocks with samples later than limit out of the
// database, and keeps their earlier samples.
func (s *Store) quarantineFutureBlocks(limit int64) error {
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
		if m.MaxTime <= futureBlockLimit(limit) {
			continue
		}
		if m.MinTime <= limit {
			s.salvage(block, limit)
		}
		to, err := s.quarantine(name)
		if err != nil {
			return err
		}
		s.addNote(fmt.Sprintf("readings from the future, up to %s, were moved to %s", formatDay(m.MaxTime), to))
	}
	return nil
}

// quarantineFutureHead does the same for the newest hours, which are in no block
// yet, and closes the database.
func (s *Store) quarantineFutureHead(db *tsdb.DB, limit int64) error {
	head := db.Head()
	newest := head.MaxTime()
	// Samples that came late are in blocks after this.
	lateErr := db.CompactOOOHead(context.Background())
	_, _, err := s.copyToBlocks(tsdb.NewRangeHead(head, math.MinInt64, limit), limit)
	if err = errors.Join(lateErr, err, db.Close()); err != nil {
		return err
	}
	to, err := s.quarantineAll(walName, wlog.WblDirName, headChunksName)
	if err != nil {
		return err
	}
	s.addNote(fmt.Sprintf("readings from the future, up to %s, were moved to %s", formatDay(newest), joinPaths(to)))
	return nil
}

func formatDay(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.DateOnly) }
