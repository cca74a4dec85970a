package doctor

import (
	"fmt"
	"net/netip"
	"slices"
)

// checkRoutes looks for a route for multicast. None is needed to hear; one
// that leads elsewhere misleads programs that do not name an interface.
func checkRoutes(group netip.Addr, links []link, table string, err error) *Check {
	c := newCheck(idRoutes)
	if err != nil {
		return c.set(Unknown, "this system does not tell its routes here")
	}
	routes := parseRoutes(table)
	for _, r := range routes {
		if r.to.Bits() == 0 {
			c.note("the way to the internet is " + r.iface)
		}
	}
	own := slices.DeleteFunc(slices.Clone(routes), func(r route) bool { return r.to.Bits() == 0 })
	r, ok := lookupRoute(own, group)
	switch {
	case !ok:
		return c.set(OK, "there is no route for multicast, and none is needed to hear")
	case slices.ContainsFunc(links, func(l link) bool { return l.Name == r.iface && l.joined }):
		return c.set(OK, fmt.Sprintf("the route for multicast is %s; none is needed to hear", r.iface))
	}
	return c.set(Warning, fmt.Sprintf("the route for multicast leads to %s, which is not heard; programs here that send or join without naming an interface use it", r.iface)).
		try(fmt.Sprintf("sudo ip route del %s dev %s", r.to.Masked(), r.iface))
}
