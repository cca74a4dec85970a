package exporter

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"

	"picotop/internal/host"
)

// ParseAddr understands where to serve: a port such as 8000 or :8000, or a
// host and a port such as 127.0.0.1:8000, [::1]:8000 or localhost:8000. It
// returns the form that [net.Listen] takes, and an [*AddrError] otherwise.
// Without a host it means all addresses of this machine; port 0 means any free
// port.
func ParseAddr(s string) (string, error) {
	bad := func(why string) (string, error) { return "", &AddrError{Addr: s, Why: why} }

	host, port := "", s
	if strings.Trim(s, "0123456789") != "" || s == "" {
		var err error
		host, port, err = net.SplitHostPort(s)
		if addrErr, ok := errors.AsType[*net.AddrError](err); ok {
			return bad(addrErr.Err)
		}
	}
	if port == "" {
		return bad("missing port in address")
	}
	if strings.Trim(port, "0123456789") != "" {
		return bad("the port is not a number")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return bad("the port is not within 0 to 65535")
	}
	if !isHost(host) {
		return bad("the host is neither an IP address nor a name")
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

// isHost reports whether s can be a host: empty, an IP address or a name. A
// name whose last part is a number is a mistyped IP address (WHATWG URL,
// "ends in a number").
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil || s == "" {
		return true
	}
	labels := strings.Split(strings.TrimSuffix(s, "."), ".")
	for _, label := range labels {
		if label == "" || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

// Listen opens the address, in any form that ParseAddr understands. The error
// is an [*AddrError] if it does not, and a [*ListenError] if the system
// refuses.
func Listen(addr string) (net.Listener, error) {
	canonical, err := ParseAddr(addr)
	if err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", canonical)
	if err != nil {
		return nil, &ListenError{Addr: canonical, Err: err, Holder: holder(canonical, err)}
	}
	return ln, nil
}

// holder names the program that listens where this one wanted to, as far as
// the system tells.
func holder(addr string, err error) string {
	if !errors.Is(err, syscall.EADDRINUSE) {
		return ""
	}
	_, port, _ := net.SplitHostPort(addr) // was joined by ParseAddr
	n, _ := strconv.ParseUint(port, 10, 16)
	all, _ := host.TCPSocketOwners(os.DirFS("/proc"), uint16(n))
	return host.SocketOwnerNames(all)
}

// An AddrError says that a text is not an address to serve on.
type AddrError struct {
	Addr string // as it was given
	Why  string
}

func (e *AddrError) Error() string {
	return fmt.Sprintf("cannot serve on %q: %s", e.Addr, e.Why)
}

// A ListenError says that the system did not let this program serve on an
// address that is well-formed.
type ListenError struct {
	Addr   string // host:port; the host may be empty
	Err    error
	Holder string // the program that has it; empty if that is not known
}

// Error gives the innermost cause: the layers around it repeat the address.
func (e *ListenError) Error() string {
	if e.Holder != "" {
		return fmt.Sprintf("cannot serve on %s: it is held by %s", e.Addr, e.Holder)
	}
	cause := e.Err
	for next := cause; next != nil; next = errors.Unwrap(next) {
		cause = next
	}
	return fmt.Sprintf("cannot serve on %s: %v", e.Addr, cause)
}

func (e *ListenError) Unwrap() error { return e.Err }
