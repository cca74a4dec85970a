package doctor

import (
	"fmt"
	"net/netip"

	"picotop/internal/format"
)

// checkMembership judges whether the kernel knows what the listener joined.
// open says whether it has any port open, without which it joins nothing, and
// before is the table before it joined.
func checkMembership(group netip.Addr, links []link, open bool, before, after string, err error) *Check {
	c := newCheck(idMembership)
	if !open {
		return c.set(Unknown, "no port could be opened, so no group was joined")
	}
	if err != nil {
		return c.set(Unknown, "this system does not tell which groups it is a member of")
	}
	was, is := parseMemberships(before, group), parseMemberships(after, group)
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
			c.note(fmt.Sprintf("%s: another program here was a member already (%s)", l.Name, format.Count(w.users, "socket")))
		}
	}
	switch {
	case len(missing) > 0:
		return c.set(Problem, fmt.Sprintf("the kernel does not list group %s on %s, although it was joined", group, format.List(missing))).
			try("cat /proc/net/igmp")
	case len(member) == 0:
		return c.set(Unknown, "joined on no interface, so there was nothing to look for")
	}
	return c.set(OK, fmt.Sprintf("the kernel is a member of group %s on %s", group, format.List(member)))
}
