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

// part is one of the blocks.
type part struct {
	*draft
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
	d, err := newDraft(filepath.Join(w.tmp(), fmt.Sprint(start)), blockSpan, w.logger)
	if err != nil {
		return nil, err
	}
	return &part{draft: d, app: d.head.Appender(context.Background())}, nil
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
	for _, p := range w.parts {
		if err := p.commit(ctx); err != nil {
			return err
		}
		ids, err := p.write(ctx, filepath.Join(w.tmp(), "done"))
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
		errs = append(errs, p.app.Rollback(), p.close())
	}
	clear(w.parts)
	w.held = 0
	return errors.Join(errs...)
}

// close removes what is left of the making. It may be called more than once.
func (w *blockWriter) close() error {
	return errors.Join(w.drop(), os.RemoveAll(w.tmp()))
}

// isRefused reports whether an error concerns one sample only.
func isRefused(err error) bool {
	return slices.ContainsFunc([]error{
		storage.ErrOutOfOrderSample, storage.ErrDuplicateSampleForTimestamp, storage.ErrOutOfBounds, storage.ErrTooOldSample,
	}, func(e error) bool { return errors.Is(err, e) })
}
