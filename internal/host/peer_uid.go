//go:build linux || darwin

package host

import "net"

// PeerUID returns the user whose program opened the socket at the other end of a
// connection.
func PeerUID(conn *net.UnixConn) (uid int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var uidErr error
	if err := raw.Control(func(fd uintptr) { uid, uidErr = socketPeerUID(int(fd)) }); err != nil {
		return 0, err
	}
	return uid, uidErr
}
