package peer

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"strconv"

	"picotop/internal/host"
)

// An UntrustedError says that what answers at a target belongs to a user who is
// not trusted, or that the system does not tell whose it is.
type UntrustedError struct {
	Target Target
	UID    int   // whose it is; 0 and no meaning if Err is set
	Err    error // why that is not known
}

func (e *UntrustedError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("whose %s is cannot be seen: %v", e.Target, e.Err)
	}
	return fmt.Sprintf("%s belongs to %s", e.Target, e.User())
}

// Unwrap returns why the owner is not known, if so.
func (e *UntrustedError) Unwrap() error { return e.Err }

// User names the user: "user karl", "user 1000", or "somebody" if that is not
// known.
func (e *UntrustedError) User() string {
	if e.Err != nil {
		return "somebody"
	}
	id := strconv.Itoa(e.UID)
	if u, err := user.LookupId(id); err == nil {
		return "user " + u.Username
	}
	return "user " + id
}

// checkOwner returns an [*UntrustedError] unless all that a connection may have
// reached belongs to users who are trusted.
func (t Target) checkOwner(conn net.Conn) error {
	uids, err := ownersOf(conn)
	if err != nil {
		return &UntrustedError{Target: t, Err: err}
	}
	for _, uid := range uids {
		if !t.Trusted(uid) {
			return &UntrustedError{Target: t, UID: uid}
		}
	}
	return nil
}

// ownersOf lists the users whose socket is at the other end of a connection on
// this machine. Several may listen on one TCP port.
func ownersOf(conn net.Conn) ([]int, error) {
	if c, ok := conn.(*net.UnixConn); ok {
		uid, err := host.PeerUID(c)
		return []int{uid}, err
	}
	tcp, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok || !tcp.IP.IsLoopback() {
		return nil, errors.New("it is not on this machine")
	}
	owners, err := host.TCPSocketOwners(os.DirFS("/proc"), uint16(tcp.Port))
	if err != nil {
		return nil, err
	}
	if len(owners) == 0 {
		return nil, errors.New("nobody listens there any more")
	}
	var uids []int
	for _, o := range owners {
		uids = append(uids, o.UID)
	}
	return uids, nil
}
