//go:build unix

package history

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// chownToDirOwner gives what root made in a directory to the directory's owner,
// the user that the service runs as. It does nothing unless root runs it.
func chownToDirOwner(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || owner.Uid == 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(owner.Uid), int(owner.Gid))
	})
}
