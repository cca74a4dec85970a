package history

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/prometheus/prometheus/tsdb/fileutil"
)

// Beside the database there are small files of our own: which version it is of,
// which Pico a sensor belongs to, which hours are summed up. Anything may stand in
// the place of one: it is read with doubt, and made again from what the database
// shows.

// maxSmallFile bounds one of them, in bytes: a roster of a thousand sensors takes
// a tenth.
const maxSmallFile = 1 << 20

// readSmallFile reads one of the small files. It refuses what is no file, such as
// a pipe, which would never end.
func readSmallFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSmallFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxSmallFile {
		return nil, fmt.Errorf("it is longer than %d bytes", maxSmallFile)
	}
	return text, nil
}

// replaceFile replaces one of the small files, so that a crash leaves the old one
// or the new one.
func (s *Store) replaceFile(name string, text []byte) error {
	tmp := name + ".new"
	if err := errors.Join(s.clearWay(name), s.clearWay(tmp)); err != nil {
		return oneLine(err)
	}
	if err := writeSynced(filepath.Join(s.dir, tmp), text); err != nil {
		return oneLine(err)
	}
	return fileutil.Rename(filepath.Join(s.dir, tmp), filepath.Join(s.dir, name)) // syncs the directory
}

// clearWay moves to quarantine what stands where a file should be and is none.
func (s *Store) clearWay(name string) error {
	info, err := os.Lstat(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode().IsRegular() {
		return nil
	}
	if err != nil {
		return err
	}
	to, err := s.quarantine(name)
	if err == nil {
		s.addNote(fmt.Sprintf("what stood in the place of the file %s was moved to %s", name, to))
	}
	return err
}

// clearWayForDir does the same where a directory should be.
func (s *Store) clearWayForDir(name string) error {
	info, err := os.Stat(filepath.Join(s.dir, name))
	if err == nil && info.IsDir() || !exists(filepath.Join(s.dir, name)) {
		return nil
	}
	to, err := s.quarantine(name)
	if err == nil {
		s.addNote(fmt.Sprintf("what stood in the place of the directory %s was moved to %s", name, to))
	}
	return err
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}
