package doctor

import (
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"picotop/history"
	"picotop/internal/host"
)

// A store is what is known of a directory that keeps a history.
type store struct {
	dir      string // empty if there is no place for it
	exists   bool
	isFile   bool   // something else than a directory is in the way
	parent   string // the nearest directory that exists, dir itself if it does
	owner    string // of parent
	writeErr error  // why nothing can be written to parent
	readOnly bool
	free     uint64 // bytes
	diskErr  error
	pid      int       // of the program that has it open, 0 if none is known
	program  string    // its name
	newest   time.Time // when the history was last written, zero if never

	otherUser bool // it is not this user's, and need not be writable by him
	noAccess  bool // this user may not look into it
	faults    history.Faults
	noInodes  bool // no more files can be made
}

// inspectStore finds out about a directory without changing anything in it.
func inspectStore(dir string, proc fs.FS) store {
	if dir == "" {
		return store{}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return store{}
	}
	s := store{dir: dir, parent: dir}
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrPermission) {
		s.noAccess = true
		return s
	}
	s.exists = err == nil
	for err != nil && s.parent != filepath.Dir(s.parent) {
		s.parent = filepath.Dir(s.parent)
		info, err = os.Stat(s.parent)
	}
	if err != nil {
		s.writeErr = err
		return s
	}
	s.isFile = !info.IsDir()
	s.owner = ownerOf(info)
	s.writeErr = unix.Access(s.parent, unix.W_OK|unix.X_OK)
	room, err := host.DiskSpace(s.parent)
	s.free, s.readOnly, s.noInodes, s.diskErr = room.Free, room.ReadOnly, room.NoFiles, err
	if lock, err := os.Stat(filepath.Join(dir, "history", "lock")); err == nil {
		s.pid, s.program = host.FileLockOwner(proc, lock)
	}
	if faults, err := history.FindFaults(filepath.Join(dir, "history"), s.pid != 0); err == nil {
		s.faults = faults
	} else if errors.Is(err, fs.ErrPermission) {
		s.noAccess = true
	}
	if wal, err := os.ReadDir(filepath.Join(dir, "history", "wal")); err == nil {
		for _, e := range wal {
			if info, err := e.Info(); err == nil && info.ModTime().After(s.newest) {
				s.newest = info.ModTime()
			}
		}
	}
	return s
}

// ownerOf names the user whom a file belongs to, empty if not known.
func ownerOf(info fs.FileInfo) string {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	id := strconv.Itoa(int(st.Uid))
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return "user " + id
}
