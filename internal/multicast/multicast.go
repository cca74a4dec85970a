// Package multicast multicasts datagrams on one network interface, named by the
// user, and on no other.
//
// On the loopback interface nothing leaves the machine; elsewhere a datagram
// goes one hop. Where the system allows it the datagrams of different senders
// come from different addresses, since a receiver tells Picos apart by these.
package multicast

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/ipv4"
)

// MaxSenders is how many addresses one Caster may have.
const MaxSenders = 256

// A Caster sends to one group on one interface. It is safe for concurrent use.
type Caster struct {
	group netip.Addr
	local bool
	conns []*net.UDPConn // one for each address
}

// Open returns a Caster for so many senders. It returns an
// [*InterfaceError] if the interface cannot be used.
func Open(iface string, group netip.Addr, senders int) (*Caster, error) {
	in, addr, err := find(iface)
	if err != nil {
		return nil, &InterfaceError{Interface: iface, Able: able(), Err: err}
	}
	c := &Caster{group: group, local: in.Flags&net.FlagLoopback != 0}
	for i := range max(1, min(senders, MaxSenders)) {
		if c.local && senders > 1 {
			addr = sender(i)
		}
		conn, err := open(in, addr, c.local)
		if err != nil && i == 0 && senders > 1 {
			// Only Linux gives out all of 127.0.0.0/8 without asking.
			conn, err = open(in, netip.AddrFrom4([4]byte{127, 0, 0, 1}), c.local)
			senders = 1
		}
		if err != nil {
			return nil, errors.Join(&InterfaceError{Interface: iface, Able: able(), Err: err}, c.Close())
		}
		c.conns = append(c.conns, conn)
		if !c.local || senders == 1 {
			break
		}
	}
	return c, nil
}

// sender is the address of a sender on the loopback interface, away from those
// that other programs use.
func sender(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 9, byte(i / 250), byte(1 + i%250)})
}

func open(in net.Interface, addr netip.Addr, local bool) (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, 0)))
	if err != nil {
		return nil, err
	}
	hops := 1
	if local {
		hops = 0
	}
	p := ipv4.NewPacketConn(conn)
	err = errors.Join(p.SetMulticastInterface(&in), p.SetMulticastTTL(hops), p.SetMulticastLoopback(true))
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// Send sends a payload to a port, as one of the senders counted from 0.
func (c *Caster) Send(sender int, port uint16, payload []byte) error {
	_, err := c.conns[sender%len(c.conns)].WriteToUDPAddrPort(payload, netip.AddrPortFrom(c.group, port))
	if err != nil {
		return &sendError{err}
	}
	return nil
}

// Local reports whether nothing leaves this machine.
func (c *Caster) Local() bool { return c.local }

// Addrs lists the addresses that the senders have.
func (c *Caster) Addrs() []netip.Addr {
	var all []netip.Addr
	for _, conn := range c.conns {
		all = append(all, conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr())
	}
	return all
}

// Close closes the sockets.
func (c *Caster) Close() error {
	var all []error
	for _, conn := range c.conns {
		all = append(all, conn.Close())
	}
	return errors.Join(all...)
}

// find returns an interface that can be sent on, and its address.
func find(name string) (net.Interface, netip.Addr, error) {
	in, err := net.InterfaceByName(name)
	if err != nil {
		return net.Interface{}, netip.Addr{}, errors.New("no such network interface")
	}
	addr, err := usable(*in)
	return *in, addr, err
}

// usable returns the address to send from, or an error that says why the
// interface cannot be used.
func usable(in net.Interface) (netip.Addr, error) {
	switch {
	case in.Flags&net.FlagUp == 0:
		return netip.Addr{}, errors.New("it is down")
	case in.Flags&(net.FlagMulticast|net.FlagLoopback) == 0:
		return netip.Addr{}, errors.New("it carries no multicast")
	}
	addrs, err := in.Addrs()
	if err != nil {
		return netip.Addr{}, fmt.Errorf("reading its addresses: %w", err)
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
			return p.Addr(), nil
		}
	}
	return netip.Addr{}, errors.New("it has no IPv4 address")
}

func able() []string {
	all, _ := net.Interfaces() // only for a hint
	var names []string
	for _, in := range all {
		if _, err := usable(in); err == nil {
			names = append(names, in.Name)
		}
	}
	return names
}

// An InterfaceError says that nothing can be sent on an interface.
type InterfaceError struct {
	Interface string
	Able      []string // interfaces that can be used
	Err       error
}

func (e *InterfaceError) Error() string {
	return fmt.Sprintf("cannot send on interface %q: %v", e.Interface, e.Err)
}

// Unwrap returns the cause.
func (e *InterfaceError) Unwrap() error { return e.Err }

// Hint says what to try next.
func (e *InterfaceError) Hint() string {
	if len(e.Able) == 0 {
		return "no interface is up that carries multicast; check with: ip link"
	}
	return "try --interface with one of: " + strings.Join(e.Able, ", ")
}

// A sendError says that a datagram could not be sent.
type sendError struct{ err error }

func (e *sendError) Error() string { return fmt.Sprintf("sending: %v", e.err) }
func (e *sendError) Unwrap() error { return e.err }

// Hint says what to try next.
func (*sendError) Hint() string { return "is the network up? Check with: ip address" }
