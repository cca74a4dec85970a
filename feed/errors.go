package feed

import (
	"fmt"
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

// Hint says what to try next.
func (e *JoinError) Hint() string {
	if len(e.Able) == 0 {
		return "no interface is up with multicast enabled; check with: ip link"
	}
	return "try --interface with one of: " + strings.Join(e.Able, ", ")
}
