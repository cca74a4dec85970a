package doctor

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"

	"picotop/feed"
)

// A link is a network interface, as the kernel and the listener see it.
type link struct {
	net.Interface
	addr   netip.Addr // its first IPv4 address
	joined bool
	why    string // why it was left out
}

func (l link) loopback() bool { return l.Flags&net.FlagLoopback != 0 }
func (l link) running() bool  { return l.Flags&net.FlagRunning != 0 }
func (l link) up() bool       { return l.Flags&net.FlagUp != 0 }

func (l link) String() string {
	if l.addr.IsValid() {
		return fmt.Sprintf("%s (%s)", l.Name, l.addr)
	}
	return l.Name
}

// toNetwork selects the joined links behind which Picos can be.
func toNetwork(links []link) []link {
	return slices.DeleteFunc(slices.Clone(links), func(l link) bool { return !l.joined || l.loopback() })
}

// checkInterfaces judges whether there is a network to hear. joinErr is why
// the listener gave up, if it did.
func checkInterfaces(links []link, joinErr error) *Check {
	c := finding(idInterfaces)
	if joinErr != nil {
		c.be(Problem, joinErr.Error())
		if e, ok := errors.AsType[*feed.JoinError](joinErr); ok && len(e.Able) > 0 {
			return c.try("picotop doctor --interface " + e.Able[0])
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
	hearing := toNetwork(links)
	connected := slices.ContainsFunc(hearing, link.running)
	if connected {
		return c.be(OK, fmt.Sprintf("the network is heard through %s", list(hearing)))
	}
	if len(hearing) > 0 {
		l := hearing[0]
		return c.be(Problem, fmt.Sprintf("%s is not connected: no cable, or no Wi-Fi", l.Name)).try("ip link show " + l.Name)
	}
	return noNetwork(c, links)
}

// noNetwork says why there is nothing to hear but this machine itself.
func noNetwork(c *Check, links []link) *Check {
	find := func(why string) *link {
		for i := range links {
			if !links[i].loopback() && links[i].why == why {
				return &links[i]
			}
		}
		return nil
	}
	if l := find("no IPv4 address"); l != nil {
		return c.be(Problem, fmt.Sprintf("%s has no IPv4 address: the router gave it none, so no network is heard", l.Name)).
			try("sudo nmcli device connect " + l.Name)
	}
	if l := find("down"); l != nil {
		return c.be(Problem, fmt.Sprintf("%s is switched off (down), so no network is heard", l.Name)).
			try(fmt.Sprintf("sudo ip link set %s up", l.Name))
	}
	for _, l := range links {
		if l.joined {
			return c.be(OK, "only this machine itself is heard, through "+l.Name)
		}
	}
	return c.be(Problem, "this machine has no network that can carry what Picos send").try("ip address")
}
