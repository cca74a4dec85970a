package history

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// An hoursWriter collects samples for a block. The library has one, which
// allocates half a gigabyte beforehand.
type hoursWriter struct {
	logger *slog.Logger
	dir    string // for the time being
	size   int64
	head   *tsdb.Head
}

// newHoursWriter collects beside the other files: there is room where they are.
func newHoursWriter(dir string, logger *slog.Logger, of span) (*hoursWriter, error) {
	dir, err := os.MkdirTemp(dir, halfBlock)
	if err != nil {
		return nil, err
	}
	w := &hoursWriter{logger: slog.New(quiet{logger.Handler()}), dir: dir, size: 2 * (of.To - of.From)}
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
func (w *hoursWriter) append(ctx context.Context, points []point) error {
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
func (w *hoursWriter) write(ctx context.Context, dir string) (ulid.ULID, error) {
	if w.head.NumSeries() == 0 {
		return ulid.ULID{}, nil
	}
	c, err := tsdb.NewLeveledCompactorWithOptions(ctx, nil, w.logger, []int64{w.size}, chunkenc.NewPool(), tsdb.LeveledCompactorOptions{
		MaxBlockChunkSegmentSize: segmentBytes,
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

func (w *hoursWriter) close() {
	if err := errors.Join(w.head.Close(), os.RemoveAll(w.dir)); err != nil {
		w.logger.Warn("clearing up after recording hours", "dir", filepath.Base(w.dir), "err", err)
	}
}
