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
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"picotop/history"
	"picotop/internal/host"
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

	others bool // it is not this user's, and need not be writable by him
	hidden bool // it is not permitted to look into it
	faults history.Faults
	full   bool // no more files can be made
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
	if errors.Is(err, fs.ErrPermission) {
		s.hidden = true
		return s
	}
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
	room, err := host.DiskSpace(s.parent)
	s.free, s.readOnly, s.full, s.diskErr = room.Free, room.ReadOnly, room.NoFiles, err
	if lock, err := os.Stat(filepath.Join(dir, "history", "lock")); err == nil {
		s.pid, s.program = lockedBy(proc, lock)
	}
	if faults, err := history.FindFaults(filepath.Join(dir, "history"), s.pid != 0); err == nil {
		s.faults = faults
	} else if errors.Is(err, fs.ErrPermission) {
		s.hidden = true
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

// badness orders the verdicts.
var badness = map[Verdict]int{OK: 0, Unknown: 1, Warning: 2, Problem: 3}

// checkData judges whether history can be kept. The first of the stores is
// that of this user; running is the picotop that runs here, nil if none does.
func checkData(stores []store, running *Running, a again) *Check {
	var all []*Check
	if running != nil && running.Trouble != "" {
		all = append(all, finding(idData).be(Problem, fmt.Sprintf("%s cannot store what it hears: %s", running, running.Trouble)).try(running.log()))
	}
	for _, s := range stores {
		all = append(all, checkStore(s, a))
	}
	if len(all) == 0 {
		return checkStore(store{}, a)
	}
	worst := slices.MaxFunc(all, func(a, b *Check) int { return badness[a.Verdict] - badness[b.Verdict] })
	if worst.Verdict == Unknown {
		worst = all[0] // that another's cannot be seen is no news
	}
	if running != nil && running.Trouble == "" {
		worst.note(running.String() + " has no trouble to store what it hears")
	}
	for _, c := range all {
		if c != worst {
			worst.note(c.Text)
			worst.Details = append(worst.Details, c.Details...)
		}
	}
	return worst
}

// checkStore judges one directory.
func checkStore(s store, a again) *Check {
	c := finding(idData)
	if s.dir == "" {
		return c.be(Unknown, "there is no place for the history: HOME is not set").try(a.longer("") + " --data DIR")
	}
	if s.pid != 0 {
		c.note(fmt.Sprintf("%s (pid %d) has it open; a second picotop on it shows no history", s.program, s.pid))
	}
	if s.owner != "" && s.exists {
		c.note("it belongs to " + s.owner)
	}
	if s.hidden && s.others {
		return c.be(Unknown, fmt.Sprintf("%s may be looked into by root only", s.dir)).try(a.root(""))
	}
	at := quote(s.dir)
	if n := s.faults.Aside; n > 0 {
		c.note(fmt.Sprintf("%s set aside in %s", isAre(n, "damaged part"), filepath.Join(s.dir, "history", "quarantine")))
	}
	switch {
	case s.isFile:
		return c.be(Problem, fmt.Sprintf("%s is not a directory, so no history can be kept", s.parent)).
			try(fmt.Sprintf("mv %s %s", quote(s.parent), quote(s.parent+".old")))
	case s.readOnly || errors.Is(s.writable, syscall.EROFS):
		return c.be(Problem, fmt.Sprintf("the file system of %s is read-only, so no history can be kept: often a card that is worn out", s.parent)).
			try("findmnt -T " + quote(s.parent))
	case s.faults.Refused != nil:
		return c.be(Problem, fmt.Sprintf("the history in %s is not for this picotop: %v", s.dir, s.faults.Refused)).
			try("picotop --data DIR")
	case s.free < noSpace && s.diskErr == nil || s.full:
		return fullDisk(c, s)
	case len(s.faults.Damaged) > 0:
		for _, one := range s.faults.Damaged {
			c.note(one)
		}
		return c.be(Warning, fmt.Sprintf("the history in %s is damaged; when picotop starts it sets that aside, and goes on with the rest", s.dir)).
			try(fmt.Sprintf("picotop history info --data %s", at))
	case s.others && s.exists && s.pid == 0:
		return c.be(OK, fmt.Sprintf("nobody has the history in %s open; %d MB are free", s.dir, s.free>>20))
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
	case s.free < littleSpace:
		return c.be(Warning, fmt.Sprintf("the disk of %s is nearly full (%d MB left)", s.dir, s.free>>20)).try("df -h " + quote(s.parent))
	case !s.exists:
		return c.be(OK, fmt.Sprintf("%s will be made for the history; %d MB are free", s.dir, s.free>>20))
	}
	return c.be(OK, fmt.Sprintf("the history is kept in %s; %d MB are free", s.dir, s.free>>20))
}

func fullDisk(c *Check, s store) *Check {
	if s.full {
		return c.be(Problem, fmt.Sprintf("the disk of %s can hold no more files, so no history can be kept", s.dir)).try("df -i " + quote(s.parent))
	}
	return c.be(Problem, fmt.Sprintf("the disk of %s is full (%d MB left), so no history can be kept", s.dir, s.free>>20)).try("df -h " + quote(s.parent))
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
