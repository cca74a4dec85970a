package feed

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Unsupported lists in words what this system cannot do of what others can.
func Unsupported() []string { return nil }

// ownGroupsOnly makes a socket hear only the groups that it joined itself.
// Without it Linux also delivers what other programs joined. An emulator that does not
// know the option does without: each datagram's destination is checked as well.
func ownGroupsOnly(_, _ string, c syscall.RawConn) error {
	var err error
	if cerr := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0)
	}); cerr != nil {
		return cerr
	}
	if errors.Is(err, unix.ENOPROTOOPT) {
		return nil
	}
	return err
}

// giant is the length in bytes above which the kernel is asked to drop a
// datagram: three or four of 64 kB would fill the receive buffer. Those that
// are only a little too long are let in, to be counted by sender.
const giant = 2 * MaxDatagram

const udpHeader = 8 // bytes, which a socket filter sees before the payload

// sourceAddress is where a socket filter finds the source address: in the IP
// header, which it sees at an offset of its own (SKF_NET_OFF in linux/filter.h).
const sourceAddress = 0xfff00000 + 12

// filter attaches a filter to the socket that drops giants, and all that comes
// from the given addresses. It needs no privilege.
func (s *socket) filter(from []netip.Addr) error {
	program := []bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtLen},
		bpf.JumpIf{Cond: bpf.JumpGreaterThan, Val: udpHeader + giant, SkipFalse: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadAbsolute{Off: sourceAddress, Size: 4},
	}
	for _, addr := range from {
		b := addr.As4()
		program = append(program,
			bpf.JumpIf{Cond: bpf.JumpEqual, Val: binary.BigEndian.Uint32(b[:]), SkipFalse: 1},
			bpf.RetConstant{Val: 0},
		)
	}
	program = append(program, bpf.RetConstant{Val: udpHeader + giant})
	raw, err := bpf.Assemble(program)
	if err != nil {
		return err
	}
	return s.p.SetBPF(raw)
}

// dropCount is how many datagrams the kernel has thrown away on this socket
// (SO_MEMINFO, socket(7): SK_MEMINFO_DROPS).
func (s *socket) dropCount() uint64 {
	const wordDrops = 8
	var info [wordDrops + 1]uint32
	raw, err := s.conn.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		size := uint32(unsafe.Sizeof(info))
		// A failure leaves zeros.
		_, _, _ = unix.Syscall6(unix.SYS_GETSOCKOPT, fd, unix.SOL_SOCKET, unix.SO_MEMINFO,
			uintptr(unsafe.Pointer(&info)), uintptr(unsafe.Pointer(&size)), 0)
	})
	return uint64(info[wordDrops])
}

// destination finds in the control messages the address that a datagram was
// sent to, and the interface that it came through. It does what
// ipv4.ControlMessage.Parse does, but allocates nothing.
func destination(oob []byte) (to netip.Addr, iface int) {
	for len(oob) > 0 {
		h, data, rest, err := unix.ParseOneSocketControlMessage(oob)
		if err != nil {
			break
		}
		// struct in_pktinfo, ip(7): interface index, local address, and the
		// destination in the header, four bytes each.
		if h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo {
			return netip.AddrFrom4([4]byte(data[8:12])), int(binary.NativeEndian.Uint32(data))
		}
		oob = rest
	}
	return netip.Addr{}, 0
}
