package doctor

import (
	"bufio"
	"strconv"
	"strings"
)

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

// counterDelta is by how much a counter grew. It is false if the counter is not
// there, or shrank.
func counterDelta(before, after, group, name string) (uint64, bool) {
	b, ok1 := counter(before, group, name)
	a, ok2 := counter(after, group, name)
	return a - b, ok1 && ok2 && a >= b
}

// parseNetDev parses in /proc/net/dev how many packets of any kind have come
// through each interface: a line for each, of which the second number after
// the name counts them.
func parseNetDev(table string) map[string]uint64 {
	all := map[string]uint64{}
	for lines := bufio.NewScanner(strings.NewReader(table)); lines.Scan(); {
		name, numbers, ok := strings.Cut(lines.Text(), ":")
		f := strings.Fields(numbers)
		if !ok || len(f) < 2 {
			continue // a heading
		}
		if n, err := strconv.ParseUint(f[1], 10, 64); err == nil {
			all[strings.TrimSpace(name)] = n
		}
	}
	return all
}

// receivedSince returns how many packets came through each interface; nil if the
// kernel does not say.
func receivedSince(before, after string) map[string]uint64 {
	was, is := parseNetDev(before), parseNetDev(after)
	if len(is) == 0 {
		return nil
	}
	for name := range is {
		is[name] -= min(was[name], is[name])
	}
	return is
}

// undeliveredMulticast estimates how many multicast packets came from elsewhere,
// to groups that somebody here has joined, and did not get to any program: they
// were thrown away in between. What this machine multicasts itself comes back to
// it, so that is taken off.
func undeliveredMulticast(before, after snapshot) uint64 {
	n, ok := counterDelta(before.netstat.text, after.netstat.text, "IpExt", "InMcastPkts")
	if !ok {
		return 0
	}
	subtract := func(b, a procFile, group, name string) {
		m, _ := counterDelta(b.text, a.text, group, name)
		n -= min(m, n)
	}
	subtract(before.netstat, after.netstat, "IpExt", "OutMcastPkts")
	subtract(before.snmp, after.snmp, "Ip", "ReasmReqds")
	for _, name := range []string{"InDatagrams", "IgnoredMulti", "InErrors"} {
		subtract(before.snmp, after.snmp, "Udp", name)
	}
	return n
}
