package doctor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// htons returns a protocol number in network byte order, as a packet socket wants
// it.
func htons(n uint16) uint16 { return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, n)) }

// openPacketSocket opens a packet socket that sees IGMP, UDP to the group, and
// what looks like a Pico's wherever it goes. It needs CAP_NET_RAW.
func openPacketSocket(group netip.Addr) (fd int, err error) {
	fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	to := group.As4()
	// A packet socket of this kind begins at the IPv4 header. It is bound to
	// all protocols, for only then it sees also what goes out.
	filter, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtProto},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.ETH_P_IP, SkipTrue: 8},
		bpf.LoadAbsolute{Off: 9, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolIGMP, SkipTrue: 7},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: protocolUDP, SkipTrue: 5},
		bpf.LoadAbsolute{Off: 16, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: binary.BigEndian.Uint32(to[:]), SkipTrue: 4},
		bpf.LoadMemShift{Off: 0},
		bpf.LoadIndirect{Off: udpHeaderLen, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: '{', SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.RetConstant{Val: 1 << 16},
	})
	if err != nil {
		return -1, errors.Join(err, unix.Close(fd))
	}
	raw := make([]unix.SockFilter, len(filter))
	for i, f := range filter {
		raw[i] = unix.SockFilter{Code: f.Op, Jt: f.Jt, Jf: f.Jf, K: f.K}
	}
	// Bound last, so that nothing is let in before the filter is there.
	err = errors.Join(
		unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(raw)), Filter: &raw[0]}),
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 100_000}),
		unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: htons(unix.ETH_P_ALL)}),
	)
	if err != nil {
		return -1, errors.Join(err, unix.Close(fd))
	}
	return fd, nil
}

// open opens the packet socket, or notes why it cannot.
func (s *sniffer) open() {
	fd, err := openPacketSocket(s.group)
	switch {
	case errors.Is(err, unix.EPERM):
		s.err = errors.New("that needs root")
	case err != nil:
		s.err = fmt.Errorf("opening a packet socket: %w", err)
	default:
		s.fd = fd
	}
}

// enableAllMulticast has the network cards let in other groups than this machine
// is a member of, for a Pico may send to one. The kernel takes it back when the
// socket is closed.
func (s *sniffer) enableAllMulticast(links []link) {
	if s.fd < 0 {
		return
	}
	for _, l := range networkLinks(links) {
		// What cannot do it lets in all, or nothing.
		_ = unix.SetsockoptPacketMreq(s.fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP,
			&unix.PacketMreq{Ifindex: int32(l.Index), Type: unix.PACKET_MR_ALLMULTI})
	}
}

// run handles packets until ctx ends, and at most a tenth of a second longer. It
// closes the socket.
func (s *sniffer) run(ctx context.Context) {
	if s.fd < 0 {
		return
	}
	defer func() { _ = unix.Close(s.fd) }()
	names := map[int]string{}
	buf := make([]byte, 2*kernelDropLength)
	for ctx.Err() == nil {
		n, from, err := unix.Recvfrom(s.fd, buf, 0)
		ll, ok := from.(*unix.SockaddrLinklayer)
		if err != nil || !ok {
			continue // nothing came
		}
		name, known := names[ll.Ifindex]
		if !known {
			if in, err := net.InterfaceByIndex(ll.Ifindex); err == nil {
				name = in.Name
			}
			names[ll.Ifindex] = name
		}
		s.handlePacket(buf[:n], packetInfo{iface: name, outgoing: ll.Pkttype == unix.PACKET_OUTGOING, at: time.Now()})
	}
	s.expireQueries(time.Now())
}
