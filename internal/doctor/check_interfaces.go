package doctor

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"picotop/feed"
	"picotop/internal/format"
)

// checkInterfaces judges whether there is a network to hear. asked says that
// certain interfaces were asked for, has whether a program is installed, and
// joinErr why the listener gave up, if it did.
func checkInterfaces(links []link, asked bool, has func(string) bool, joinErr error) *Check {
	c := newCheck(idInterfaces)
	if joinErr != nil {
		c.set(Problem, joinErr.Error())
		if e, ok := errors.AsType[*feed.JoinError](joinErr); ok {
			if i := slices.IndexFunc(links, func(l link) bool { return l.Name == e.Interface }); i >= 0 {
				return explainLink(c, links[i], joinErr.Error(), has)
			}
			return c.try(suggestInterface(e.Able))
		}
		return c.try("ip address")
	}
	for _, l := range links {
		switch {
		case l.joined && !l.running():
			c.note(l.String() + " has no cable in it, or no Wi-Fi")
		case l.joined:
			c.note(l.String() + " is up and hears the group")
		default:
			c.note(l.String() + " left out: " + l.why)
		}
	}
	network := networkLinks(links)
	if i := slices.IndexFunc(network, link.running); i >= 0 {
		if slices.ContainsFunc(network, link.hasGivenAddress) {
			return c.set(OK, fmt.Sprintf("the network is heard through %s", format.List(network)))
		}
		return c.set(Warning, fmt.Sprintf("%s has only an address that it gave itself, %s: the router gave it none", network[i].Name, network[i].addr)).
			try(renewLease(network[i].Name, has))
	}
	if len(network) > 0 {
		return noCarrier(c, network[0], has)
	}
	return noNetwork(c, links, asked, has)
}

// suggestInterface is the command that asks for another interface, rather one
// that leads to a network.
func suggestInterface(able []string) string {
	for _, name := range able {
		if name != "lo" {
			return "picotop doctor --interface " + name
		}
	}
	return "ip address"
}

// noCarrier reports an interface without a cable or Wi-Fi.
func noCarrier(c *Check, l link, has func(string) bool) *Check {
	c.set(Problem, fmt.Sprintf("%s is not connected: no cable, or no Wi-Fi", l.Name))
	if strings.HasPrefix(l.Name, "wl") && has("nmcli") {
		return c.try("nmcli device wifi list")
	}
	return c.try("ip link show " + l.Name)
}

// renewLease is the command that asks the router for an address again, with the
// DHCP client that is installed.
func renewLease(name string, has func(string) bool) string {
	for _, t := range []struct{ tool, remedy string }{
		{"nmcli", "sudo nmcli device connect "},
		{"dhcpcd", "sudo dhcpcd -n "},
		{"dhclient", "sudo dhclient -v "},
		{"networkctl", "sudo networkctl renew "},
	} {
		if has(t.tool) {
			return t.remedy + name
		}
	}
	return "ip address show " + name
}

// explainLink sets the text, and the remedy for an interface that is not heard.
func explainLink(c *Check, l link, text string, has func(string) bool) *Check {
	c.set(Problem, text)
	switch {
	case !l.up():
		return c.try(fmt.Sprintf("sudo ip link set %s up", l.Name))
	case !l.running():
		return noCarrier(c, l, has)
	case !l.addr.IsValid():
		return c.try(renewLease(l.Name, has))
	}
	return c.try("ip address show " + l.Name)
}

// noNetwork judges that no interface leads to a network: why, and whether that
// was asked for.
func noNetwork(c *Check, links []link, asked bool, has func(string) bool) *Check {
	find := func(why func(link) bool) *link {
		for i := range links {
			if !links[i].loopback() && why(links[i]) {
				return &links[i]
			}
		}
		return nil
	}
	addressless := func(l link) bool { return l.why == feed.NoAddress }
	if l := find(func(l link) bool { return addressless(l) && l.running() }); l != nil {
		return explainLink(c, *l, fmt.Sprintf("%s has no IPv4 address: the router gave it none, so no network is heard", l.Name), has)
	}
	if l := find(func(l link) bool { return l.why == feed.IsDown }); l != nil {
		return explainLink(c, *l, fmt.Sprintf("%s is switched off (down), so no network is heard", l.Name), has)
	}
	if l := find(addressless); l != nil {
		return noCarrier(c, *l, has)
	}
	i := slices.IndexFunc(links, func(l link) bool { return l.joined })
	if i >= 0 && asked {
		return c.set(OK, "only this machine itself is heard, through "+links[i].Name)
	}
	c.note("in a container: it needs the network of the machine, as with  docker run --network host")
	return c.set(Problem, "this machine has no network that can carry what Picos send").try("ip address")
}
