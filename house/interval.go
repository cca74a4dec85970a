package house

import (
	"slices"
	"time"
)

const (
	gapsKept    = 15 // enough for a median that a few lost packets cannot move
	gapsNeeded  = 3
	shortestGap = time.Second // shorter ones are copies of one packet
)

// gaps learns the interval at which a sensor speaks. The zero value has
// learnt nothing.
type gaps struct {
	kept    []time.Duration // a ring once it holds gapsKept
	next    int
	learned time.Duration
}

func (g *gaps) add(d time.Duration) {
	if d < shortestGap {
		return
	}
	if len(g.kept) < gapsKept {
		g.kept = append(g.kept, d)
	} else {
		g.kept[g.next] = d
		g.next = (g.next + 1) % gapsKept
	}
	if len(g.kept) >= gapsNeeded {
		g.learned = median(g.kept)
	}
}

// median is the learnt interval, 0 until there is one.
func (g *gaps) median() time.Duration { return g.learned }

// median returns the middle one of at least one duration, the lower of two.
func median(d []time.Duration) time.Duration {
	var room [gapsKept]time.Duration
	sorted := append(room[:0], d...)
	slices.Sort(sorted)
	return sorted[(len(sorted)-1)/2]
}

// LongestInterval is the longest interval that any sensor that is not silent
// has taught, 0 if none has.
func (h *House) LongestInterval() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	var longest time.Duration
	for _, s := range h.sensors {
		if !s.silent {
			longest = max(longest, s.gaps.median())
		}
	}
	return longest
}
