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

// asideName is where something in the directory goes when it is set aside.
func (s *Store) asideName(name string) string {
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

// setAside moves something out of the database. Nothing is deleted.
func (s *Store) setAside(name string) (to string, err error) {
	to = s.asideName(name)
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return "", err
	}
	return to, fileutil.Rename(filepath.Join(s.dir, name), to)
}

// setAllAside moves what there is of some things out of the database.
func (s *Store) setAllAside(names ...string) (to []string, err error) {
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(s.dir, name)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		moved, err := s.setAside(name)
		if err != nil {
			return to, err
		}
		to = append(to, moved)
	}
	return to, nil
}

// places joins names for a line of text.
func places(list []string) string { return strings.Join(list, ", ") }
