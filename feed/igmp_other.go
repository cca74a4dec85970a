//go:build !linux

package feed

import (
	"errors"
	"net/netip"
)

// heldElsewhere is not told here.
func heldElsewhere(netip.Addr, []iface) []string { return nil }

// report is not possible here.
func report(netip.Addr, []iface) error { return errors.ErrUnsupported }
