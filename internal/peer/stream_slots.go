package peer

import (
	"net"
	"net/http"
	"sync"
)

const (
	maxStreams      = 16 // over the network
	maxFromOne      = 8  // of these from one address
	maxLocalStreams = 16 // over the socket of this machine
)

// streamSlots bounds how many follow the stream. Those on this machine have a
// share of their own, so that nobody on the network keeps them out.
type streamSlots struct {
	mu     sync.Mutex
	local  int
	remote map[string]int // by address
	sum    int            // of remote
}

// take takes a slot for whoever asks; give returns it.
func (s *streamSlots) take(r *http.Request) (give func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok && at.Network() == "unix" {
		if s.local >= maxLocalStreams {
			return nil, false
		}
		s.local++
		return func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.local--
		}, true
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if s.sum >= maxStreams || s.remote[host] >= maxFromOne {
		return nil, false
	}
	if s.remote == nil {
		s.remote = map[string]int{}
	}
	s.remote[host]++
	s.sum++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.sum--
		if s.remote[host]--; s.remote[host] == 0 {
			delete(s.remote, host)
		}
	}, true
}
