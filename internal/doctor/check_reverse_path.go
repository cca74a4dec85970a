package doctor

import (
	"fmt"
	"net/netip"
	"slices"
)

// The modes of the reverse-path filter: net.ipv4.conf.*.rp_filter in the
// kernel's documentation. The stricter of an interface's own and that of "all"
// counts, except that loose is the higher number and wins.
const (
	rpOff    = 0
	rpStrict = 1
)

// reversePath is what is known of the reverse-path filter, which throws away
// packets whose sender could not be answered the way they came.
type reversePath struct {
	modes         map[string]int // by interface
	err           error          // why they are not known
	routes        []route
	before, after string   // /proc/net/netstat
	kept          []stream // seen on the wire and not heard
	links         []link
	sniffed       bool // the wire was looked at, so that kept is all that there is
}

// isOwn reports whether a stream comes from this machine's own address: the
// kernel believes no such packet from the network.
func (r reversePath) isOwn(s stream) bool {
	return slices.ContainsFunc(r.links, func(l link) bool { return l.addr == s.from })
}

// filtered reports whether the filter explains that a stream was not heard.
func (r reversePath) filtered(s stream) bool {
	if r.isOwn(s) {
		return true
	}
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
func (r reversePath) check(t traffic) *Check {
	c := finding(idReversePath)
	if r.err != nil {
		return c.be(Unknown, "this system does not tell whether it has a reverse-path filter")
	}
	for _, s := range r.kept {
		if !r.filtered(s) {
			continue
		}
		if r.isOwn(s) {
			return c.be(Problem, fmt.Sprintf("what comes from %s is thrown away: that is this machine's own address, so two devices have it", s.from)).
				try("give one of them another address, in the router (DHCP) or in its settings")
		}
		way := "no way"
		if back, ok := wayTo(r.routes, s.from); ok {
			way = "another way, " + back.iface
		}
		c.note(fmt.Sprintf("%s sends to port %d: seen on %s, and not heard", s.from, s.port, s.iface))
		return c.be(Problem, fmt.Sprintf("the kernel throws away what %s sends to %s: its reverse-path filter (rp_filter) knows %s back to that address", s.from, s.iface, way)).
			try(r.remedy(s))
	}
	dropped, _ := grown(r.before, r.after, "TcpExt", "IPReversePathFilter")
	threw := fmt.Sprintf("the kernel's reverse-path filter (rp_filter) threw away %s", count(int(dropped), "packet"))
	switch {
	case dropped > 0 && t.packets == 0:
		return c.be(Problem, threw+" while nothing was heard: the sender's address is not of this network").try(r.loosen())
	case dropped > 0 && (r.sniffed || r.twoInOne()):
		c.note(threw + ", of which each came another way, too, or was none of a Pico's")
	case dropped > 0:
		return c.be(Warning, threw+" while I listened: perhaps of a Pico whose address is not of this network, and which is not heard").try(r.loosen())
	default:
		return c.be(OK, "the kernel's reverse-path filter threw nothing away")
	}
	return c.be(OK, "the kernel's reverse-path filter kept no Pico out")
}

// twoInOne reports whether two interfaces are in one network. The filter then
// throws away what comes through the second one.
func (r reversePath) twoInOne() bool {
	seen := map[netip.Prefix]string{}
	for _, one := range r.routes {
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

// loosen is how to let every sender in. Loose is enough if there is a way to
// everywhere.
func (r reversePath) loosen() string {
	mode := "2"
	if !hasDefault(r.routes) {
		mode = "0"
	}
	remedy := "sudo sysctl -w net.ipv4.conf.all.rp_filter=" + mode
	if mode == "0" {
		for _, l := range toNetwork(r.links) {
			if r.modes[l.Name] != rpOff {
				remedy += fmt.Sprintf(" net.ipv4.conf.%s.rp_filter=0", l.Name)
			}
		}
	}
	return remedy
}

// remedy loosens the filter so far that the stream is let in.
func (r reversePath) remedy(s stream) string {
	if _, ok := wayTo(r.routes, s.from); ok {
		return fmt.Sprintf("sudo sysctl -w net.ipv4.conf.%s.rp_filter=2", s.iface)
	}
	return fmt.Sprintf("sudo sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.%s.rp_filter=0", s.iface)
}
