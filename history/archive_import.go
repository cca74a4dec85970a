package history

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/prometheus/prometheus/tsdb"
)

// Imported counts what became of the lines of a file.
type Imported struct {
	Samples        uint64 // taken in
	Oldest, Newest time.Time
	Refused        uint64 // out of order, in the future, or not a temperature
	Others         uint64 // of other metrics
}

// openExclusive opens a history for a command that changes it. It deletes
// nothing: the service may have been told to keep more.
func openExclusive(cfg Config) (*Store, error) {
	cfg.Retention, cfg.MaxBytes = forever, math.MaxInt64
	return Open(cfg)
}

// flushHead moves the newest hours into blocks, so that blocks of any time can
// be put beside them.
func flushHead(ctx context.Context, db *tsdb.DB) error {
	if err := db.CompactOOOHead(ctx); err != nil {
		return err
	}
	head := db.Head()
	if head.NumSeries() == 0 || head.MinTime() > head.MaxTime() {
		return nil
	}
	return db.CompactHead(tsdb.NewRangeHead(head, head.MinTime(), head.MaxTime()))
}

// Import takes in what Export wrote as OpenMetrics, whatever its age. No other
// program may have the history open. All of it is taken in or, if there is an
// error or ctx ends, nothing.
func Import(ctx context.Context, cfg Config, from io.Reader) (done Imported, err error) {
	s, err := openExclusive(cfg)
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, s.Close(), chownToDirOwner(cfg.Dir)) }()
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	if err := flushHead(ctx, s.db); err != nil {
		return done, fmt.Errorf("making room for what is imported: %w", oneLine(err))
	}
	if err := s.closeDB(); err != nil {
		return done, fmt.Errorf("closing the history in %s: %w", s.dir, oneLine(err))
	}
	w, err := newBlockWriter(s.dir, s.libraryLogger())
	if err != nil {
		return done, &DirError{Dir: s.dir, Err: err}
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if done, err = w.readOpenMetrics(ctx, from, s.now()); err != nil {
		return Imported{}, err
	}
	if err := w.publish(ctx); err != nil {
		return Imported{}, fmt.Errorf("writing what is imported: %w", oneLine(err))
	}
	if err := errors.Join(w.close(), s.openDB()); err != nil {
		return done, err
	}
	return done, s.compactNow(ctx)
}

// compactNow merges the blocks that a command has put beside others.
func (s *Store) compactNow(ctx context.Context) error {
	if err := s.db.Compact(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("merging the new blocks with the old: %w", oneLine(err))
	}
	return nil
}

// readOpenMetrics takes in a file line by line. Samples later than now are
// refused.
func (w *blockWriter) readOpenMetrics(ctx context.Context, from io.Reader, now time.Time) (done Imported, err error) {
	const longest = 1 << 16
	lines := bufio.NewScanner(from)
	lines.Buffer(make([]byte, longest), longest)
	names := map[string]*series{} // so that equal labels are kept once
	for n := 1; lines.Scan(); n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return done, ctx.Err()
		}
		p, err := parseLine(lines.Text())
		if errors.Is(err, errOtherMetric) {
			done.Others++
			continue
		}
		if err != nil {
			return done, fmt.Errorf("line %d: %w", n, err)
		}
		if p.series == nil {
			continue
		}
		at := time.UnixMilli(p.at)
		if math.IsNaN(p.celsius) || math.IsInf(p.celsius, 0) || at.After(now) {
			done.Refused++
			continue
		}
		key := p.series.labels.String()
		if names[key] == nil {
			names[key] = p.series
		}
		err = w.add(names[key].labels, p.at, p.celsius)
		if err != nil && !isSampleError(err) {
			return done, fmt.Errorf("line %d: %w", n, oneLine(err))
		}
		if err != nil {
			done.Refused++
			continue
		}
		if done.Samples++; done.Samples == 1 {
			done.Oldest = at
		}
		done.Oldest, done.Newest = earlier(done.Oldest, at), later(done.Newest, at)
	}
	if lines.Err() != nil {
		return done, fmt.Errorf("reading: %w", lines.Err())
	}
	return done, nil
}
