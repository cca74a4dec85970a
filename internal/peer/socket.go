package peer

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"time"
)

// maxSocketPath is how long the path of a Unix socket may be (unix(7)).
const maxSocketPath = 107

// ListenSocket opens a Unix socket that every user of this machine may read
// from: what is told there is told to whoever asks by HTTP too. A socket that
// a killed program left behind is removed; one that lives is an error.
// Closing the listener removes it.
func ListenSocket(path string) (net.Listener, error) {
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("opening %s: the path is too long for a socket", path)
	}
	ln, err := net.Listen("unix", path)
	if err != nil && isStale(path) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("removing the socket of a picotop that is gone: %w", err)
		}
		ln, err = net.Listen("unix", path)
	}
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		return nil, errors.Join(fmt.Errorf("opening %s to other users: %w", path, err), ln.Close())
	}
	return ln, nil
}

// isStale reports whether there is a socket that nobody answers at.
func isStale(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return false
	}
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err != nil {
		return true
	}
	_ = conn.Close()
	return false
}
