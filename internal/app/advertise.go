package app

import (
	"net"
	"os"
	"path/filepath"

	"picotop/internal/peer"
)

// socketPath is where other users' dashboards on this machine read from: the
// runtime directory that systemd gives a service, else the data directory;
// nothing if there is neither.
func (c *Config) socketPath() string {
	switch dir := os.Getenv("RUNTIME_DIRECTORY"); {
	case c.Demo:
		return ""
	case c.headless && dir != "":
		return filepath.Join(filepath.SplitList(dir)[0], peer.SocketName)
	case c.NoHistory:
		return ""
	}
	return filepath.Join(c.Data, peer.SocketName)
}

// openSocket lets other dashboards on this machine in. Without it they find
// another way, or run by themselves.
func (i *instance) openSocket() net.Listener {
	path := i.socketPath()
	if path == "" {
		return nil
	}
	ln, err := peer.ListenSocket(path, i.SocketMode)
	if err != nil {
		i.logger.Warn("other dashboards cannot attach", "err", err)
		return nil
	}
	return ln
}

// writeLockInfo says in the data directory who holds it.
func (i *instance) writeLockInfo() {
	if i.store == nil || !i.isOpen() || i.Demo {
		return
	}
	info := peer.LockInfo{PID: os.Getpid(), Socket: i.socketPath()}
	if path, err := filepath.Abs(info.Socket); err == nil && info.Socket != "" {
		info.Socket = path
	}
	remove, err := peer.WriteLockInfo(i.Data, info)
	if err != nil {
		i.logger.Warn("not saying who holds the data", "err", err)
		return
	}
	i.unlock = remove
}
