package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/tsdb"
)

// backfill stores the rollups of hours that the database takes no samples of any
// more, as a block beside each block that has such hours. The database finds it
// when it is opened anew, and merges the two when it compacts. Beside and not
// across: a block that overlaps two others would have all three merged, and so
// on to the end.
func (s *Store) backfill(ctx context.Context) error {
	todo, err := s.backfillPlan()
	if err != nil {
		return err
	}
	defer s.reopenForBlocks()
	if len(todo) > 0 {
		defer freeMemory()
	}
	for i, ranges := range todo {
		id, err := s.writeRollupBlock(ctx, ranges)
		if err != nil {
			return fmt.Errorf("recording the hours of the past: %w", oneLine(err))
		}
		if id == (ulid.ULID{}) { // no readings
			s.rollups.add(ranges...)
			continue
		}
		if s.rollups.writtenBlocks == nil {
			s.rollups.writtenBlocks = map[ulid.ULID]timeRanges{}
		}
		s.rollups.writtenBlocks[id] = ranges
		// At once: a program that ends within a minute, before the database has
		// found the block, must not write it again at each start.
		if err := s.saveRollupState(); err != nil {
			return err
		}
		if len(todo) > 1 {
			s.logger.Info("recording the hours of the past", "done", i+1, "of", len(todo), "back_to", time.UnixMilli(ranges[0].From))
		}
	}
	return nil
}

// reopenForBlocks has the database opened anew if there are blocks that it does
// not know: it looks for them only then.
func (s *Store) reopenForBlocks() {
	if len(s.rollups.writtenBlocks) == 0 {
		return
	}
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	s.dbState.stale = true
}

// backfillPlan lists the hours to roll up beside each block, newest first.
func (s *Store) backfillPlan() ([]timeRanges, error) {
	recent, err := s.recentHours()
	if err != nil {
		return nil, err
	}
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return nil, errClosed
	}
	known := s.rollups.recorded()
	for _, list := range append(s.rollups.pendingRanges(), timeRanges{recent}) {
		for _, r := range list {
			known = known.union(r)
		}
	}
	blocks := s.db.BlockMetas()
	slices.SortFunc(blocks, func(a, b tsdb.BlockMeta) int { return cmp.Compare(b.MinTime, a.MinTime) })
	head := s.db.Head().MinTime() // the earliest that is in no block
	var todo []timeRanges
	for _, b := range blocks {
		// The rollup of an hour is a sample at its end. Where that is not in the
		// block it may belong to the next.
		first, last := floorDiv(b.MinTime-1, hour)*hour, floorDiv(b.MaxTime-1, hour)*hour
		if end := floorDiv(b.MaxTime+hour-1, hour) * hour; !inAnyBlock(blocks, end) {
			last = end
		}
		last = min(last, recent.To, floorDiv(head-1, hour)*hour)
		if list := known.gaps(timeRange{first, last}); len(list) > 0 {
			todo = append(todo, list)
			known = known.union(timeRange{first, last})
		}
	}
	return todo, nil
}

func inAnyBlock(blocks []tsdb.BlockMeta, t int64) bool {
	return slices.ContainsFunc(blocks, func(b tsdb.BlockMeta) bool { return b.MinTime <= t && t < b.MaxTime })
}

// writeRollupBlock writes a block with the rollups of some hours. The result is
// zero if there are no readings in any of them.
func (s *Store) writeRollupBlock(ctx context.Context, ranges timeRanges) (id ulid.ULID, err error) {
	// Beside the other files: there is room where they are.
	dir, err := os.MkdirTemp(s.dir, rollupTmpPattern)
	if err != nil {
		return id, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b, err := newBlockBuilder(dir, ranges[len(ranges)-1].To+hour-ranges[0].From, s.libraryLogger())
	if err != nil {
		return id, err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	const atATime = 24 * hour // bounds the memory
	for _, part := range ranges {
		for from := part.From; from < part.To; from += atATime {
			day := timeRange{from, min(part.To, from+atATime)}
			all, err := s.aggregateHours(ctx, "", day)
			if err != nil {
				return id, err
			}
			var points []point
			for _, h := range all {
				points = append(points, h.points(day.From)...)
			}
			if err := b.append(ctx, points); err != nil {
				return id, err
			}
		}
	}
	ids, err := b.write(ctx, s.dir)
	if err != nil || len(ids) == 0 {
		return id, err
	}
	return ids[0], nil
}

// rollupTmpPattern matches the directories in which blocks are prepared.
const rollupTmpPattern = "hours-*.tmp"

// removeRollupTmp removes what a run left that was cut short.
func (s *Store) removeRollupTmp() {
	dirs, _ := filepath.Glob(filepath.Join(s.dir, rollupTmpPattern)) // its one error is a malformed pattern
	for _, dir := range dirs {
		if err := os.RemoveAll(dir); err != nil {
			s.logger.Warn("clearing up after an earlier run", "err", err)
		}
	}
}
