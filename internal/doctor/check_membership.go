package doctor

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// A membership is a line of /proc/net/igmp: one group on one interface.
type membership struct {
	querier string // V1, V2 or V3: the oldest that was heard of late, else V3
	users   int    // sockets that joined
	asked   bool   // a report is about to be sent, as an answer to a query or after joining
}

// memberships reads /proc/net/igmp and returns those of one group by the name
// of the interface. See feed for how the table is laid out.
func memberships(table string, group netip.Addr) map[string]membership {
	all := map[string]membership{}
	name, querier := "", ""
	for lines := bufio.NewScanner(strings.NewReader(table)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) < 3:
		case !strings.HasPrefix(lines.Text(), "\t"):
			name, querier = f[1], f[len(f)-1]
		case hexAddr(f[0]) == group:
			users, _ := strconv.Atoi(f[1])
			all[name] = membership{querier: querier, users: users, asked: strings.HasPrefix(f[2], "1:")}
		}
	}
	return all
}

// hexAddr reads an IPv4 address as the kernel's tables write it: a word in the
// byte order of the machine. The zero Addr stands for anything else.
func hexAddr(s string) netip.Addr {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 4 {
		return netip.Addr{}
	}
	binary.NativeEndian.PutUint32(b, binary.BigEndian.Uint32(b))
	return netip.AddrFrom4([4]byte(b))
}

// checkMembership judges whether the kernel knows what the listener joined.
// open says whether it has any port open, without which it joins nothing, and
// before is the table before it joined.
func checkMembership(group netip.Addr, links []link, open bool, before, after string, err error) *Check {
	c := finding(idMembership)
	if !open {
		return c.be(Unknown, "no port could be opened, so no group was joined")
	}
	if err != nil {
		return c.be(Unknown, "this system does not tell which groups it is a member of")
	}
	was, is := memberships(before, group), memberships(after, group)
	var member, missing []string
	for _, l := range links {
		if !l.joined {
			continue
		}
		m, ok := is[l.Name]
		if !ok || m.users == 0 {
			missing = append(missing, l.Name)
			continue
		}
		member = append(member, l.Name)
		if w, ok := was[l.Name]; ok {
			c.note(fmt.Sprintf("%s: another program here was a member already (%s)", l.Name, count(w.users, "socket")))
		}
	}
	switch {
	case len(missing) > 0:
		return c.be(Problem, fmt.Sprintf("the kernel does not list group %s on %s, although it was joined", group, list(missing))).
			try("cat /proc/net/igmp")
	case len(member) == 0:
		return c.be(Unknown, "joined on no interface, so there was nothing to look for")
	}
	return c.be(OK, fmt.Sprintf("the kernel is a member of group %s on %s", group, list(member)))
}
