package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/prometheus/prometheus/tsdb/fileutil"
	"github.com/prometheus/prometheus/tsdb/record"
	"github.com/prometheus/prometheus/tsdb/wlog"
	"github.com/prometheus/prometheus/util/compression"
)

const (
	// maxTornBytes is how much of a log may be unreadable at its end without being
	// called damaged: half a record is what a power cut leaves.
	maxTornBytes = 4 << 10

	logTmpName = "log.tmp" // where a segment is written anew
)

// A damagedSegment is a file of a write-ahead log that cannot be read to its end.
type damagedSegment struct {
	path string
	err  error
}

// checkWAL returns the first damage in a write-ahead log, apart from half a
// record at its end. A log that is missing is not damaged.
func checkWAL(dir string) error {
	if !exists(dir) {
		return nil
	}
	if _, _, err := wlog.Segments(dir); err != nil {
		return err
	}
	damaged, err := damagedSegments(dir)
	if err != nil || len(damaged) == 0 {
		return err
	}
	return damaged[0].err
}

// damagedSegments finds the damaged files of a log and of its checkpoint.
func damagedSegments(dir string) ([]damagedSegment, error) {
	var damaged []damagedSegment
	checkpoint, _, err := wlog.LastCheckpoint(dir)
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return nil, err
	}
	if err == nil {
		if damaged, err = damagedIn(checkpoint, -1, nil); err != nil {
			return nil, err
		}
	}
	return damagedIn(dir, lastNonEmptySegment(dir), damaged)
}

// damagedIn adds the damaged files of one directory. That of the number torn may
// end in half a record.
func damagedIn(dir string, torn int, damaged []damagedSegment) ([]damagedSegment, error) {
	first, last, err := wlog.Segments(dir)
	if err != nil {
		return nil, err
	}
	first = max(first, 0)
	found := make([]error, last-first+1)
	sideBySide(len(found), func(i int) {
		path := wlog.SegmentName(dir, first+i)
		err := readSegment(path, func([]byte) error { return nil })
		if first+i != torn || !isTorn(err, path) {
			found[i] = err
		}
	})
	for i, err := range found {
		if err != nil {
			damaged = append(damaged, damagedSegment{wlog.SegmentName(dir, first+i), err})
		}
	}
	return damaged, nil
}

// isTorn reports whether only the end of a file is damaged.
func isTorn(damage error, path string) bool {
	c, ok := errors.AsType[*wlog.CorruptionErr](damage)
	if !ok {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.Size()-c.Offset < maxTornBytes
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

// repairLogs keeps a copy of each damaged log in quarantine, and of each damaged
// file of it what can be read. The library, if it were left to, would delete all
// that comes after the damage.
func (s *Store) repairLogs() error {
	for _, name := range []string{walName, wlog.WblDirName} {
		if err := s.restoreLayout(name); err != nil {
			return err
		}
		dir := filepath.Join(s.dir, name)
		damaged, err := damagedSegments(dir)
		if errors.Is(err, fs.ErrNotExist) || err == nil && len(damaged) == 0 {
			continue
		}
		if err != nil {
			return err
		}
		if isEnvironmentError(damaged[0].err) {
			return damaged[0].err
		}
		if err := s.makeQuarantine(); err != nil {
			return err
		}
		to := s.quarantinePath(name)
		if err := linkTree(dir, to); err != nil {
			return err
		}
		for _, one := range damaged {
			if err := s.rewriteSegment(one.path); err != nil {
				return err
			}
		}
		s.addNote(fmt.Sprintf("the log of the last hours was damaged (%v); all of it is kept in %s", oneLine(damaged[0].err), to))
	}
	return nil
}

// rewriteSegment replaces a damaged file of a log by one with the records that
// can be read, up to the damage.
func (s *Store) rewriteSegment(path string) (err error) {
	tmp := filepath.Join(s.dir, logTmpName)
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	const roomy = 1 << 30 // so that it stays one file
	w, err := wlog.NewSize(s.libraryLogger(), nil, tmp, roomy, compression.Snappy)
	if err != nil {
		return err
	}
	var writeErr error
	_ = readSegment(path, func(rec []byte) error { // its error is the damage
		writeErr = w.Log(rec)
		return writeErr
	})
	if err := errors.Join(writeErr, w.Close()); err != nil {
		return err
	}
	return fileutil.Rename(wlog.SegmentName(tmp, 0), path)
}

// restoreLayout puts right in a log what keeps the library from opening it or
// from reading on: what stands in the place of a file or directory and is none,
// and gaps in the numbers of its files.
func (s *Store) restoreLayout(name string) error {
	dir := filepath.Join(s.dir, name)
	if err := s.clearWayForDir(name); err != nil || !exists(dir) {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	have := map[int]bool{}
	last := -1
	for _, e := range entries {
		path := filepath.Join(name, e.Name())
		if _, isCheckpoint := checkpointNumber(e.Name()); isCheckpoint {
			if err := s.restoreCheckpoint(path); err != nil {
				return err
			}
			continue
		}
		n, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if err := s.clearWay(path); err != nil {
			return err
		}
		have[n] = true
		last = max(last, n)
	}
	next, err := s.firstSegment(name, have)
	if err != nil {
		return err
	}
	missing := 0
	for n := next; n <= last; n++ {
		path := wlog.SegmentName(dir, n)
		if exists(path) {
			continue
		}
		missing++
		if err := writeSynced(path, nil); err != nil {
			return err
		}
	}
	if missing > 0 {
		s.addNote(fmt.Sprintf("%d files of the log of the last hours were missing; the others are kept", missing))
	}
	return nil
}

// restoreCheckpoint does the same for a checkpoint.
func (s *Store) restoreCheckpoint(name string) error {
	if err := s.clearWayForDir(name); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := s.clearWay(filepath.Join(name, e.Name())); err != nil {
			return err
		}
	}
	for n := range len(entries) {
		if path := wlog.SegmentName(filepath.Join(s.dir, name), n); !exists(path) {
			if err := writeSynced(path, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// firstSegment returns the number of the first file that the library will read.
// It reads from the first one there can be unless a checkpoint says that earlier
// ones are done with: where that is lost, an empty one is put in its place.
func (s *Store) firstSegment(name string, have map[int]bool) (int, error) {
	dir := filepath.Join(s.dir, name)
	_, n, err := wlog.LastCheckpoint(dir)
	if err == nil {
		return n + 1, nil
	}
	if !errors.Is(err, record.ErrNotFound) {
		return 0, err
	}
	first := -1
	for n := range have {
		if first < 0 || n < first {
			first = n
		}
	}
	if first <= 0 || name != walName { // the other log has no checkpoints
		return max(first, 0), nil
	}
	empty := filepath.Join(dir, fmt.Sprintf("%s%08d", checkpointPrefix, first-1))
	if err := os.Mkdir(empty, 0o750); err != nil {
		return 0, err
	}
	return first, writeSynced(wlog.SegmentName(empty, 0), nil)
}

const checkpointPrefix = "checkpoint."

// checkpointNumber returns up to which file of the log a checkpoint stands for
// it.
func checkpointNumber(name string) (n int, ok bool) {
	if len(name) <= len(checkpointPrefix) || name[:len(checkpointPrefix)] != checkpointPrefix {
		return 0, false
	}
	n, err := strconv.Atoi(name[len(checkpointPrefix):])
	return n, err == nil
}

// linkTree makes a hard link in to for each file in from, or a copy where there
// are no hard links.
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
		if os.Link(path, filepath.Join(to, rel)) == nil {
			return nil
		}
		text, err := os.ReadFile(path) // a segment has 2 MB
		if err != nil {
			return err
		}
		return writeSynced(filepath.Join(to, rel), text)
	})
}
