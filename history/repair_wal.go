package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb/record"
	"github.com/prometheus/prometheus/tsdb/wlog"
)

// maxTornBytes is how much of a log may be unreadable at its end without being
// called damaged: half a record is what a power cut leaves.
const maxTornBytes = 4 << 10

// checkWAL returns the first damage in a write-ahead log, apart from half a
// record at its end. A log that is missing is not damaged.
func checkWAL(dir string) error {
	var ranges []wlog.SegmentRange
	first := -1
	checkpoint, n, err := wlog.LastCheckpoint(dir)
	switch {
	case err == nil:
		ranges = append(ranges, wlog.SegmentRange{Dir: checkpoint, First: -1, Last: -1})
		first = n + 1
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case !errors.Is(err, record.ErrNotFound):
		return err
	}
	_, last, err := wlog.Segments(dir)
	if err != nil {
		return err
	}
	if last >= first {
		ranges = append(ranges, wlog.SegmentRange{Dir: dir, First: first, Last: -1})
	}
	segments, err := wlog.NewSegmentsRangeReader(ranges...)
	if err != nil {
		return err
	}
	defer segments.Close()
	r := wlog.NewReader(segments)
	for r.Next() {
		continue
	}
	c, ok := errors.AsType[*wlog.CorruptionErr](r.Err())
	if !ok || c.Dir != dir || c.Segment != lastNonEmptySegment(dir) {
		return r.Err()
	}
	info, err := os.Stat(wlog.SegmentName(dir, c.Segment))
	if err == nil && info.Size()-c.Offset < maxTornBytes {
		return nil
	}
	return r.Err()
}

// lastNonEmptySegment returns the number of the newest segment of a log that is
// not empty, or -1 if the log cannot be read.
func lastNonEmptySegment(dir string) int {
	first, last, err := wlog.Segments(dir)
	if err != nil {
		return -1
	}
	for ; last > first; last-- {
		if info, err := os.Stat(wlog.SegmentName(dir, last)); err == nil && info.Size() > 0 {
			break
		}
	}
	return last
}

// keepDamagedLogs links each file of a damaged log into quarantine, since the
// library repairs it by deleting what comes after the damage.
func (s *Store) keepDamagedLogs() {
	for _, name := range []string{walName, wlog.WblDirName} {
		dir := filepath.Join(s.dir, name)
		damage := checkWAL(dir)
		if damage == nil || isEnvironmentError(damage) {
			continue
		}
		to := s.quarantinePath(name)
		if err := linkTree(dir, to); err != nil {
			s.logger.Warn("keeping a copy of the damaged log", "err", err)
		}
		if checkpoint, _, err := wlog.LastCheckpoint(dir); err == nil && isInDir(damage, checkpoint) {
			// For damage there the library would delete the rest of the log.
			if _, err := s.quarantine(filepath.Join(name, filepath.Base(checkpoint))); err != nil {
				s.logger.Warn("moving the damaged start of the log", "err", err)
			}
		}
		s.addNote(fmt.Sprintf("the log of the last hours was damaged (%v); all of it is kept in %s", oneLine(damage), to))
	}
}

// isInDir reports whether damage is in a directory.
func isInDir(damage error, dir string) bool {
	c, ok := errors.AsType[*wlog.CorruptionErr](damage)
	return ok && c.Dir == dir
}

// linkTree makes a hard link in to for each file in from.
func linkTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o750)
		}
		return os.Link(path, filepath.Join(to, rel))
	})
}
