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

	rejoins, ineffective uint64
}

func newCounts() *counts { return &counts{refused: map[Reason]uint64{}} }

// heard notes one datagram; why is empty if it was delivered.
func (c *counts) heard(from netip.AddrPort, why Reason, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if why != NotOurGroup {
		c.lastHeard = at
	}
	if why != "" {
		c.refused[why]++
		c.lastRefused = Refusal{From: from, Reason: why, At: at}
	}
}

// last is when anything was heard last.
func (c *counts) last() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lastHeard
}

// rejoined notes that the group was joined anew, and whether that was in vain.
func (c *counts) rejoined(inVain bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rejoins++
	if inVain {
		c.ineffective++
	}
}

func (c *counts) tell(h *Health) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range Reasons() {
		h.Refused = append(h.Refused, Refusals{Reason: r, Count: c.refused[r]})
	}
	h.LastRefused, h.LastHeard = c.lastRefused, c.lastHeard
	h.Rejoins, h.Ineffective = c.rejoins, c.ineffective
}
