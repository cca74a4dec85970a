package doctor

import (
	"fmt"
	"net/netip"
	"slices"

	"picotop/feed"
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

// letIn is what to type to open the firewall. has reports whether a program is
// installed.
func letIn(group netip.Addr, has func(string) bool) string {
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

// gates is what is known of the firewall.
type gates struct {
	links    []link
	fates    map[int]feed.OwnPacket // of test packets to a port of nobody's
	err      error                  // why there are none
	filtered []filteredPort         // ports of Picos to which a test packet did not come back
	probed   int                    // how many were tried
	kept     []stream               // seen and not heard, unless something else explains that
	mute     bool                   // this machine joined, and told the network nothing
	deaf     string                 // the interface on which it did not answer a querier
	remedy   string
}

// checkFirewall judges from own test packets, and from what was seen on the
// wire and not heard, whether this machine lets packets in.
func checkFirewall(g gates, t traffic) *Check {
	c := finding(idFirewall)
	if len(g.kept) > 0 {
		for _, s := range g.kept {
			c.note(fmt.Sprintf("%s sends to port %d: seen on %s, and not heard", s.from, s.port, s.iface))
		}
		one := g.kept[0]
		return c.be(Problem, fmt.Sprintf("packets from %s to port %d reach %s, and the firewall on this machine throws them away", one.from, one.port, one.iface)).try(g.remedy)
	}
	if len(g.filtered) > 0 {
		return checkFilteredPorts(c, g, t)
	}
	if c := checkIGMP(c, g); c != nil {
		return c
	}
	back, lost := g.came()
	switch {
	case g.err != nil && g.probed == 0:
		return c.be(Unknown, fmt.Sprintf("no test packet could be sent: %v", g.err))
	case len(lost) > 0 && (g.probed > 0 || t.packets > 0):
		c.note(fmt.Sprintf("a test packet to another port did not come back on %s, so a firewall is at work", list(lost)))
		return c.be(OK, "the firewall on this machine lets in what Picos send")
	case len(lost) > 0:
		return c.be(Problem, fmt.Sprintf("a firewall on this machine keeps packets out: my own test packet did not come back on %s", list(lost))).try(g.remedy)
	case len(back) == 0 && g.probed == 0:
		return c.be(Unknown, "no test packet could be sent, as no interface hears the group")
	}
	return c.be(OK, fmt.Sprintf("my own test packet came back on %s, so this machine's firewall lets packets in", list(back)))
}

// came lists the interfaces on which a test packet came back, and those on
// which it was lost.
func (g gates) came() (back, lost []string) {
	for _, l := range g.links {
		switch g.fates[l.Index] {
		case feed.CameBack:
			back = append(back, l.Name)
		case feed.Lost:
			lost = append(lost, l.Name)
		}
	}
	return back, lost
}

// checkFilteredPorts judges test packets that did not come back from the Picos' own
// ports.
func checkFilteredPorts(c *Check, g gates, t traffic) *Check {
	var ports, heardAll []uint16
	for _, s := range g.filtered {
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
	text := fmt.Sprintf("a firewall on this machine keeps out what is sent to %s %s: my own test packet did not come back on %s", word, list(ports), g.filtered[0].link.Name)
	switch {
	case len(heardAll) == len(ports):
		c.note("my own test packet did not come back, so a firewall is at work")
		return c.be(OK, "the firewall on this machine lets in what Picos send")
	case t.temperatures() > 0:
		return c.be(Warning, text).try(g.remedy)
	}
	return c.be(Problem, text).try(g.remedy)
}

// checkIGMP judges whether the firewall lets this machine say that it listens.
// It returns nil if nothing is wrong.
func checkIGMP(c *Check, g gates) *Check {
	switch {
	case g.mute:
		c.note("look for a rule of the output chain that drops the protocol igmp")
		return c.be(Problem, "a firewall on this machine keeps it from telling the network that it listens (IGMP goes out): switches that filter multicast send it nothing").
			try("sudo nft list ruleset")
	case g.deaf != "":
		c.note("look for a rule of the input chain that drops the protocol igmp")
		return c.be(Problem, fmt.Sprintf("this machine does not answer on %s when it is asked who listens: a firewall here throws IGMP away, and packets stop after some minutes", g.deaf)).
			try("sudo nft list ruleset")
	}
	return nil
}
