package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/prometheus/prometheus/tsdb/fileutil"
)

const (
	lockName    = "lock" // as Prometheus calls its own
	versionName = "picotop-version"
	version     = "1" // of what is in the directory
)

// lockDir makes sure that the directory exists, is ours and can be written, and
// takes its lock.
//
// The lock comes before the library looks at the directory, for that would
// delete half-written blocks even if it then found the lock taken: those of
// the compaction that the other process is at.
func lockDir(dir string) (fileutil.Releaser, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, &DirError{Dir: dir, Err: err}
	}
	known, err := checkVersion(dir)
	if err != nil {
		return nil, &DirError{Dir: dir, Err: err}
	}
	lock, _, err := fileutil.Flock(filepath.Join(dir, lockName))
	if errors.Is(err, syscall.EAGAIN) {
		return nil, &InUseError{Dir: dir, Lock: filepath.Join(dir, lockName)}
	}
	if err != nil {
		return nil, &DirError{Dir: dir, Err: err}
	}
	if known {
		return lock, nil
	}
	if err := writeSynced(filepath.Join(dir, versionName), []byte(version+"\n")); err != nil {
		return nil, &DirError{Dir: dir, Err: errors.Join(err, lock.Release())}
	}
	return lock, nil
}

// checkVersion reports whether the directory is marked as ours. It refuses
// what a newer picotop wrote, and what a Prometheus did: our retention would
// delete its blocks.
func checkVersion(dir string) (known bool, err error) {
	text, err := os.ReadFile(filepath.Join(dir, versionName))
	switch v := strings.TrimSpace(string(text)); {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Join(dir, "wal")); err == nil {
			return false, ErrForeign
		}
		return false, nil
	case err != nil:
		return false, err
	case v == "": // the power went while it was written
		return false, nil
	case v != version:
		return false, fmt.Errorf("it is of version %.20q, and this picotop knows version %s", v, version)
	}
	return true, nil
}

func writeSynced(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}
