package doctor

import (
	"fmt"
	"net/netip"

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

// checkFirewall judges from own test packets, and from what was seen on the
// wire and not heard, whether this machine lets packets in. kept is what was
// seen and not heard, unless the reverse-path filter explains it.
func checkFirewall(links []link, fates map[int]feed.OwnPacket, err error, h heard, kept []seen, remedy string) *Check {
	c := finding(idFirewall)
	if len(kept) > 0 {
		for _, s := range kept {
			c.note(fmt.Sprintf("%s sends to port %d: seen on %s, and not heard", s.from, s.port, s.iface))
		}
		return c.be(Problem, fmt.Sprintf("packets from %s reach %s, and the firewall on this machine throws them away", kept[0].from, kept[0].iface)).try(remedy)
	}
	if err != nil {
		return c.be(Unknown, fmt.Sprintf("no test packet could be sent: %v", err))
	}
	var back, lost []string
	for _, l := range links {
		switch fates[l.Index] {
		case feed.CameBack:
			back = append(back, l.Name)
		case feed.Lost:
			lost = append(lost, l.Name)
		}
	}
	switch {
	case len(lost) > 0 && h.packets > 0:
		c.note(fmt.Sprintf("a test packet to another port did not come back on %s, so a firewall is at work", list(lost)))
		return c.be(OK, "the firewall on this machine lets in what Picos send")
	case len(lost) > 0:
		return c.be(Problem, fmt.Sprintf("a firewall on this machine keeps packets out: my own test packet did not come back on %s", list(lost))).try(remedy)
	case len(back) == 0:
		return c.be(Unknown, "no test packet could be sent, as no interface hears the group")
	}
	return c.be(OK, fmt.Sprintf("my own test packet came back on %s, so this machine's firewall lets packets in", list(back)))
}
