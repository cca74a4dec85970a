package history

import (
	"errors"
	"os"
	"syscall"
)

// takeRoom makes a file of a size. The blocks are taken, and not written: that would take
// a tenth of a second on a slow card. Where a file system knows nothing of that it is
// written.
func takeRoom(path string, size int64) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	for {
		err = syscall.Fallocate(int(f.Fd()), 0, 0, size)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if err != nil {
		err = &os.PathError{Op: "fallocate", Path: path, Err: err}
	}
	err = errors.Join(err, f.Close())
	if errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.ENOSYS) {
		return writeSynced(path, make([]byte, size))
	}
	return err
}
