package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"

	"github.com/prometheus/prometheus/tsdb"
)

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

// Import takes in what Export wrote, of any age, what promtool dumps, and the text
// format of Prometheus with times in seconds or milliseconds; each of them also
// compressed with gzip. No other program may have the history open. All of it is
// taken in or, if there is an error or ctx ends, nothing.
//
// It returns a [*FileError] if there is nothing to take in, and a [*LineError] for
// a line that cannot be understood.
func Import(ctx context.Context, cfg Config, from io.Reader) (done Imported, err error) {
	source, err := openSource(from)
	if err != nil {
		return done, err
	}
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
	im := newImporter(w, s.now())
	if err := im.read(ctx, source); err != nil {
		return Imported{}, err
	}
	if err := w.publish(ctx); err != nil {
		return Imported{}, fmt.Errorf("writing what is imported: %w", oneLine(err))
	}
	if err := errors.Join(w.close(), s.openDB()); err != nil {
		return im.done, err
	}
	return im.done, errors.Join(s.compactNow(ctx), s.addNames(im.sent))
}

// addNames writes down the names that sensors send, where none was known.
func (s *Store) addNames(sent sentNames) error {
	if len(sent) == 0 {
		return nil
	}
	roster := s.LoadRoster()
	known := sentNames(roster.Names)
	for _, sensor := range slices.Sorted(maps.Keys(sent)) {
		if known[sensor] == "" {
			known.learn(sensor, sent[sensor])
		}
	}
	return s.SaveRoster(roster)
}

// compactNow merges the blocks that a command has put beside others.
func (s *Store) compactNow(ctx context.Context) error {
	if err := s.db.Compact(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("merging the new blocks with the old: %w", oneLine(err))
	}
	return nil
}
