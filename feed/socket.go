package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/net/ipv4"
)

// receiveBuffer is what the kernel is asked to hold for us while we are busy:
// some 10,000 packets, a tenth of a second of the most that may come. It is cut to
// net.core.rmem_max without an error.
const receiveBuffer = 4 << 20

// control is what the kernel is asked to tell beside each payload.
const control = ipv4.FlagDst | ipv4.FlagInterface

// A socket hears one group on one port.
type socket struct {
	group netip.Addr
	port  uint16
	conn  *net.UDPConn
	p     *ipv4.PacketConn

	mu     sync.Mutex // guards the rest
	joined map[int]membership
	stats  filterStats
}

// A membership is what an interface was like when it was joined.
type membership struct {
	name    string
	addr    netip.Addr
	running bool
}

// openSocket binds the port. It joins nothing yet.
func openSocket(ctx context.Context, group netip.Addr, port uint16) (*socket, error) {
	// Binding the group's address, and not 0.0.0.0, is what makes net set
	// SO_REUSEADDR, so that several programs may listen side by side.
	lc := net.ListenConfig{Control: ownGroupsOnly}
	c, err := lc.ListenPacket(ctx, "udp4", net.JoinHostPort(group.String(), strconv.Itoa(int(port))))
	if err != nil {
		return nil, err
	}
	conn := c.(*net.UDPConn)
	s := &socket{group: group, port: port, conn: conn, p: ipv4.NewPacketConn(conn), joined: map[int]membership{}}
	for _, set := range []func() error{
		func() error { return s.p.SetControlMessage(control, true) },
		func() error { return conn.SetReadBuffer(receiveBuffer) },
		func() error { return s.filter(nil) },
	} {
		if err := set(); err != nil {
			return nil, errors.Join(fmt.Errorf("setting up the socket: %w", err), conn.Close())
		}
	}
	return s, nil
}

func (s *socket) groupAddr() *net.UDPAddr { return &net.UDPAddr{IP: s.group.AsSlice()} }

// join makes the socket a member on the interfaces in list that are to be
// joined. An interface that cannot be joined is noted in its health.
//
// A cable that was plugged in again and a new address tell the network
// nothing of the membership, so both make it leave first. One that is down for
// a while, or without an address, keeps its membership until it is back: it may
// be back before it is looked at again.
func (s *socket) join(list []iface) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted, there := map[int]membership{}, map[int]bool{}
	for _, c := range list {
		there[c.Index] = true
		if c.health.Joined {
			wanted[c.Index] = c.membership()
		}
	}
	for index, is := range s.joined {
		want, ok := wanted[index]
		switch {
		case ok && is.addr == want.addr && (is.running || !want.running):
			s.joined[index] = want
		case !ok && there[index] && len(wanted)+len(s.joined) <= maxMemberships:
			is.running = false
			s.joined[index] = is
		default:
			s.leaveLocked(index)
		}
	}
	for i := range list {
		c := &list[i]
		if _, ok := s.joined[c.Index]; ok || !c.health.Joined {
			continue
		}
		err := s.p.JoinGroup(&c.Interface, s.groupAddr())
		// EADDRINUSE says that this socket is a member already.
		if err != nil && !errors.Is(err, syscall.EADDRINUSE) {
			c.health.Joined = false
			c.health.Why = err.Error()
			continue
		}
		s.joined[c.Index] = c.membership()
	}
}

// leaveLocked gives up a membership. Of an interface that was deleted it stays
// behind and counts against the limit. Failing to leave is harmless.
func (s *socket) leaveLocked(index int) {
	_ = s.p.LeaveGroup(&net.Interface{Index: index, Name: s.joined[index].name}, s.groupAddr())
	delete(s.joined, index)
}

// leave gives up the memberships on the interfaces in list.
func (s *socket) leave(list []iface) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range list {
		if _, ok := s.joined[c.Index]; ok {
			s.leaveLocked(c.Index)
		}
	}
}

// read waits for one datagram, and tells all but the time. Its payload is
// valid until the next read. It allocates nothing.
func (s *socket) read(buf, oob []byte) (Datagram, error) {
	n, oobn, _, from, err := s.conn.ReadMsgUDPAddrPort(buf, oob)
	if err != nil {
		return Datagram{}, err
	}
	to, iface := destination(oob[:oobn])
	return Datagram{From: from, To: netip.AddrPortFrom(to, s.port), Interface: iface, Payload: buf[:n]}, nil
}

// newControlMessage returns room for what read needs beside the payload.
func newControlMessage() []byte { return ipv4.NewControlMessage(control) }
