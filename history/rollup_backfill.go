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

// makeUp records the hours that the database takes no samples of any more, as a
// block beside each block that has such hours. The database finds it when it is
// opened anew, and merges the two when it compacts. Beside and not across: a block
// that overlaps two others would have all three merged, and so on to the end.
func (s *Store) makeUp(ctx context.Context) error {
	todo, err := s.toMakeUp()
	if err != nil {
		return err
	}
	defer s.findBlocks()
	if len(todo) > 0 {
		defer freeMemory()
	}
	for i, of := range todo {
		id, err := s.writeHours(ctx, of)
		if err != nil {
			return fmt.Errorf("recording the hours of the past: %w", oneLine(err))
		}
		if id == (ulid.ULID{}) { // no readings
			s.hours.add(of...)
			continue
		}
		if s.hours.written == nil {
			s.hours.written = map[ulid.ULID]spans{}
		}
		s.hours.written[id] = of
		if len(todo) > 1 {
			s.logger.Info("recording the hours of the past", "done", i+1, "of", len(todo), "back_to", time.UnixMilli(of[0].From))
		}
	}
	return nil
}

// findBlocks has the database opened anew if there are blocks that it does not
// know: it looks for them only then.
func (s *Store) findBlocks() {
	if len(s.hours.written) == 0 {
		return
	}
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	s.dbState.stale = true
}

// toMakeUp lists the hours that are to be recorded beside each block, newest
// first.
func (s *Store) toMakeUp() ([]spans, error) {
	recent, err := s.recent()
	if err != nil {
		return nil, err
	}
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return nil, errClosed
	}
	known := s.hours.recorded()
	for _, list := range append(s.hours.queuedAndWritten(), spans{recent}) {
		for _, of := range list {
			known = known.with(of)
		}
	}
	blocks := s.db.BlockMetas()
	slices.SortFunc(blocks, func(a, b tsdb.BlockMeta) int { return cmp.Compare(b.MinTime, a.MinTime) })
	head := s.db.Head().MinTime() // the earliest that is in no block
	var todo []spans
	for _, b := range blocks {
		// An hour's figures are a sample at its end. Where that is not in the
		// block it may belong to the next.
		first, last := floorDiv(b.MinTime-1, hour)*hour, floorDiv(b.MaxTime-1, hour)*hour
		if end := floorDiv(b.MaxTime+hour-1, hour) * hour; !inBlock(blocks, end) {
			last = end
		}
		last = min(last, recent.To, floorDiv(head-1, hour)*hour)
		if list := known.without(span{first, last}); len(list) > 0 {
			todo = append(todo, list)
			known = known.with(span{first, last})
		}
	}
	return todo, nil
}

func inBlock(blocks []tsdb.BlockMeta, t int64) bool {
	return slices.ContainsFunc(blocks, func(b tsdb.BlockMeta) bool { return b.MinTime <= t && t < b.MaxTime })
}

// writeHours writes a block of hourly figures. The result is zero if there are
// no readings in all these hours.
func (s *Store) writeHours(ctx context.Context, of spans) (id ulid.ULID, err error) {
	// Beside the other files: there is room where they are.
	dir, err := os.MkdirTemp(s.dir, halfBlock)
	if err != nil {
		return id, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w, err := newDraft(dir, of[len(of)-1].To+hour-of[0].From, s.libraryLogger())
	if err != nil {
		return id, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	const atATime = 24 * hour // bounds the memory
	for _, part := range of {
		for from := part.From; from < part.To; from += atATime {
			day := span{from, min(part.To, from+atATime)}
			all, err := s.figures(ctx, "", day)
			if err != nil {
				return id, err
			}
			var points []point
			for _, h := range all {
				points = append(points, h.points(day.From)...)
			}
			if err := w.append(ctx, points); err != nil {
				return id, err
			}
		}
	}
	ids, err := w.write(ctx, s.dir)
	if err != nil || len(ids) == 0 {
		return id, err
	}
	return ids[0], nil
}

// halfBlock is what a directory is called in which a block is prepared.
const halfBlock = "hours-*.tmp"

// removeHalfBlocks takes away what a run left that was cut short.
func (s *Store) removeHalfBlocks() {
	dirs, _ := filepath.Glob(filepath.Join(s.dir, halfBlock)) // a pattern without fault
	for _, dir := range dirs {
		if err := os.RemoveAll(dir); err != nil {
			s.logger.Warn("clearing up after an earlier run", "err", err)
		}
	}
}
