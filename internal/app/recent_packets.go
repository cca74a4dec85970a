package app

import (
	"sync"

	"picotop/feed"
	"picotop/internal/peer"
)

// recentPackets are the packets that came last. The zero value holds none.
type recentPackets struct {
	mu   sync.Mutex // guards the rest
	ring [peer.MaxPackets]feed.Packet
	n    int // how many came in all
}

func (r *recentPackets) add(p feed.Packet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring[r.n%len(r.ring)] = p
	r.n++
}

// list returns them, newest first.
func (r *recentPackets) list() []feed.Packet {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]feed.Packet, 0, len(r.ring))
	for i := r.n - 1; i >= max(0, r.n-len(r.ring)); i-- {
		out = append(out, r.ring[i%len(r.ring)])
	}
	return out
}
