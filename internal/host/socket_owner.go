package host

import (
	"bufio"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"unicode"
)

// A SocketOwner is a socket on this machine that is bound to a port, and as far
// as can be seen the program that it belongs to.
type SocketOwner struct {
	UID   int // the user that it belongs to
	Inode uint64
	Drops uint64 // datagrams for it that the kernel threw away; 0 for TCP

	PID     int    // 0 if it is another user's and that was not permitted to see
	Program string // such as "python3 exporter.py"; empty without PID
	Unit    string // the systemd service that it runs as, empty if none
}

// String names the program, as well as it is known.
func (o SocketOwner) String() string {
	switch {
	case o.PID == 0 && o.UID == 0:
		return "a program of root"
	case o.PID == 0:
		return fmt.Sprintf("a program of user %d", o.UID)
	case o.Unit != "":
		return fmt.Sprintf("%s (%s, pid %d)", o.Program, o.Unit, o.PID)
	}
	return fmt.Sprintf("%s (pid %d)", o.Program, o.PID)
}

// StopCommand is the command that ends the program, for the shell of a user; empty if
// the program is not known.
func (o SocketOwner) StopCommand(uid int) string { return stopCommand(o.PID, o.UID, o.Unit, uid) }

// stopCommand is the command that ends a process, or the service that it is.
func stopCommand(pid, owner int, unit string, uid int) string {
	switch {
	case unit != "":
		return "sudo systemctl disable --now " + unit
	case pid == 0:
		return ""
	case owner == uid:
		return fmt.Sprintf("kill %d", pid)
	}
	return fmt.Sprintf("sudo kill %d", pid)
}

// UDPSocketOwners lists the sockets bound to a UDP port. proc is the file system
// /proc; an error says that it does not tell. Programs in containers with a
// network of their own are not among them, and do not hold the port.
func UDPSocketOwners(proc fs.FS, port uint16) ([]SocketOwner, error) {
	return boundSockets(proc, "net/udp", "", port)
}

// TCPSocketOwners lists the sockets that listen on a TCP port, as
// UDPSocketOwners does.
func TCPSocketOwners(proc fs.FS, port uint16) ([]SocketOwner, error) {
	const listen = "0A" // TCP_LISTEN, in the kernel's include/net/tcp_states.h
	return boundSockets(proc, "net/tcp", listen, port)
}

func boundSockets(proc fs.FS, name, state string, port uint16) ([]SocketOwner, error) {
	table, err := fs.ReadFile(proc, name)
	if err != nil {
		return nil, fmt.Errorf("reading who holds which port: %w", err)
	}
	all := boundTo(string(table), state, port)
	// A machine without IPv6 has no such table.
	if table, err := fs.ReadFile(proc, name+"6"); err == nil {
		all = append(all, boundTo(string(table), state, port)...)
	}
	if len(all) > 0 {
		findPrograms(proc, all)
	}
	return all, nil
}

// boundTo reads /proc/net/udp or tcp: a line for each socket, of which the
// second field is address and port in hexadecimal, the fourth the state, the
// eighth the user, the tenth the inode and, of udp, the last the drops
// (proc_pid_net(5)). An empty state is any.
func boundTo(table, state string, port uint16) []SocketOwner {
	var all []SocketOwner
	for lines := bufio.NewScanner(strings.NewReader(table)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 13 {
			continue
		}
		_, number, _ := strings.Cut(f[1], ":")
		n, err := strconv.ParseUint(number, 16, 16)
		if err != nil || uint16(n) != port {
			continue // the heading, or another port
		}
		if state != "" && f[3] != state {
			continue
		}
		var o SocketOwner
		o.UID, _ = strconv.Atoi(f[7])
		o.Inode, _ = strconv.ParseUint(f[9], 10, 64)
		o.Drops, _ = strconv.ParseUint(f[len(f)-1], 10, 64)
		all = append(all, o)
	}
	return all
}

// findPrograms fills in which process each socket belongs to. The open files
// of another user's processes can be seen by root only.
func findPrograms(proc fs.FS, all []SocketOwner) {
	entries, _ := fs.ReadDir(proc, ".")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		fds, _ := fs.ReadDir(proc, path.Join(e.Name(), "fd"))
		for _, fd := range fds {
			target, err := fs.ReadLink(proc, path.Join(e.Name(), "fd", fd.Name()))
			if err != nil {
				continue
			}
			for i := range all {
				// A forked child shares it: the first process is the elder.
				if all[i].PID == 0 && target == fmt.Sprintf("socket:[%d]", all[i].Inode) {
					all[i].PID = pid
					all[i].Program = programOf(proc, e.Name())
					all[i].Unit = unitOf(proc, e.Name())
				}
			}
		}
	}
}

// programOf names a process by its command, and an interpreter also by its
// script. Other arguments are left out: they may be secret.
func programOf(proc fs.FS, pid string) string {
	text, _ := fs.ReadFile(proc, path.Join(pid, "cmdline"))
	args := strings.Split(strings.TrimRight(string(text), "\x00"), "\x00")
	name := path.Base(args[0])
	if args[0] == "" {
		comm, _ := fs.ReadFile(proc, path.Join(pid, "comm"))
		name = string(comm)
	}
	if strings.HasPrefix(name, "python") || name == "node" || name == "perl" || name == "ruby" {
		for _, a := range args[1:] {
			if !strings.HasPrefix(a, "-") {
				name += " " + path.Base(a)
				break
			}
		}
	}
	return printable(name)
}

// unitOf finds the systemd service in the name of a process's control group.
func unitOf(proc fs.FS, pid string) string {
	text, _ := fs.ReadFile(proc, path.Join(pid, "cgroup"))
	for line := range strings.Lines(string(text)) {
		unit := path.Base(strings.TrimSpace(line))
		if strings.HasSuffix(unit, ".service") && !strings.HasPrefix(unit, "user@") && !strings.Contains(line, "/user.slice/") {
			return printable(unit)
		}
	}
	return ""
}

// SocketOwnerNames joins the names of all owners of a port; it is empty if there
// are none.
func SocketOwnerNames(all []SocketOwner) string {
	var names []string
	for _, o := range all {
		names = append(names, o.String())
	}
	return strings.Join(names, ", ")
}

// maxName is how many runes of the name of a program or a service are told.
const maxName = 64

// printable leaves out what has no place on a screen: a program may call itself
// what it likes.
func printable(name string) string {
	clean := strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, name))
	if runes := []rune(clean); len(runes) > maxName {
		clean = strings.TrimSpace(string(runes[:maxName]))
	}
	return clean
}
