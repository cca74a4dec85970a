package feed

import (
	"net/netip"
	"sync"
	"time"
)

// counts adds up what was refused, and remembers when anything was heard.
type counts struct {
	mu          sync.Mutex // guards the rest
	refused     map[Reason]uint64
	lastRefused Refusal
	lastHeard   time.Time
}

func newCounts() *counts { return &counts{refused: map[Reason]uint64{}} }

// heard notes one datagram; why is empty if it was delivered.
func (c *counts) heard(from netip.AddrPort, why Reason, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastHeard = at
	if why != "" {
		c.refused[why]++
		c.lastRefused = Refusal{From: from, Reason: why, At: at}
	}
}

func (c *counts) tell(h *Health) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range Reasons() {
		h.Refused = append(h.Refused, Refusals{Reason: r, Count: c.refused[r]})
	}
	h.LastRefused, h.LastHeard = c.lastRefused, c.lastHeard
}
