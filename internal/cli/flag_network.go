package cli

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// networkFlags are the flags that say what to listen to. The zero value has no
// defaults: see newNetworkFlags.
type networkFlags struct {
	group      groupValue
	ports      portsValue
	interfaces interfacesValue
}

// newNetworkFlags are what the Picos send to, unless they were told otherwise.
func newNetworkFlags() networkFlags {
	return networkFlags{
		group: groupValue(netip.AddrFrom4([4]byte{239, 0, 0, 1})),
		ports: portsValue{ports: []uint16{11235, 9999}},
	}
}

// add adds the flags to those of a command.
func (n *networkFlags) add(f *pflag.FlagSet) {
	f.VarP(&n.group, "group", "g", "multicast group that the Picos send to")
	f.VarP(&n.ports, "port", "p", "port to hear, repeatable")
	f.VarP(&n.interfaces, "interface", "i", "network to hear, by name or address, repeatable")
}

// repeated are those of the flags that were given, to be typed again.
func (n *networkFlags) repeated(f *pflag.FlagSet) string {
	var all []string
	for _, name := range []string{"group", "port", "interface"} {
		if flag := f.Lookup(name); flag.Changed {
			all = append(all, "--"+name+" "+flag.Value.String())
		}
	}
	return strings.Join(all, " ")
}

// groupValue is an IPv4 multicast group.
type groupValue netip.Addr

func (g *groupValue) String() string { return netip.Addr(*g).String() }
func (g *groupValue) Type() string   { return "address" }

func (g *groupValue) Set(s string) error {
	a, err := netip.ParseAddr(s)
	switch {
	case err == nil && a.Is6() && a.IsMulticast():
		return &badValue{"IPv6 groups cannot be heard yet", "picotop --group 239.0.0.1"}
	case err != nil || !a.Is4() || !a.IsMulticast():
		return &badValue{"not an IPv4 multicast address, which are 224.0.0.0 to 239.255.255.255", "picotop --group 239.0.0.1"}
	}
	*g = groupValue(a)
	return nil
}

// portsValue is a list of UDP ports. The first one given replaces the
// defaults.
type portsValue struct {
	ports []uint16
	given bool
}

func (p *portsValue) String() string {
	text := make([]string, len(p.ports))
	for i, n := range p.ports {
		text[i] = strconv.Itoa(int(n))
	}
	return strings.Join(text, ",")
}

func (p *portsValue) Type() string { return "port" }

func (p *portsValue) Set(s string) error {
	if !p.given {
		p.ports, p.given = nil, true
	}
	for _, one := range strings.Split(s, ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(one), 10, 16)
		if err != nil || n == 0 {
			return &badValue{"a port is a number from 1 to 65535", "picotop --port 9999"}
		}
		if !slices.Contains(p.ports, uint16(n)) {
			p.ports = append(p.ports, uint16(n))
		}
	}
	return nil
}

// interfacesValue is a list of network interfaces, by name or address. Empty
// means all.
type interfacesValue []string

func (i *interfacesValue) String() string { return strings.Join(*i, ",") }
func (i *interfacesValue) Type() string   { return "interface" }

func (i *interfacesValue) Set(s string) error {
	s = strings.TrimSpace(s)
	// For the first exporter this was the address to bind: people have its
	// default, or the group itself, in their service files.
	if a, err := netip.ParseAddr(s); s == "" || err == nil && (a.IsUnspecified() || a.IsMulticast()) {
		return nil
	}
	*i = append(*i, s)
	return nil
}

// bindValue is an IPv4 address of this host.
type bindValue netip.Addr

func (b *bindValue) Type() string { return "address" }

func (b *bindValue) String() string {
	if a := netip.Addr(*b); a.IsValid() {
		return a.String()
	}
	return ""
}

func (b *bindValue) Set(s string) error {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() || a.IsMulticast() || a.IsUnspecified() {
		return &badValue{"not an IPv4 address of this machine", "see which there are: ip -4 address"}
	}
	*b = bindValue(a)
	return nil
}
