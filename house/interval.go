package house

import (
	"math"
	"slices"
	"time"
)

const (
	gapsKept    = 15 // enough for a median that a few lost packets cannot move
	gapsNeeded  = 3
	shortestGap = time.Second // shorter ones are copies of one packet

	// shortestSilence is the least after which a sender is silent.
	shortestSilence = time.Minute
	// leastMisses is how many intervals a sender may be quiet at the least, and
	// mostMisses at the most, if packets get lost all the time.
	leastMisses, mostMisses = 6, 20
	// falseSilence is how likely it may be, for each packet, that as many are lost in
	// a row by chance: a sensor sends some two million a year.
	falseSilence = 1e-7
	// lossWindow is of how many packets the share of the lost ones is learnt.
	// Before any came it is taken to be lossGuess, which weighs as much as
	// lossGuessed packets, and lossDoubt is what may be lost beyond what was.
	lossWindow  = 100
	lossGuess   = 0.1
	lossGuessed = 6
	lossDoubt   = 0.04
	// learningInterval is what is taken for the interval of a sender that was heard
	// once.
	learningInterval = 150 * time.Second
)

// gaps learns the interval at which a sensor speaks. The zero value has
// learnt nothing.
type gaps struct {
	kept    []time.Duration // a ring once it holds gapsKept
	next    int
	learned time.Duration
	longest time.Duration // of all kept; while nothing is learnt
	lost    float64       // the share of packets that do not arrive, less lossGuess
	weighed int           // packets of which that was learnt, at most lossWindow
}

func (g *gaps) add(d time.Duration) {
	if d < shortestGap {
		return
	}
	g.lose(d)
	g.longest = max(g.longest, d)
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

// lose learns from a gap how many packets get lost.
func (g *gaps) lose(d time.Duration) {
	if g.learned == 0 {
		return
	}
	missed := min(int((d+g.learned/2)/g.learned)-1, mostMisses)
	for range missed {
		g.weigh(1)
	}
	g.weigh(0)
}

// weigh notes a packet that came, 0, or was lost, 1.
func (g *gaps) weigh(lost float64) {
	g.weighed = min(g.weighed+1, lossWindow-lossGuessed)
	g.lost += (lost - lossGuess - g.lost) / float64(lossGuessed+g.weighed)
}

// mayMiss is how many packets may be missed in a row: as many as are not lost by
// chance, by what is lost one by one.
func (g *gaps) mayMiss() int {
	lost := min(max(lossGuess+g.lost, 0)+lossDoubt, 0.99)
	return min(max(int(math.Ceil(math.Log(falseSilence)/math.Log(lost))), leastMisses), mostMisses)
}

// silentAfter is how long a sender with these gaps may be quiet.
func (g *gaps) silentAfter() time.Duration {
	if g.learned == 0 {
		return g.learning()
	}
	return max(shortestSilence, time.Duration(g.mayMiss())*g.learned)
}

// learning is the same while the interval is not learnt: of a sender that was heard
// once nobody knows how often it sends.
func (g *gaps) learning() time.Duration {
	if g.longest == 0 {
		return leastMisses * learningInterval
	}
	return max(shortestSilence, leastMisses*g.longest)
}

// leastSilence is how long a sender of an interval may be quiet where nothing gets
// lost.
func leastSilence(interval time.Duration) time.Duration {
	return max(shortestSilence, leastMisses*interval)
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
