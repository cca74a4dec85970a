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
// some 2,500 packets. It is cut to net.core.rmem_max without an error.
const receiveBuffer = 1 << 20

// control is what the kernel is asked to tell beside each payload.
const control = ipv4.FlagDst | ipv4.FlagInterface

// A socket hears one group on one port.
type socket struct {
	group netip.Addr
	conn  *net.UDPConn
	p     *ipv4.PacketConn

	mu     sync.Mutex // guards joined
	joined map[int]string
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
	s := &socket{group: group, conn: conn, p: ipv4.NewPacketConn(conn), joined: map[int]string{}}
	if err := s.p.SetControlMessage(control, true); err != nil {
		return nil, errors.Join(fmt.Errorf("asking for control messages: %w", err), conn.Close())
	}
	if err := conn.SetReadBuffer(receiveBuffer); err != nil {
		return nil, errors.Join(fmt.Errorf("setting the receive buffer: %w", err), conn.Close())
	}
	return s, nil
}

// join makes the socket a member on exactly the interfaces in list that are
// to be joined. An interface that cannot be joined is noted in its health.
func (s *socket) join(list []iface) {
	s.mu.Lock()
	defer s.mu.Unlock()
	group := &net.UDPAddr{IP: s.group.AsSlice()}

	wanted := map[int]bool{}
	for _, c := range list {
		wanted[c.Index] = c.health.Joined
	}
	for index, name := range s.joined {
		if !wanted[index] {
			// Of an interface that was deleted the membership stays behind
			// and counts against the limit. Failing to leave is harmless.
			_ = s.p.LeaveGroup(&net.Interface{Index: index, Name: name}, group)
			delete(s.joined, index)
		}
	}
	for i := range list {
		c := &list[i]
		if !c.health.Joined || s.joined[c.Index] != "" {
			continue
		}
		err := s.p.JoinGroup(&c.Interface, group)
		// EADDRINUSE says that this socket is a member already.
		if err != nil && !errors.Is(err, syscall.EADDRINUSE) {
			c.health.Joined = false
			c.health.Why = err.Error()
			continue
		}
		s.joined[c.Index] = c.Name
	}
}

// read waits for one datagram. Its payload is in buf[:n]; toGroup tells
// whether it was sent to the group and not to this host alone. It allocates
// nothing.
func (s *socket) read(buf, oob []byte) (n int, from netip.AddrPort, toGroup bool, err error) {
	n, oobn, _, from, err := s.conn.ReadMsgUDPAddrPort(buf, oob)
	if err != nil {
		return 0, from, false, err
	}
	to, ok := destination(oob[:oobn])
	return n, from, ok && to == s.group, nil
}

// newControlMessage returns room for what read needs beside the payload.
func newControlMessage() []byte { return ipv4.NewControlMessage(control) }
