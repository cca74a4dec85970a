package cli

import (
	"net"
	"os"
	"path/filepath"

	"picotop/internal/peer"
)

// socketPath is where other users' dashboards on this machine read from: the
// runtime directory that systemd gives a service, else the data directory;
// nothing if there is neither.
func (o *options) socketPath() string {
	switch dir := os.Getenv("RUNTIME_DIRECTORY"); {
	case o.demo:
		return ""
	case o.headless && dir != "":
		return filepath.Join(filepath.SplitList(dir)[0], peer.SocketName)
	case o.noHistory:
		return ""
	}
	return filepath.Join(o.data, peer.SocketName)
}

// openSocket lets other dashboards on this machine in. Without it they find
// another way, or run by themselves.
func (p *program) openSocket() net.Listener {
	path := p.socketPath()
	if path == "" {
		return nil
	}
	ln, err := peer.ListenSocket(path)
	if err != nil {
		p.logger.Warn("other dashboards cannot attach", "err", err)
		return nil
	}
	return ln
}

// claim says in the data directory who holds it.
func (p *program) claim() {
	if p.store == nil || !p.isOpen() || p.demo {
		return
	}
	info := peer.LockInfo{PID: os.Getpid(), Socket: p.socketPath()}
	if path, err := filepath.Abs(info.Socket); err == nil && info.Socket != "" {
		info.Socket = path
	}
	remove, err := peer.WriteLockInfo(p.data, info)
	if err != nil {
		p.logger.Warn("not saying who holds the data", "err", err)
		return
	}
	p.unclaim = remove
}
