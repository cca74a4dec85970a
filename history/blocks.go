package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/tsdb/fileutil"
	"github.com/prometheus/prometheus/tsdb/index"
)

const (
	// blockSpan is how much one block holds, in ms: the longest that the
	// library's own merging leads to below 31 days.
	blockSpan = 486 * 60 * 60 * 1000

	blocksName    = "blocks.tmp" // where blocks are made
	segmentBytes  = 16 << 20     // of a block's chunks; allocated whole, beforehand
	commitSamples = 5000
	maxHeld       = 8_000_000 // samples in memory, about 16 MB
)

// A blockWriter makes blocks out of samples of any age, beside those that a
// database has. Nothing of it is seen before publish. The samples of one
// series must come in order of time.
type blockWriter struct {
	dir    string // of the database
	logger *slog.Logger
	parts  map[int64]*part // by start
	done   []string        // blocks that are written, and wait for the others

	samples uint64 // taken in
	held    int    // of those, in parts
	// last is the time of each series' last sample, by hash of its labels.
	last map[uint64]int64
}

// part is a block that is being made.
type part struct {
	head    *tsdb.Head
	app     storage.Appender
	pending int // in app
}

func newBlockWriter(dir string, logger *slog.Logger) (*blockWriter, error) {
	w := &blockWriter{dir: dir, logger: logger, parts: map[int64]*part{}, last: map[uint64]int64{}}
	if err := os.RemoveAll(w.tmp()); err != nil {
		return nil, err
	}
	return w, os.MkdirAll(filepath.Join(w.tmp(), "done"), 0o750)
}

func (w *blockWriter) tmp() string { return filepath.Join(w.dir, blocksName) }

// add takes in a sample. One that comes after a later one of its series is an
// error, and left out.
func (w *blockWriter) add(l labels.Labels, at int64, celsius float64) error {
	// The library would take it here, and leave it out in silence later.
	hash := l.Hash()
	if last, ok := w.last[hash]; ok && at <= last {
		return storage.ErrOutOfOrderSample
	}
	if w.held >= maxHeld {
		if err := w.flush(context.Background()); err != nil {
			return err
		}
	}
	start := floorDiv(at, blockSpan) * blockSpan
	p := w.parts[start]
	if p == nil {
		var err error
		if p, err = w.newPart(start); err != nil {
			return err
		}
		w.parts[start] = p
	}
	if _, err := p.app.Append(0, l, at, celsius); err != nil {
		return err
	}
	w.last[hash] = at
	w.samples++
	w.held++
	if p.pending++; p.pending == commitSamples {
		return p.commit(context.Background())
	}
	return nil
}

func (w *blockWriter) newPart(start int64) (*part, error) {
	o := tsdb.DefaultHeadOptions()
	o.ChunkRange = 2 * blockSpan // it takes no more than half of it
	o.ChunkDirRoot = filepath.Join(w.tmp(), fmt.Sprint(start))
	o.ChunkWriteBufferSize = chunks.MinWriteBufferSize
	o.StripeSize = 64
	head, err := tsdb.NewHead(nil, w.logger, nil, nil, o, nil)
	if err != nil {
		return nil, err
	}
	if err := head.Init(math.MinInt64); err != nil {
		return nil, errors.Join(err, head.Close())
	}
	return &part{head: head, app: head.Appender(context.Background())}, nil
}

func (p *part) commit(ctx context.Context) error {
	p.pending = 0
	if err := p.app.Commit(); err != nil {
		return err
	}
	p.app = p.head.Appender(ctx)
	return nil
}

// publish writes the blocks, and moves them to the database when all of them
// are whole. The database must not be open.
func (w *blockWriter) publish(ctx context.Context) error {
	if err := w.flush(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, name := range w.done {
		if err := fileutil.Rename(filepath.Join(w.tmp(), "done", name), filepath.Join(w.dir, name)); err != nil {
			return err
		}
	}
	w.done = nil
	return nil
}

// flush writes what is held in memory to blocks.
func (w *blockWriter) flush(ctx context.Context) error {
	c, err := tsdb.NewLeveledCompactorWithOptions(ctx, nil, w.logger, []int64{blockSpan}, chunkenc.NewPool(),
		tsdb.LeveledCompactorOptions{MaxBlockChunkSegmentSize: segmentBytes, EnableOverlappingCompaction: true})
	if err != nil {
		return err
	}
	// The library must not take the end of such a block for the moment up to
	// which its own log is stored elsewhere.
	base := &tsdb.BlockMeta{}
	base.Compaction.SetOutOfOrder()
	for _, p := range w.parts {
		if err := p.commit(ctx); err != nil {
			return err
		}
		if p.head.NumSeries() == 0 {
			continue
		}
		ids, err := c.Write(filepath.Join(w.tmp(), "done"), p.head, p.head.MinTime(), p.head.MaxTime()+1, base)
		if err != nil {
			return err
		}
		for _, id := range ids {
			w.done = append(w.done, id.String())
		}
	}
	return w.drop()
}

// drop forgets what is held in memory.
func (w *blockWriter) drop() error {
	var errs []error
	for _, p := range w.parts {
		errs = append(errs, p.app.Rollback(), guarded(p.head.Close))
	}
	clear(w.parts)
	w.held = 0
	return errors.Join(errs...)
}

// close removes what is left of the making. It may be called more than once.
func (w *blockWriter) close() error {
	return errors.Join(w.drop(), os.RemoveAll(w.tmp()))
}

// chunkSource is a block or a head.
type chunkSource interface {
	Index() (tsdb.IndexReader, error)
	Chunks() (tsdb.ChunkReader, error)
}

// copyFrom takes in what can be read of a block or head, up to a time, and
// counts the chunks that cannot.
func (w *blockWriter) copyFrom(ctx context.Context, r chunkSource, until int64) (damaged int, err error) {
	ir, err := r.Index()
	if err != nil {
		return 0, err
	}
	defer ir.Close()
	cr, err := r.Chunks()
	if err != nil {
		return 0, err
	}
	defer cr.Close()
	name, value := index.AllPostingsKey()
	all, err := ir.Postings(ctx, name, value)
	if err != nil {
		return 0, err
	}
	var (
		builder labels.ScratchBuilder
		metas   []chunks.Meta
		it      chunkenc.Iterator
	)
	for all.Next() {
		if ctx.Err() != nil {
			return damaged, ctx.Err()
		}
		if err := ir.Series(all.At(), &builder, &metas); err != nil {
			damaged++
			continue
		}
		l := builder.Labels()
		for _, m := range metas {
			chunk, _, err := cr.ChunkOrIterable(m)
			if err != nil || chunk == nil {
				damaged++
				continue
			}
			it = chunk.Iterator(it)
			for it.Next() == chunkenc.ValFloat {
				at, celsius := it.At()
				if at > until {
					break
				}
				if err := w.add(l, at, celsius); err != nil && !isRefused(err) {
					return damaged, err
				}
			}
			if it.Err() != nil {
				damaged++
			}
		}
	}
	return damaged, all.Err()
}

// isRefused reports whether an error concerns one sample only.
func isRefused(err error) bool {
	return slices.ContainsFunc([]error{
		storage.ErrOutOfOrderSample, storage.ErrDuplicateSampleForTimestamp, storage.ErrOutOfBounds, storage.ErrTooOldSample,
	}, func(e error) bool { return errors.Is(err, e) })
}
