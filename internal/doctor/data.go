package doctor

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	littleSpace = 200 << 20 // bytes: some years of a small house
	noSpace     = 20 << 20  // bytes: what the history needs to tidy up
)

// store is what is known of the directory that keeps the history.
type store struct {
	dir      string // empty if there is no place for it
	exists   bool
	isFile   bool   // something else than a directory is in the way
	parent   string // the nearest directory that exists, dir itself if it does
	owner    string // of parent
	writable error  // why nothing can be written to parent
	readOnly bool
	free     uint64
	diskErr  error
	pid      int    // of the picotop that has it open, 0 if none is known
	program  string // its name
	newest   time.Time
}

// lookAt finds out about a directory without changing anything in it.
func lookAt(dir string, proc fs.FS) store {
	if dir == "" {
		return store{}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return store{}
	}
	s := store{dir: dir, parent: dir}
	info, err := os.Stat(dir)
	s.exists = err == nil
	for err != nil && s.parent != filepath.Dir(s.parent) {
		s.parent = filepath.Dir(s.parent)
		info, err = os.Stat(s.parent)
	}
	if err != nil {
		s.writable = err
		return s
	}
	s.isFile = !info.IsDir()
	s.owner = ownerOf(info)
	s.writable = unix.Access(s.parent, unix.W_OK|unix.X_OK)
	s.free, s.readOnly, s.diskErr = disk(s.parent)
	if lock, err := os.Stat(filepath.Join(dir, "history", "lock")); err == nil {
		s.pid, s.program = lockedBy(proc, lock)
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

// lockedBy finds in /proc/locks who holds the lock on a file. Trying the lock
// would tell too, but keep out a picotop that starts at that moment.
func lockedBy(proc fs.FS, lock fs.FileInfo) (pid int, program string) {
	st, ok := lock.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, ""
	}
	table, err := fs.ReadFile(proc, "locks")
	if err != nil {
		return 0, ""
	}
	pid = lockHolder(table, st.Ino)
	if pid == 0 {
		return 0, ""
	}
	comm, err := fs.ReadFile(proc, path.Join(strconv.Itoa(pid), "comm"))
	if err != nil {
		return pid, "a program"
	}
	return pid, strings.TrimSpace(string(comm))
}

// lockHolder reads /proc/locks: "1: FLOCK ADVISORY WRITE 812 08:02:4711 0
// EOF". The device is not compared, for some file systems say another one
// there than stat does.
func lockHolder(table []byte, inode uint64) int {
	for lines := bufio.NewScanner(bytes.NewReader(table)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 6 || f[1] != "FLOCK" || f[3] != "WRITE" || !strings.HasSuffix(f[5], fmt.Sprintf(":%d", inode)) {
			continue
		}
		if pid, err := strconv.Atoi(f[4]); err == nil && pid > 0 {
			return pid
		}
	}
	return 0
}

// checkData judges whether history can be kept.
func checkData(s store) *Check {
	c := finding(idData)
	if s.dir == "" {
		return c.be(Unknown, "there is no place for the history: HOME is not set").try("picotop doctor --data DIR")
	}
	if s.pid != 0 {
		c.note(fmt.Sprintf("%s (pid %d) has it open; a second picotop on it shows no history", s.program, s.pid))
	}
	if s.owner != "" && s.exists {
		c.note("it belongs to " + s.owner)
	}
	at := quote(s.dir)
	switch {
	case s.isFile:
		return c.be(Problem, fmt.Sprintf("%s is not a directory, so no history can be kept", s.parent)).
			try(fmt.Sprintf("mv %s %s", quote(s.parent), quote(s.parent+".old")))
	case s.readOnly || errors.Is(s.writable, syscall.EROFS):
		return c.be(Problem, fmt.Sprintf("the file system of %s is read-only, so no history can be kept: often a card that is worn out", s.parent)).
			try("findmnt -T " + quote(s.parent))
	case s.writable != nil && s.pid != 0:
		return c.be(OK, fmt.Sprintf("the history in %s is kept by %s", s.dir, s.program))
	case s.writable != nil && s.exists:
		return c.be(Problem, fmt.Sprintf("%s belongs to %s and cannot be written, so no history can be kept", s.dir, s.owner)).
			try(`sudo chown -R "$USER" ` + at)
	case s.writable != nil:
		return c.be(Problem, fmt.Sprintf("%s cannot be made, so no history can be kept: %s belongs to %s", s.dir, s.parent, s.owner)).
			try(`sudo install -d -o "$USER" ` + at)
	case s.diskErr != nil:
		return c.be(Unknown, fmt.Sprintf("how full the disk of %s is could not be seen: %v", s.parent, s.diskErr))
	case s.free < noSpace:
		return c.be(Problem, fmt.Sprintf("the disk of %s is full (%d MB left), so no history can be kept", s.dir, s.free>>20)).try("df -h " + quote(s.parent))
	case s.free < littleSpace:
		return c.be(Warning, fmt.Sprintf("the disk of %s is nearly full (%d MB left)", s.dir, s.free>>20)).try("df -h " + quote(s.parent))
	case !s.exists:
		return c.be(OK, fmt.Sprintf("%s will be made for the history; %d MB are free", s.dir, s.free>>20))
	}
	return c.be(OK, fmt.Sprintf("the history is kept in %s; %d MB are free", s.dir, s.free>>20))
}

// quote makes a path safe to type into a shell.
func quote(path string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%", r)
	}
	if strings.TrimFunc(path, plain) == "" && !strings.HasPrefix(path, "-") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}
