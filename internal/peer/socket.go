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

// DefaultSocketMode lets every user of this machine read: what is told on the socket
// is told to whoever asks by HTTP too.
const DefaultSocketMode fs.FileMode = 0o666

// ListenSocket opens a Unix socket that whoever has the right to write to it, by
// mode, may read from; 0 is [DefaultSocketMode]. A socket that
// a killed program left behind is removed; one that lives is an error.
// Closing the listener removes it.
func ListenSocket(path string, mode fs.FileMode) (net.Listener, error) {
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
	if mode == 0 {
		mode = DefaultSocketMode
	}
	if err := os.Chmod(path, mode); err != nil {
		return nil, errors.Join(fmt.Errorf("setting who may open %s: %w", path, err), ln.Close())
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
