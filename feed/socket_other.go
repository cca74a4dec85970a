//go:build !linux

package feed

import (
	"net/netip"
	"syscall"

	"golang.org/x/net/ipv4"
)

// Unsupported lists in words what this system cannot do of what others can.
func Unsupported() []string {
	return []string{
		"packets that the system itself throws away are not counted",
		"floods and giants are refused one by one, instead of by the system",
		"who holds a port, or the group, cannot be seen",
		"a switch that forgot is reminded by leaving and joining only",
	}
}

// ownGroupsOnly does nothing here: only Linux delivers what others joined.
func ownGroupsOnly(_, _ string, _ syscall.RawConn) error { return nil }

// filter does nothing here: what it would drop is refused when it is read.
func (s *socket) filter([]netip.Addr) error { return nil }

// dropCount is not told here.
func (s *socket) dropCount() uint64 { return 0 }

// destination finds in the control messages the address that a datagram was
// sent to, and the interface that it came through.
func destination(oob []byte) (to netip.Addr, iface int) {
	var cm ipv4.ControlMessage
	if cm.Parse(oob) != nil {
		return netip.Addr{}, 0
	}
	to, _ = netip.AddrFromSlice(cm.Dst)
	return to.Unmap(), cm.IfIndex
}
