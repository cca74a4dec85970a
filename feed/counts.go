package feed

import (
	"maps"
	"sync"
	"time"
)

// counts adds up what was refused, and remembers when anything was heard.
type counts struct {
	mu          sync.Mutex // guards the rest
	refused     map[Reason]uint64
	lastRefused Refusal
	lastHeard   time.Time
	// arrivals is when the group was heard last, by the interface's index, and
	// at 0 through one that the system did not name.
	arrivals map[int]time.Time

	rejoins, ineffective uint64
}

func newCounts() *counts {
	return &counts{refused: map[Reason]uint64{}, arrivals: map[int]time.Time{}}
}

// arrived notes that something sent to the group came through an interface.
func (c *counts) arrived(index int, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.arrivals[index] = at
}

// arrival is when something sent to the group came last through an interface;
// zero if nothing ever did.
func (c *counts) arrival(index int) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.arrivals[index]
}

// forget drops what is known of interfaces that are no more.
func (c *counts) forget(still func(index int) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.arrivals, func(index int, _ time.Time) bool { return index != 0 && !still(index) })
}

// delivered notes a datagram that is no copy and was handed on.
func (c *counts) delivered(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lastHeard = at
}

// refuse notes a datagram that is no copy and was not handed on.
func (c *counts) refuse(r Refusal) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Reason != NotOurGroup {
		c.lastHeard = r.At
	}
	c.refused[r.Reason]++
	c.lastRefused = r
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

// addTo adds the counts to h, and to them the datagrams that the kernel kept
// out because their senders had sent too much.
func (c *counts) addTo(h *Health, barred uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range Reasons() {
		n := c.refused[r]
		if r == SourceRateLimited {
			n += barred
		}
		h.Refused = append(h.Refused, Refusals{Reason: r, Count: n})
	}
	h.LastRefused, h.LastHeard = c.lastRefused, c.lastHeard
	h.Rejoins, h.Ineffective = c.rejoins, c.ineffective
}
