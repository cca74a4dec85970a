package doctor

import (
	"fmt"
	"net/netip"
	"slices"

	"picotop/feed"
	"picotop/internal/format"
)

// firewallTools are the programs that people set up a firewall with, the
// likeliest first, and how each is told to let the Picos in. "%[1]s" is the
// group.
var firewallTools = [...]struct{ name, remedy string }{
	{"ufw", "sudo ufw allow in proto udp to %[1]s"},
	{"firewall-cmd", "sudo firewall-cmd --permanent --add-rich-rule='rule family=ipv4 destination address=%[1]s accept' && sudo firewall-cmd --reload"},
	{"nft", "sudo nft list ruleset"},
	{"iptables", "sudo iptables -I INPUT -d %[1]s -p udp -j ACCEPT"},
}

// allowGroup is the command that opens the firewall for a group. has reports
// whether a program is installed.
func allowGroup(group netip.Addr, has func(string) bool) string {
	for _, t := range firewallTools {
		if has(t.name) {
			if t.name == "nft" {
				return t.remedy // where a rule has to go depends on the others
			}
			return fmt.Sprintf(t.remedy, group)
		}
	}
	return "sudo nft list ruleset"
}

// firewallFacts is what is known of the firewall.
type firewallFacts struct {
	links        []link
	testPackets  map[int]feed.TestPacket // by interface index: test packets to a port that nobody uses
	err          error                   // why there are none
	filtered     []filteredPort          // the Picos' own ports from which a test packet did not come back
	probed       int                     // how many of the Picos' own ports were probed
	unheard      []stream                // sniffed and not heard, unless the reverse-path filter explains that
	noJoinReport bool                    // the kernel sent no membership report on joining
	unansweredOn string                  // the first interface on which a query got no answer; empty if none
	remedy       string
}

// checkFirewall judges from own test packets, and from what was sniffed and not
// heard, whether this machine lets packets in.
func checkFirewall(f firewallFacts, t traffic) *Check {
	c := newCheck(idFirewall)
	if len(f.unheard) > 0 {
		for _, st := range f.unheard {
			c.note(fmt.Sprintf("%s sends to port %d: seen on %s, and not heard", st.from, st.port, st.iface))
		}
		one := f.unheard[0]
		return c.set(Problem, fmt.Sprintf("packets from %s to port %d reach %s, and the firewall on this machine throws them away", one.from, one.port, one.iface)).try(f.remedy)
	}
	if len(f.filtered) > 0 {
		return checkFilteredPorts(c, f, t)
	}
	if c := checkIGMP(c, f); c != nil {
		return c
	}
	back, lost := f.ownPacketLinks()
	switch {
	case f.err != nil && f.probed == 0:
		return c.set(Unknown, fmt.Sprintf("no test packet could be sent: %v", f.err))
	case len(lost) > 0 && (f.probed > 0 || t.packets > 0):
		c.note(fmt.Sprintf("a test packet to another port did not come back on %s, so a firewall is at work", format.List(lost)))
		return c.set(OK, "the firewall on this machine lets in what Picos send")
	case len(lost) > 0:
		return c.set(Problem, fmt.Sprintf("a firewall on this machine keeps packets out: my own test packet did not come back on %s", format.List(lost))).try(f.remedy)
	case len(back) == 0 && f.probed == 0:
		return c.set(Unknown, "no test packet could be sent, as no interface hears the group")
	}
	return c.set(OK, fmt.Sprintf("my own test packet came back on %s, so this machine's firewall lets packets in", format.List(back)))
}

// ownPacketLinks lists the interfaces on which a test packet came back, and
// those on which it was lost.
func (f firewallFacts) ownPacketLinks() (back, lost []string) {
	for _, l := range f.links {
		switch f.testPackets[l.Index] {
		case feed.CameBack:
			back = append(back, l.Name)
		case feed.Lost:
			lost = append(lost, l.Name)
		}
	}
	return back, lost
}

// checkFilteredPorts judges test packets that did not come back from the Picos'
// own ports.
func checkFilteredPorts(c *Check, f firewallFacts, t traffic) *Check {
	var ports, heardAll []uint16
	for _, s := range f.filtered {
		if !slices.Contains(ports, s.port) {
			ports = append(ports, s.port)
			if t.packetsToPort(s.port) > 0 {
				heardAll = append(heardAll, s.port)
			}
		}
	}
	word := "port"
	if len(ports) > 1 {
		word = "ports"
	}
	text := fmt.Sprintf("a firewall on this machine keeps out what is sent to %s %s: my own test packet did not come back on %s", word, format.List(ports), f.filtered[0].link.Name)
	switch {
	case len(heardAll) == len(ports):
		c.note("my own test packet did not come back, so a firewall is at work")
		return c.set(OK, "the firewall on this machine lets in what Picos send")
	case t.temperatures() > 0:
		return c.set(Warning, text).try(f.remedy)
	}
	return c.set(Problem, text).try(f.remedy)
}

// checkIGMP judges whether the firewall lets membership reports out and queries
// in.
// It returns nil if nothing is wrong.
func checkIGMP(c *Check, f firewallFacts) *Check {
	switch {
	case f.noJoinReport:
		c.note("look for a rule of the output chain that drops the protocol igmp")
		return c.set(Problem, "a firewall on this machine keeps it from telling the network that it listens (IGMP goes out): switches that filter multicast send it nothing").
			try("sudo nft list ruleset")
	case f.unansweredOn != "":
		c.note("look for a rule of the input chain that drops the protocol igmp")
		return c.set(Problem, fmt.Sprintf("this machine does not answer on %s when it is asked who listens: a firewall here throws IGMP away, and packets stop after some minutes", f.unansweredOn)).
			try("sudo nft list ruleset")
	}
	return nil
}
