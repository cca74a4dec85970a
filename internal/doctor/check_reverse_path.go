package doctor

import (
	"fmt"
	"net/netip"
	"slices"

	"picotop/internal/format"
)

// The modes of the reverse-path filter: net.ipv4.conf.*.rp_filter in the
// kernel's documentation. The stricter of an interface's own and that of "all"
// counts, except that loose is the higher number and wins.
const (
	rpOff    = 0
	rpStrict = 1
)

// reversePathFacts is what is known of the reverse-path filter, which throws
// away packets whose sender could not be answered the way they came.
type reversePathFacts struct {
	modes         map[string]int // by interface
	err           error          // why they are not known
	routes        []route
	before, after string   // /proc/net/netstat
	unheard       []stream // sniffed and not heard
	links         []link
	sniffed       bool // the sniffer ran, so that unheard is all that there is
}

// isOwn reports whether a stream comes from this machine's own address: the
// kernel believes no such packet from the network.
func (f reversePathFacts) isOwn(st stream) bool {
	return slices.ContainsFunc(f.links, func(l link) bool { return l.addr == st.from })
}

// dropsStream reports whether the filter explains that a stream was not heard.
func (f reversePathFacts) dropsStream(st stream) bool {
	if f.isOwn(st) {
		return true
	}
	back, ok := lookupRoute(f.routes, st.from)
	switch f.modes[st.iface] {
	case rpOff:
		return false
	case rpStrict:
		return !ok || back.iface != st.iface
	}
	return !ok
}

// checkReversePath judges whether the filter throws away what Picos send.
func checkReversePath(f reversePathFacts, t traffic) *Check {
	c := newCheck(idReversePath)
	if f.err != nil {
		return c.set(Unknown, "this system does not tell whether it has a reverse-path filter")
	}
	for _, st := range f.unheard {
		if !f.dropsStream(st) {
			continue
		}
		if f.isOwn(st) {
			return c.set(Problem, fmt.Sprintf("what comes from %s is thrown away: that is this machine's own address, so two devices have it", st.from)).
				try("give one of them another address, in the router (DHCP) or in its settings")
		}
		way := "no way"
		if back, ok := lookupRoute(f.routes, st.from); ok {
			way = "another way, " + back.iface
		}
		c.note(fmt.Sprintf("%s sends to port %d: seen on %s, and not heard", st.from, st.port, st.iface))
		return c.set(Problem, fmt.Sprintf("the kernel throws away what %s sends to %s: its reverse-path filter (rp_filter) knows %s back to that address", st.from, st.iface, way)).
			try(f.remedy(st))
	}
	dropped, _ := counterDelta(f.before, f.after, "TcpExt", "IPReversePathFilter")
	threw := fmt.Sprintf("the kernel's reverse-path filter (rp_filter) threw away %s", format.Count(int(dropped), "packet"))
	switch {
	case dropped > 0 && t.packets == 0:
		return c.set(Problem, threw+" while nothing was heard: the sender's address is not of this network").try(f.remedyForAll())
	case dropped > 0 && (f.sniffed || f.sharedSubnet()):
		c.note(threw + ", of which each came another way, too, or was none of a Pico's")
	case dropped > 0:
		return c.set(Warning, threw+" while I listened: perhaps of a Pico whose address is not of this network, and which is not heard").try(f.remedyForAll())
	default:
		return c.set(OK, "the kernel's reverse-path filter threw nothing away")
	}
	return c.set(OK, "the kernel's reverse-path filter kept no Pico out")
}

// sharedSubnet reports whether two interfaces are in one network. The filter
// then throws away what comes through the second one.
func (f reversePathFacts) sharedSubnet() bool {
	seen := map[netip.Prefix]string{}
	for _, one := range f.routes {
		if one.to.Bits() == 0 || one.reject {
			continue
		}
		if other, ok := seen[one.to]; ok && other != one.iface {
			return true
		}
		seen[one.to] = one.iface
	}
	return false
}

// remedyForAll lets every sender in. Loose is enough if there is a way to
// everywhere.
func (f reversePathFacts) remedyForAll() string {
	mode := "2"
	if !hasDefault(f.routes) {
		mode = "0"
	}
	remedy := "sudo sysctl -w net.ipv4.conf.all.rp_filter=" + mode
	if mode == "0" {
		for _, l := range networkLinks(f.links) {
			if f.modes[l.Name] != rpOff {
				remedy += fmt.Sprintf(" net.ipv4.conf.%s.rp_filter=0", l.Name)
			}
		}
	}
	return remedy
}

// remedy loosens the filter so far that the stream is let in.
func (f reversePathFacts) remedy(st stream) string {
	if _, ok := lookupRoute(f.routes, st.from); ok {
		return fmt.Sprintf("sudo sysctl -w net.ipv4.conf.%s.rp_filter=2", st.iface)
	}
	return fmt.Sprintf("sudo sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.%s.rp_filter=0", st.iface)
}
