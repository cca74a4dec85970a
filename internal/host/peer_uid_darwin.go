package host

import "golang.org/x/sys/unix"

// socketPeerUID is the user at the other end of a socket (LOCAL_PEERCRED, unix(4)).
func socketPeerUID(fd int) (int, error) {
	cred, err := unix.GetsockoptXucred(fd, unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	if err != nil {
		return 0, err
	}
	return int(cred.Uid), nil
}
