package app

import (
	"net"
	"sync"
)

// httpState is how the serving goes. The zero value serves nothing.
type httpState struct {
	mu   sync.Mutex // guards the rest
	addr string     // while serving
	why  string     // while not serving although it was asked for
}

func (h *httpState) opened(addr net.Addr) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.addr, h.why = addr.String(), ""
	// All addresses are written as people type them.
	if host, port, err := net.SplitHostPort(h.addr); err == nil && net.ParseIP(host).IsUnspecified() {
		h.addr = ":" + port
	}
}

func (h *httpState) closed(why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.addr, h.why = "", why
}

func (h *httpState) get() (addr, why string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.addr, h.why
}
