//go:build !linux

package feed

import (
	"net/netip"
	"syscall"

	"golang.org/x/net/ipv4"
)

// ownGroupsOnly does nothing here: only Linux delivers what others joined.
func ownGroupsOnly(_, _ string, _ syscall.RawConn) error { return nil }

// destination finds the address that a datagram was sent to in its control
// messages.
func destination(oob []byte) (addr netip.Addr, ok bool) {
	var cm ipv4.ControlMessage
	if cm.Parse(oob) != nil {
		return netip.Addr{}, false
	}
	addr, ok = netip.AddrFromSlice(cm.Dst)
	return addr.Unmap(), ok
}
