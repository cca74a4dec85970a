package feed

import (
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// ownGroupsOnly makes a socket hear only the groups that it joined itself.
// Without it Linux also delivers what other programs joined.
func ownGroupsOnly(_, _ string, c syscall.RawConn) error {
	var err error
	if cerr := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0)
	}); cerr != nil {
		return cerr
	}
	return err
}

// destination finds the address that a datagram was sent to in its control
// messages. It does what ipv4.ControlMessage.Parse does, but allocates
// nothing.
func destination(oob []byte) (addr netip.Addr, ok bool) {
	for len(oob) > 0 {
		h, data, rest, err := unix.ParseOneSocketControlMessage(oob)
		if err != nil {
			return netip.Addr{}, false
		}
		// struct in_pktinfo, ip(7): interface index, local address, and the
		// destination in the header, four bytes each.
		if h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo {
			return netip.AddrFrom4([4]byte(data[8:12])), true
		}
		oob = rest
	}
	return netip.Addr{}, false
}
