package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/fileutil"
)

const (
	// blockRange is how much time one block covers, in ms: the longest that the
	// library's own merging leads to below 31 days.
	blockRange = 486 * 60 * 60 * 1000

	blocksTmpName  = "blocks.tmp" // where blocks are made
	segmentBytes   = 16 << 20     // of a block's chunks; allocated whole, beforehand
	commitSamples  = 5000
	maxHeldSamples = 8_000_000 // samples in memory, about 16 MB
)

// A blockWriter makes as many blocks as it takes out of samples of any age,
// beside those that a database has. Nothing of it is seen before publish. The
// samples of one series and one layer must come in order of time; layers are put
// one over the other in the end.
type blockWriter struct {
	dir      string // of the database
	logger   *slog.Logger
	parts    map[partKey]*partialBlock
	finished []string // blocks that are written, and wait for the others

	samples     uint64            // taken in
	heldSamples int               // of those, in parts
	last        map[lastKey]int64 // when the last sample of each was
}

type partKey struct {
	layer int
	start int64 // Unix ms
}

type lastKey struct {
	layer int
	hash  uint64 // of the labels
}

// partialBlock is one of the blocks, not yet written.
type partialBlock struct {
	*blockBuilder
	app     storage.Appender
	pending int // in app
}

func newBlockWriter(dir string, logger *slog.Logger) (*blockWriter, error) {
	w := &blockWriter{dir: dir, logger: logger, parts: map[partKey]*partialBlock{}, last: map[lastKey]int64{}}
	if err := os.RemoveAll(w.tmpDir()); err != nil {
		return nil, err
	}
	return w, os.MkdirAll(filepath.Join(w.tmpDir(), "done"), 0o750)
}

func (w *blockWriter) tmpDir() string { return filepath.Join(w.dir, blocksTmpName) }

// add takes in a sample of the first layer.
func (w *blockWriter) add(l labels.Labels, at int64, celsius float64) error {
	return w.addTo(0, l, at, celsius)
}

// addTo takes in a sample. One that comes after a later one of its series and
// layer is left out, with storage.ErrOutOfOrderSample.
func (w *blockWriter) addTo(layer int, l labels.Labels, at int64, celsius float64) error {
	// The library would take it here, and silently leave it out later.
	series := lastKey{layer, l.Hash()}
	if last, ok := w.last[series]; ok && at <= last {
		return storage.ErrOutOfOrderSample
	}
	if w.heldSamples >= maxHeldSamples {
		if err := w.flush(context.Background()); err != nil {
			return err
		}
	}
	key := partKey{layer, floorDiv(at, blockRange) * blockRange}
	p := w.parts[key]
	if p == nil {
		var err error
		if p, err = w.newPartialBlock(key); err != nil {
			return err
		}
		w.parts[key] = p
	}
	if _, err := p.app.Append(0, l, at, celsius); err != nil {
		return err
	}
	w.last[series] = at
	w.samples++
	w.heldSamples++
	if p.pending++; p.pending == commitSamples {
		return p.commit(context.Background())
	}
	return nil
}

func (w *blockWriter) newPartialBlock(key partKey) (*partialBlock, error) {
	b, err := newBlockBuilder(filepath.Join(w.tmpDir(), fmt.Sprintf("%d,%d", key.layer, key.start)), blockRange, w.logger)
	if err != nil {
		return nil, err
	}
	return &partialBlock{blockBuilder: b, app: b.head.Appender(context.Background())}, nil
}

func (p *partialBlock) commit(ctx context.Context) error {
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
	for _, name := range w.finished {
		if err := fileutil.Rename(filepath.Join(w.tmpDir(), "done", name), filepath.Join(w.dir, name)); err != nil {
			return err
		}
	}
	w.finished = nil
	return nil
}

// flush writes what is held in memory to blocks.
func (w *blockWriter) flush(ctx context.Context) error {
	for _, p := range w.parts {
		if err := p.commit(ctx); err != nil {
			return err
		}
		ids, err := p.write(ctx, filepath.Join(w.tmpDir(), "done"))
		if err != nil {
			return err
		}
		for _, id := range ids {
			w.finished = append(w.finished, id.String())
		}
	}
	return w.discard()
}

// discard drops what is held in memory.
func (w *blockWriter) discard() error {
	var errs []error
	for _, p := range w.parts {
		errs = append(errs, p.app.Rollback(), p.close())
	}
	clear(w.parts)
	w.heldSamples = 0
	return errors.Join(errs...)
}

// close discards what is not published, and removes the temporary files. It may
// be called more than once.
func (w *blockWriter) close() error {
	return errors.Join(w.discard(), os.RemoveAll(w.tmpDir()))
}

// isSampleError reports whether an error concerns one sample only.
func isSampleError(err error) bool {
	return slices.ContainsFunc([]error{
		storage.ErrOutOfOrderSample, storage.ErrDuplicateSampleForTimestamp, storage.ErrOutOfBounds, storage.ErrTooOldSample,
	}, func(e error) bool { return errors.Is(err, e) })
}
