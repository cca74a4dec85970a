package doctor

import (
	"bufio"
	"math/bits"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// A route is a line of /proc/net/route.
type route struct {
	to     netip.Prefix
	iface  string
	metric int
	reject bool // the route says that there is no way
}

// Flags of a route, linux/route.h.
const (
	routeUp     = 0x0001
	routeReject = 0x0200
)

// parseRoutes parses /proc/net/route, the kernel's main table. Addresses in it
// are words in the byte order of the machine, in hexadecimal.
func parseRoutes(table string) []route {
	var all []route
	for lines := bufio.NewScanner(strings.NewReader(table)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 8 {
			continue
		}
		to := hexAddr(f[1])
		mask, err := strconv.ParseUint(f[7], 16, 32)
		flags, ferr := strconv.ParseUint(f[3], 16, 32)
		if !to.IsValid() || err != nil || ferr != nil || flags&routeUp == 0 {
			continue
		}
		metric, _ := strconv.Atoi(f[6])
		all = append(all, route{
			to:    netip.PrefixFrom(to, bits.OnesCount32(uint32(mask))),
			iface: f[0], metric: metric, reject: flags&routeReject != 0,
		})
	}
	return all
}

// lookupRoute finds the route to an address: the narrowest, and of these the
// cheapest.
func lookupRoute(routes []route, addr netip.Addr) (best route, ok bool) {
	for _, r := range routes {
		narrower := !ok || r.to.Bits() > best.to.Bits()
		cheaper := ok && r.to.Bits() == best.to.Bits() && r.metric < best.metric
		if r.to.Contains(addr) && (narrower || cheaper) {
			best, ok = r, true
		}
	}
	return best, ok && !best.reject
}

// hasDefault reports whether there is a default route.
func hasDefault(routes []route) bool {
	return slices.ContainsFunc(routes, func(r route) bool { return r.to.Bits() == 0 && !r.reject })
}
