package cli

import (
	"net"
	"sync"
)

// web is the state of the HTTP side. The zero value serves nothing.
type web struct {
	mu   sync.Mutex // guards the rest
	addr string     // while serving
	why  string     // while not serving although it was asked for
}

func (w *web) opened(addr net.Addr) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.addr, w.why = addr.String(), ""
	// All addresses are written as people type them.
	if host, port, err := net.SplitHostPort(w.addr); err == nil && net.ParseIP(host).IsUnspecified() {
		w.addr = ":" + port
	}
}

func (w *web) closed(why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.addr, w.why = "", why
}

func (w *web) state() (addr, why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.addr, w.why
}
