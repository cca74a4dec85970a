package host

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// FileLockOwner finds who holds the lock on a file (flock(2)); pid is 0 if nobody
// does or the system does not tell. Trying the lock would tell too, but keep out a
// picotop that starts at that moment.
func FileLockOwner(proc fs.FS, file fs.FileInfo) (pid int, program string) {
	st, ok := file.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, ""
	}
	table, err := fs.ReadFile(proc, "locks")
	if err != nil {
		return 0, ""
	}
	pid = lockOwner(table, st.Ino)
	if pid == 0 {
		return 0, ""
	}
	comm, err := fs.ReadFile(proc, path.Join(strconv.Itoa(pid), "comm"))
	if err != nil {
		return pid, "a program"
	}
	return pid, printable(string(comm))
}

// lockOwner reads /proc/locks: "1: FLOCK ADVISORY WRITE 812 08:02:4711 0 EOF".
// The device is not compared, for some file systems say another one there than
// stat does.
func lockOwner(table []byte, inode uint64) int {
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

// PauseCommand is the command, for the shell of a user, that ends a process until
// it is started again: its service, if it is one. It is empty if the process is not
// known.
func PauseCommand(proc fs.FS, pid, uid int) string {
	name := strconv.Itoa(pid)
	info, err := fs.Stat(proc, name)
	if pid == 0 || err != nil {
		return ""
	}
	if unit := unitOf(proc, name); unit != "" {
		return "sudo systemctl stop " + unit
	}
	owner := -1
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		owner = int(st.Uid)
	}
	return stopCommand(pid, owner, "", uid)
}
