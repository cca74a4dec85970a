package doctor

import (
	"bufio"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// The modes of the reverse-path filter: net.ipv4.conf.*.rp_filter in the
// kernel's documentation. The stricter of an interface's own and that of "all"
// counts, except that loose is the higher number and wins.
const (
	rpOff    = 0
	rpStrict = 1
)

// readReversePath reads the mode that holds for each interface.
func readReversePath(proc fs.FS, links []link) (map[string]int, error) {
	read := func(name string) (int, error) {
		text, err := fs.ReadFile(proc, path.Join("sys/net/ipv4/conf", name, "rp_filter"))
		if err != nil {
			return 0, err
		}
		return strconv.Atoi(strings.TrimSpace(string(text)))
	}
	all, err := read("all")
	if err != nil {
		return nil, fmt.Errorf("reading the reverse-path filter: %w", err)
	}
	modes := map[string]int{}
	for _, l := range links {
		if own, err := read(l.Name); err == nil {
			modes[l.Name] = max(all, own)
		}
	}
	return modes, nil
}

// counter finds a number in /proc/net/snmp or /proc/net/netstat: pairs of
// lines, names and then values, each of which begins with the group's name.
func counter(table, group, name string) (uint64, bool) {
	var names []string
	for lines := bufio.NewScanner(strings.NewReader(table)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) == 0 || f[0] != group+":" {
			continue
		}
		if names == nil {
			names = f
			continue
		}
		for i := range min(len(names), len(f)) {
			if names[i] == name {
				n, err := strconv.ParseUint(f[i], 10, 64)
				return n, err == nil
			}
		}
	}
	return 0, false
}

// grown is by how much a counter grew.
func grown(before, after, group, name string) (uint64, bool) {
	b, ok1 := counter(before, group, name)
	a, ok2 := counter(after, group, name)
	return a - b, ok1 && ok2 && a >= b
}

// reversePath is what is known of the reverse-path filter, which throws away
// packets whose sender could not be answered the way they came.
type reversePath struct {
	modes         map[string]int // by interface
	err           error          // why they are not known
	routes        []route
	before, after string // /proc/net/netstat
	kept          []seen // seen on the wire and not heard
}

// filtered reports whether the filter explains that a stream was not heard.
func (r reversePath) filtered(s seen) bool {
	back, ok := wayTo(r.routes, s.from)
	switch r.modes[s.iface] {
	case rpOff:
		return false
	case rpStrict:
		return !ok || back.iface != s.iface
	}
	return !ok
}

// check judges whether the filter throws away what Picos send.
func (r reversePath) check(h heard) *Check {
	c := finding(idReversePath)
	if r.err != nil {
		return c.be(Unknown, "this system does not tell whether it has a reverse-path filter")
	}
	for _, s := range r.kept {
		if !r.filtered(s) {
			continue
		}
		way := "no way"
		if back, ok := wayTo(r.routes, s.from); ok {
			way = "another way, " + back.iface
		}
		c.note(fmt.Sprintf("%s sends to port %d: seen on %s, and not heard", s.from, s.port, s.iface))
		return c.be(Problem, fmt.Sprintf("the kernel throws away what %s sends to %s: its reverse-path filter (rp_filter) knows %s back to that address", s.from, s.iface, way)).
			try(r.remedy(s))
	}
	dropped, known := grown(r.before, r.after, "TcpExt", "IPReversePathFilter")
	switch {
	case known && dropped > 0 && h.packets == 0:
		return c.be(Problem, fmt.Sprintf("the kernel's reverse-path filter (rp_filter) threw away %s while nothing was heard: the sender's address is not of this network", count(int(dropped), "packet"))).
			try("sudo sysctl -w net.ipv4.conf.all.rp_filter=2")
	case known && dropped > 0:
		return c.be(Warning, fmt.Sprintf("the kernel's reverse-path filter (rp_filter) threw away %s while I listened; harmless where two interfaces are in one network", count(int(dropped), "packet"))).
			try("sudo sysctl -w net.ipv4.conf.all.rp_filter=2")
	}
	return c.be(OK, "the kernel's reverse-path filter threw nothing away")
}

// remedy loosens the filter so far that the stream is let in.
func (r reversePath) remedy(s seen) string {
	if _, ok := wayTo(r.routes, s.from); ok {
		return fmt.Sprintf("sudo sysctl -w net.ipv4.conf.%s.rp_filter=2", s.iface)
	}
	return fmt.Sprintf("sudo sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.%s.rp_filter=0", s.iface)
}
