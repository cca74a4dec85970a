package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// makeUp records the hours that the database takes no samples of any more, as a
// block beside each block that has such hours. The database finds it within a
// minute, and merges the two when it compacts. Beside and not across: a block
// that overlaps two others would have all three merged, and so on to the end.
func (s *Store) makeUp(ctx context.Context) error {
	todo, err := s.toMakeUp()
	if err != nil {
		return err
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

// toMakeUp lists the hours that are to be recorded beside each block, newest
// first.
func (s *Store) toMakeUp() ([]spans, error) {
	recent, err := s.recent()
	if err != nil {
		return nil, err
	}
	s.opened.RLock()
	defer s.opened.RUnlock()
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

func (h *hours) queuedAndWritten() []spans {
	lists := []spans{h.queued}
	for _, list := range h.written {
		lists = append(lists, list)
	}
	return lists
}

func inBlock(blocks []tsdb.BlockMeta, t int64) bool {
	return slices.ContainsFunc(blocks, func(b tsdb.BlockMeta) bool { return b.MinTime <= t && t < b.MaxTime })
}

// writeHours writes a block of hourly figures. The result is zero if there are
// no readings in all these hours.
func (s *Store) writeHours(ctx context.Context, of spans) (ulid.ULID, error) {
	w, err := newBlockWriter(s.dir, s.logger, span{of[0].From, of[len(of)-1].To + hour})
	if err != nil {
		return ulid.ULID{}, err
	}
	defer w.close()
	const atATime = 24 * hour // bounds the memory
	for _, part := range of {
		for from := part.From; from < part.To; from += atATime {
			day := span{from, min(part.To, from+atATime)}
			all, err := s.figures(ctx, "", day)
			if err != nil {
				return ulid.ULID{}, err
			}
			var points []point
			for _, h := range all {
				points = append(points, h.points(day.From)...)
			}
			if err := w.append(ctx, points); err != nil {
				return ulid.ULID{}, err
			}
		}
	}
	return w.write(ctx, s.dir)
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

// A blockWriter collects samples for a block. The library has one, which
// allocates half a gigabyte beforehand.
type blockWriter struct {
	logger *slog.Logger
	dir    string // for the time being
	size   int64
	head   *tsdb.Head
}

// newBlockWriter collects beside the other files: there is room where they are.
func newBlockWriter(dir string, logger *slog.Logger, of span) (*blockWriter, error) {
	dir, err := os.MkdirTemp(dir, halfBlock)
	if err != nil {
		return nil, err
	}
	w := &blockWriter{logger: slog.New(quiet{logger.Handler()}), dir: dir, size: 2 * (of.To - of.From)}
	opts := tsdb.DefaultHeadOptions()
	opts.ChunkRange = w.size // half of it may come out of order
	opts.ChunkDirRoot = dir
	opts.StripeSize = 512
	w.head, err = tsdb.NewHead(nil, w.logger, nil, nil, opts, tsdb.NewHeadStats())
	if err == nil {
		err = w.head.Init(of.From)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return w, nil
}

// append takes samples, each series in order of time.
func (w *blockWriter) append(ctx context.Context, points []point) error {
	slices.SortFunc(points, comparePoints)
	app := w.head.Appender(ctx)
	for _, p := range points {
		if _, err := app.Append(0, p.series.labels, p.at, p.celsius); err != nil {
			return errors.Join(err, app.Rollback())
		}
	}
	return app.Commit()
}

// write makes a block of all that was taken. The result is zero if that is
// nothing.
func (w *blockWriter) write(ctx context.Context, dir string) (ulid.ULID, error) {
	if w.head.NumSeries() == 0 {
		return ulid.ULID{}, nil
	}
	c, err := tsdb.NewLeveledCompactorWithOptions(ctx, nil, w.logger, []int64{w.size}, chunkenc.NewPool(), tsdb.LeveledCompactorOptions{
		MaxBlockChunkSegmentSize: chunkSegmentSize,
	})
	if err != nil {
		return ulid.ULID{}, err
	}
	// A block in order would have the database drop all from its write-ahead
	// log that is older.
	meta := &tsdb.BlockMeta{}
	meta.Compaction.SetOutOfOrder()
	ids, err := c.Write(dir, w.head, w.head.MinTime(), w.head.MaxTime()+1, meta) // the end is not within
	if err != nil || len(ids) == 0 {
		return ulid.ULID{}, err
	}
	return ids[0], nil
}

func (w *blockWriter) close() {
	if err := errors.Join(w.head.Close(), os.RemoveAll(w.dir)); err != nil {
		w.logger.Warn("clearing up after recording hours", "dir", filepath.Base(w.dir), "err", err)
	}
}
