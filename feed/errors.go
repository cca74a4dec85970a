package feed

import (
	"fmt"
	"net/netip"
)

// A JoinError says that an interface which was asked for cannot hear the
// group.
type JoinError struct {
	Group     string
	Interface string   // as asked for
	Able      []string // interfaces that can hear multicast
	Err       error
}

func (e *JoinError) Error() string {
	return fmt.Sprintf("cannot join multicast group %s on interface %q: %v", e.Group, e.Interface, e.Err)
}

// Unwrap returns the cause.
func (e *JoinError) Unwrap() error { return e.Err }

// A BindError says that this machine does not have the address that was asked
// for.
type BindError struct {
	Addr netip.Addr
	Have []netip.Addr // the addresses that it has
	Err  error
}

func (e *BindError) Error() string {
	return fmt.Sprintf("this machine does not have the address %s", e.Addr)
}

// Unwrap returns the cause.
func (e *BindError) Unwrap() error { return e.Err }
