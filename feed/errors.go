package feed

import (
	"fmt"
	"net/netip"
	"strings"
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

// Hint says what to try next.
func (e *BindError) Hint() string {
	if len(e.Have) == 0 {
		return "it has none; check with: ip address"
	}
	return fmt.Sprintf("it has %s: picotop --bind %s", strings.Trim(fmt.Sprint(e.Have), "[]"), e.Have[0])
}

// Hint says what to try next.
func (e *JoinError) Hint() string {
	if len(e.Able) == 0 {
		return "no interface is up with multicast enabled; check with: ip link"
	}
	return "try --interface with one of: " + strings.Join(e.Able, ", ")
}
