package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
)

// maxMemberships is how many groups Linux lets one socket join
// (net.ipv4.igmp_max_memberships).
const maxMemberships = 20

// containerBridge matches the bridges that container and virtual machine
// engines make. No Pico is behind them, and there can be many. What is plugged
// into them has no address on this side, so it is left out for that.
var containerBridge = regexp.MustCompile(`^(docker\d+|docker_gwbridge|br-[0-9a-f]{12}|virbr\d+|cni.*|flannel.*|podman\d+|lxcbr\d+|lxdbr\d+|incusbr\d+)$`)

// Why an interface may be left out, among other reasons.
const (
	IsDown    = "down"
	NoAddress = "no IPv4 address"
)

// An iface is a network interface and what was decided about it.
type iface struct {
	net.Interface
	health InterfaceHealth
}

func (c *iface) loopback() bool { return c.Flags&net.FlagLoopback != 0 }

func (c *iface) membership() membership {
	return membership{name: c.Name, addr: c.health.Addr, running: c.Flags&net.FlagRunning != 0}
}

// interfaces lists the machine's interfaces, and decides which of them should
// hear the group: those in wanted, by name or by one of their addresses, or
// all that are able to if wanted is empty.
func interfaces(wanted []string) ([]iface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("listing the network interfaces: %w", err)
	}
	list := make([]iface, 0, len(all))
	joined := 0
	for _, in := range all {
		addrs := ipv4Of(in)
		c := iface{Interface: in, health: InterfaceHealth{Name: in.Name}}
		if len(addrs) > 0 {
			c.health.Addr = addrs[0]
		}
		c.health.Why = unfit(in, addrs, wanted)
		if c.health.Why == "" && joined == maxMemberships {
			c.health.Why = "more interfaces than one socket can join"
		}
		if c.health.Why == "" {
			c.health.Joined = true
			joined++
		}
		list = append(list, c)
	}
	return list, nil
}

// unfit says why an interface is left out, or nothing if it should be joined.
func unfit(in net.Interface, addrs []netip.Addr, wanted []string) string {
	named := slices.ContainsFunc(wanted, func(w string) bool { return isNamed(w, in, addrs) })
	switch {
	case len(wanted) > 0 && !named:
		return "not asked for"
	case in.Flags&net.FlagUp == 0:
		return IsDown
	case in.Flags&(net.FlagMulticast|net.FlagLoopback) == 0:
		// lo has no such flag, yet joining it works, and it is where
		// senders on this machine may be heard.
		return "cannot hear multicast"
	case named:
		return ""
	case containerBridge.MatchString(in.Name):
		return "container bridge"
	case len(addrs) == 0:
		return NoAddress
	}
	return ""
}

func isNamed(wanted string, in net.Interface, addrs []netip.Addr) bool {
	if wanted == in.Name {
		return true
	}
	a, err := netip.ParseAddr(wanted)
	return err == nil && slices.Contains(addrs, a)
}

// ipv4Of returns the interface's IPv4 addresses; none if they cannot be read,
// as when the interface has just gone.
func ipv4Of(in net.Interface) []netip.Addr {
	addrs, err := in.Addrs()
	if err != nil {
		return nil
	}
	var v4 []netip.Addr
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
			v4 = append(v4, p.Addr())
		}
	}
	return v4
}

var errNoInterface = errors.New("no such network interface, and none with this address")

// checkWanted reports the first wanted interface that is not there or cannot
// hear the group.
func checkWanted(group netip.Addr, wanted []string, list []iface) error {
	var able []string
	for _, c := range list {
		if unfit(c.Interface, ipv4Of(c.Interface), nil) == "" {
			able = append(able, c.Name)
		}
	}
	for _, w := range wanted {
		i := slices.IndexFunc(list, func(c iface) bool { return isNamed(w, c.Interface, ipv4Of(c.Interface)) })
		err := errNoInterface
		if i >= 0 {
			if list[i].health.Joined {
				continue
			}
			err = errors.New(list[i].health.Why)
		}
		return &JoinError{Group: group.String(), Interface: w, Able: able, Err: err}
	}
	return nil
}

// checkBind reports an address that is wanted, but not here.
func checkBind(ctx context.Context, wanted netip.Addr, list []iface) error {
	if !wanted.IsValid() {
		return nil
	}
	// Only the system knows: all of 127.0.0.0/8 is here, for example.
	c, err := new(net.ListenConfig).ListenPacket(ctx, "udp4", netip.AddrPortFrom(wanted, 0).String())
	if err == nil {
		return c.Close()
	}
	e := &BindError{Addr: wanted, Err: err}
	for _, c := range list {
		if c.health.Addr.IsValid() {
			e.Have = append(e.Have, c.health.Addr)
		}
	}
	slices.SortStableFunc(e.Have, func(a, b netip.Addr) int {
		return cmp.Compare(rank(a), rank(b)) // what others can reach first
	})
	return e
}

func rank(a netip.Addr) int {
	if a.IsLoopback() {
		return 1
	}
	return 0
}
