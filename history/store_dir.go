package history

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/prometheus/prometheus/tsdb/fileutil"
)

const (
	lockName    = "lock" // as Prometheus calls its own
	versionName = "picotop-version"
	version     = 1 // of what is in the directory
)

// lockDir makes sure that the directory exists, is ours and can be written, and
// takes its lock. writeMu is held.
//
// The lock comes before the library looks at the directory, for that would
// delete half-written blocks even if it then found the lock taken: those of
// the compaction that the other process is at.
func (s *Store) lockDir() (fileutil.Releaser, error) {
	if err := os.MkdirAll(s.dir, 0o750); err != nil {
		return nil, &DirError{Dir: s.dir, Err: err}
	}
	found, err := checkVersion(s.dir)
	if err != nil {
		return nil, &DirError{Dir: s.dir, Err: err}
	}
	if err := s.clearWay(lockName); err != nil {
		return nil, &DirError{Dir: s.dir, Err: err}
	}
	lock, _, err := fileutil.Flock(filepath.Join(s.dir, lockName))
	if errors.Is(err, syscall.EAGAIN) {
		return nil, &InUseError{Dir: s.dir, Lock: filepath.Join(s.dir, lockName)}
	}
	if err != nil {
		return nil, &DirError{Dir: s.dir, Err: err}
	}
	if found == marked {
		return lock, nil
	}
	if err := s.replaceFile(versionName, []byte(strconv.Itoa(version)+"\n")); err != nil {
		return nil, &DirError{Dir: s.dir, Err: errors.Join(err, lock.Release())}
	}
	if found == markLost {
		s.addNote("the file " + versionName + " was missing or damaged, and was made again")
	}
	return lock, nil
}

// A mark is how a directory is marked as ours.
type mark int

const (
	unmarked mark = iota // not at all: there is nothing in it that we would read
	marked
	markLost // it holds a history of ours, and its mark is gone or damaged
)

// newerVersion is how a later picotop marks a directory. Anything else in place
// of a mark is damage.
var newerVersion = regexp.MustCompile(`^[1-9][0-9]{0,2}\n$`)

// checkVersion looks how a directory is marked. It refuses what a newer picotop
// wrote, with a [*NewerError], and with [ErrForeign] what a Prometheus did: our
// retention would delete its blocks.
func checkVersion(dir string) (mark, error) {
	text, err := readSmallFile(filepath.Join(dir, versionName))
	v, atoi := strconv.Atoi(strings.TrimSpace(string(text)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return guessMark(dir)
	case errors.Is(err, fs.ErrPermission):
		return unmarked, err
	case err == nil && atoi == nil && v == version:
		return marked, nil
	case err == nil && newerVersion.Match(text):
		return unmarked, &NewerError{File: filepath.Join(dir, versionName), Version: v, Known: version}
	default:
		return markLost, nil // no other program calls a file so
	}
}
