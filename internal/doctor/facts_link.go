package doctor

import (
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
	why    string // why the listener left it out
}

func (l link) loopback() bool { return l.Flags&net.FlagLoopback != 0 }
func (l link) running() bool  { return l.Flags&net.FlagRunning != 0 }
func (l link) up() bool       { return l.Flags&net.FlagUp != 0 }

// hasGivenAddress reports whether somebody gave it its address: one of
// 169.254.0.0/16 it took itself, for want of a better one.
func (l link) hasGivenAddress() bool { return l.running() && !l.addr.IsLinkLocalUnicast() }

func (l link) String() string {
	if l.addr.IsValid() {
		return fmt.Sprintf("%s (%s)", l.Name, l.addr)
	}
	return l.Name
}

// fixable reports whether an interface is not heard for a reason that somebody
// may want to mend.
func fixable(l link) bool { return l.why == feed.IsDown || l.why == feed.NoAddress }

// networkLinks selects the joined links behind which Picos can be.
func networkLinks(links []link) []link {
	return slices.DeleteFunc(slices.Clone(links), func(l link) bool { return !l.joined || l.loopback() })
}

// joinedInterfaces are the interfaces on which the listener joined the group.
func joinedInterfaces(links []link) []net.Interface {
	var all []net.Interface
	for _, l := range links {
		if l.joined {
			all = append(all, l.Interface)
		}
	}
	return all
}

func linkNames(links []link) []string {
	var names []string
	for _, l := range links {
		names = append(names, l.Name)
	}
	return names
}
