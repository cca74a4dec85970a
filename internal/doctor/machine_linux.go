package doctor

import "golang.org/x/sys/unix"

// clockSynced reports whether the kernel's clock is kept right by something,
// such as NTP (adjtimex(2)). Asking needs no privilege.
func clockSynced() (bool, error) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0, err
}

// disk tells how much room an ordinary user has, in bytes, and whether the
// file system is mounted read-only, or has all the files that it can have.
func disk(path string) (free uint64, readOnly, full bool, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, false, false, err
	}
	return s.Bavail * uint64(s.Bsize), s.Flags&unix.ST_RDONLY != 0, s.Files > 0 && s.Ffree == 0, nil
}
