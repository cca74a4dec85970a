package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/prometheus/prometheus/tsdb/fileutil"
)

// quarantineName is where damaged files go.
const quarantineName = "quarantine"

// quarantinePath returns a free path in quarantine for a file or directory, with
// the time in its name.
func (s *Store) quarantinePath(name string) string {
	at := s.now().UTC().Format("20060102T150405Z")
	base := filepath.Join(s.dir, quarantineName, at+"-"+filepath.Base(name))
	to := base
	for i := 2; ; i++ {
		if _, err := os.Lstat(to); err != nil {
			return to
		}
		to = fmt.Sprintf("%s-%d", base, i)
	}
}

// quarantine moves a file or directory out of the database, and returns where
// to. Nothing is deleted.
func (s *Store) quarantine(name string) (to string, err error) {
	if err := s.makeQuarantine(); err != nil {
		return "", err
	}
	to = s.quarantinePath(name)
	return to, fileutil.Rename(filepath.Join(s.dir, name), to)
}

// makeQuarantine makes the directory. What stands in its place and is none gets
// another name.
func (s *Store) makeQuarantine() error {
	dir := filepath.Join(s.dir, quarantineName)
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	if exists(dir) {
		if err := fileutil.Rename(dir, fmt.Sprintf("%s-%d", dir, s.now().UnixNano())); err != nil {
			return err
		}
	}
	return os.MkdirAll(dir, 0o750)
}

// quarantineAll moves those of some files and directories that exist out of the
// database.
func (s *Store) quarantineAll(names ...string) (to []string, err error) {
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(s.dir, name)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		moved, err := s.quarantine(name)
		if err != nil {
			return to, err
		}
		to = append(to, moved)
	}
	return to, nil
}

// joinPaths joins paths for a line of text.
func joinPaths(list []string) string { return strings.Join(list, ", ") }
