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

	"golang.org/x/net/ipv4"
)

// MaxSources is how many addresses one Sender may send from.
const MaxSources = 256

// A Sender sends to one group on one interface. It is safe for concurrent use.
type Sender struct {
	group netip.Addr
	local bool
	conns []*net.UDPConn // one for each address
}

// Open returns a Sender on an interface. On the loopback interface it sends from
// each of the given addresses, which are of 127.0.0.0/8, or from that of the
// interface if there are none; elsewhere always from that of the interface. A
// system that does not give the addresses out gets 127.0.0.1 for all. It returns
// an [*InterfaceError] if the interface cannot be used. Close it.
func Open(iface string, group netip.Addr, sources []netip.Addr) (*Sender, error) {
	in, own, err := find(iface)
	if err != nil {
		return nil, &InterfaceError{Interface: iface, Able: able(), Err: err}
	}
	s := &Sender{group: group, local: in.Flags&net.FlagLoopback != 0}
	if !s.local || len(sources) == 0 {
		sources = []netip.Addr{own}
	}
	for i, addr := range sources[:min(len(sources), MaxSources)] {
		conn, err := open(in, addr, s.local)
		if err != nil && i == 0 && len(sources) > 1 {
			// Only Linux gives out all of 127.0.0.0/8 without asking.
			conn, err = open(in, netip.AddrFrom4([4]byte{127, 0, 0, 1}), s.local)
			sources = sources[:1]
		}
		if err != nil {
			return nil, errors.Join(&InterfaceError{Interface: iface, Able: able(), Err: err}, s.Close())
		}
		s.conns = append(s.conns, conn)
		if len(sources) == 1 {
			break
		}
	}
	return s, nil
}

// LoopbackSources lists n addresses of the loopback interface, at most
// MaxSources, away from those that other programs use. One source needs none of
// its own.
func LoopbackSources(n int) []netip.Addr {
	if n <= 1 {
		return nil
	}
	var all []netip.Addr
	for i := range min(n, MaxSources) {
		all = append(all, netip.AddrFrom4([4]byte{127, 9, byte(i / 250), byte(1 + i%250)}))
	}
	return all
}

// Loopback returns the name of the loopback interface.
func Loopback() (string, error) {
	all, err := net.Interfaces()
	if err != nil {
		return "", fmt.Errorf("listing the network interfaces: %w", err)
	}
	for _, in := range all {
		if in.Flags&net.FlagLoopback != 0 && in.Flags&net.FlagUp != 0 {
			return in.Name, nil
		}
	}
	return "", errors.New("no loopback interface is up")
}

func open(in net.Interface, addr netip.Addr, local bool) (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, 0)))
	if err != nil {
		return nil, err
	}
	p := ipv4.NewPacketConn(conn)
	if local {
		err = StayLocal(p)
	} else {
		err = errors.Join(p.SetMulticastTTL(1), p.SetMulticastLoopback(true))
	}
	if err = errors.Join(err, p.SetMulticastInterface(&in)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// StayLocal has what a socket multicasts stay on this machine, by a TTL of 0,
// and be heard here. On an interface where nobody here has joined the group
// Linux puts it on the network all the same.
func StayLocal(p *ipv4.PacketConn) error {
	return errors.Join(p.SetMulticastTTL(0), p.SetMulticastLoopback(true))
}

// Send sends a payload to a port, from one of the sources, counted from 0.
func (s *Sender) Send(source int, port uint16, payload []byte) error {
	_, err := s.conns[source%len(s.conns)].WriteToUDPAddrPort(payload, netip.AddrPortFrom(s.group, port))
	if err != nil {
		return &SendError{err}
	}
	return nil
}

// Local reports whether nothing leaves this machine.
func (s *Sender) Local() bool { return s.local }

// Addrs lists the addresses that it sends from.
func (s *Sender) Addrs() []netip.Addr {
	var all []netip.Addr
	for _, conn := range s.conns {
		all = append(all, conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr())
	}
	return all
}

// Close closes the sockets.
func (s *Sender) Close() error {
	var all []error
	for _, conn := range s.conns {
		all = append(all, conn.Close())
	}
	return errors.Join(all...)
}

// FreePort returns a UDP port of the loopback interface that nobody uses.
func FreePort() (uint16, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port(), nil
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

// A SendError says that a datagram could not be sent.
type SendError struct{ Err error }

func (e *SendError) Error() string { return fmt.Sprintf("sending: %v", e.Err) }
func (e *SendError) Unwrap() error { return e.Err }
