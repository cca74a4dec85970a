package host

import "golang.org/x/sys/unix"

// DiskSpace tells of the file system that a file or directory is on.
func DiskSpace(path string) (Space, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return Space{}, err
	}
	size := uint64(s.Bsize)
	return Space{
		Free: s.Bavail * size, Total: s.Blocks * size,
		ReadOnly: s.Flags&unix.ST_RDONLY != 0, NoFiles: s.Files > 0 && s.Ffree == 0,
	}, nil
}
