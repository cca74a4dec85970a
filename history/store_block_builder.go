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

// A blockBuilder makes one block, in memory and in a directory of its own. The
// library has a writer of blocks too, which allocates half a gigabyte
// beforehand.
type blockBuilder struct {
	head   *tsdb.Head
	width  int64 // ms from the first sample to the last, at most
	logger *slog.Logger
}

// newBlockBuilder begins a block for samples that are no further apart than
// width, in ms. Those of one series must come in order of time. It uses dir
// until it is closed; the caller removes dir.
func newBlockBuilder(dir string, width int64, logger *slog.Logger) (*blockBuilder, error) {
	o := tsdb.DefaultHeadOptions()
	o.ChunkRange = 2 * width // a head takes samples no older than half of it
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
	return &blockBuilder{head: head, width: width, logger: logger}, nil
}

// append takes in points, and sorts them in place.
func (b *blockBuilder) append(ctx context.Context, points []point) error {
	slices.SortFunc(points, comparePoints)
	app := b.head.Appender(ctx)
	for _, p := range points {
		if _, err := app.Append(0, p.series.labels, p.at, p.celsius); err != nil {
			return errors.Join(err, app.Rollback())
		}
	}
	return app.Commit()
}

// write makes a block in dir of all points taken in, or none if there are none.
func (b *blockBuilder) write(ctx context.Context, dir string) ([]ulid.ULID, error) {
	if b.head.NumSeries() == 0 {
		return nil, nil
	}
	c, err := tsdb.NewLeveledCompactorWithOptions(ctx, nil, b.logger, []int64{b.width}, chunkenc.NewPool(),
		tsdb.LeveledCompactorOptions{MaxBlockChunkSegmentSize: segmentBytes, EnableOverlappingCompaction: true})
	if err != nil {
		return nil, err
	}
	// The library must not take the end of such a block for the moment up to
	// which its own log is stored elsewhere: it would drop what is older.
	base := &tsdb.BlockMeta{}
	base.Compaction.SetOutOfOrder()
	return c.Write(dir, b.head, b.head.MinTime(), b.head.MaxTime()+1, base) // the end is not within
}

func (b *blockBuilder) close() error { return catchWritePanic(b.head.Close) }
