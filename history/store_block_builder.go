package history

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// A draft is a block that is being made, in memory and in a directory of its
// own. The library has a writer of blocks too, which allocates half a gigabyte
// beforehand.
type draft struct {
	head   *tsdb.Head
	span   int64 // in ms
	logger *slog.Logger
}

// newDraft begins a block for samples that are no further apart than span, in
// milliseconds. Those of one series must come in order of time.
func newDraft(dir string, span int64, logger *slog.Logger) (*draft, error) {
	o := tsdb.DefaultHeadOptions()
	o.ChunkRange = 2 * span // a head takes samples no older than half of it
	o.ChunkDirRoot = dir
	o.ChunkWriteBufferSize = chunks.MinWriteBufferSize
	o.StripeSize = 64
	head, err := tsdb.NewHead(nil, logger, nil, nil, o, nil)
	if err != nil {
		return nil, err
	}
	if err := head.Init(math.MinInt64); err != nil {
		return nil, errors.Join(err, head.Close())
	}
	return &draft{head: head, span: span, logger: logger}, nil
}

// append takes samples of any order.
func (d *draft) append(ctx context.Context, points []point) error {
	slices.SortFunc(points, comparePoints)
	app := d.head.Appender(ctx)
	for _, p := range points {
		if _, err := app.Append(0, p.series.labels, p.at, p.celsius); err != nil {
			return errors.Join(err, app.Rollback())
		}
	}
	return app.Commit()
}

// write makes a block in dir of all that was taken; none if that is nothing.
func (d *draft) write(ctx context.Context, dir string) ([]ulid.ULID, error) {
	if d.head.NumSeries() == 0 {
		return nil, nil
	}
	c, err := tsdb.NewLeveledCompactorWithOptions(ctx, nil, d.logger, []int64{d.span}, chunkenc.NewPool(),
		tsdb.LeveledCompactorOptions{MaxBlockChunkSegmentSize: segmentBytes, EnableOverlappingCompaction: true})
	if err != nil {
		return nil, err
	}
	// The library must not take the end of such a block for the moment up to
	// which its own log is stored elsewhere: it would drop what is older.
	base := &tsdb.BlockMeta{}
	base.Compaction.SetOutOfOrder()
	return c.Write(dir, d.head, d.head.MinTime(), d.head.MaxTime()+1, base) // the end is not within
}

func (d *draft) close() error { return catchWritePanic(d.head.Close) }
