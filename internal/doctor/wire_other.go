//go:build !linux

package doctor

import (
	"context"
	"errors"
	"net/netip"
)

// watch is not possible here.
func (w *wire) watch(context.Context, netip.Addr) {
	w.err = errors.New("that can be seen on Linux only")
}
