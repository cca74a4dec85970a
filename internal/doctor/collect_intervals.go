package doctor

import (
	"net/netip"
	"slices"
	"time"
)

// How often sensors are heard, and what a silence means: the Picos, or a switch
// that has to be told again who listens.

// A voice is one sensor of one sender.
type voice struct {
	addr   netip.Addr
	sensor string
}

// A rhythm is the times between a sensor's packets.
type rhythm struct {
	last time.Time // zero if the time to the next one tells nothing
	gaps []time.Duration

	stopped time.Time     // the last packet before the network was told anew
	bound   time.Duration // the shortest time from that to the next one, 0 if there was none
}

// maxGaps bounds what is remembered of a sensor.
const maxGaps = 64

// usual is the median: a silence that a switch makes, and that ends by itself,
// is no part of the rhythm. 0 means that it is not known. It is no longer than
// a time in which it was told anew.
func (r *rhythm) usual() time.Duration {
	if len(r.gaps) == 0 {
		return r.bound
	}
	sorted := slices.Sorted(slices.Values(r.gaps))
	return sorted[len(sorted)/2]
}

// A round is one time that the network was told again that this machine
// listens, for packets had stopped or had never come.
type round struct {
	at      time.Time
	before  int           // packets until then
	drought time.Duration // how long nothing had come
	first   time.Duration // how soon something came then; 0 if nothing did
}

const (
	// maxRounds bounds how often the network is told.
	maxRounds = 4
	// promptly is how soon packets come if it was telling that brought them.
	promptly = 2 * time.Second
	// leastDrought is how long nothing must come to be worth an experiment.
	leastDrought = 3 * time.Second
)

func (h *hearing) voiceLocked(v voice, at time.Time) {
	r := h.voices[v]
	if r == nil {
		r = &rhythm{}
		h.voices[v] = r
	}
	if !r.last.IsZero() && len(r.gaps) < maxGaps {
		r.gaps = append(r.gaps, at.Sub(r.last))
	}
	if !r.stopped.IsZero() {
		if across := at.Sub(r.stopped); r.bound == 0 || across < r.bound {
			r.bound = across
		}
		r.stopped = time.Time{}
	}
	r.last = at
}

// betweenLocked is the time between two packets of the slowest sensor, 0 if it
// is not known.
func (h *hearing) betweenLocked() time.Duration {
	var slowest time.Duration
	for _, r := range h.voices {
		slowest = max(slowest, r.usual())
	}
	return slowest
}

// dried reports whether packets stopped, or never came, for so long that it
// is worth telling the network again that this machine listens, and notes that
// it is told.
func (h *hearing) dried(now time.Time, listening time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := len(h.rounds)
	wait := listening / 2
	switch between := h.betweenLocked(); {
	case between > 0:
		wait = max(leastDrought, 3*between)
	case n > 0 && h.rounds[n-1].first > 0 && h.rounds[n-1].first <= promptly:
		wait = leastDrought // that may be no accident
	}
	drought := now.Sub(h.last)
	if n == maxRounds || drought < wait || n > 0 && h.rounds[n-1].first == 0 {
		return false // telling it once more would not help either
	}
	h.rounds = append(h.rounds, round{at: now, before: h.packets, drought: drought})
	for _, r := range h.voices {
		// The pause that ends now is not the sensor's.
		if !r.last.IsZero() {
			r.stopped, r.last = r.last, time.Time{}
		}
	}
	return true
}

// revived lists the rounds in which packets came again at once, after a
// silence that is no Pico's way.
func (h heard) revived() []round {
	soon := max(promptly, h.between*3/2+time.Second)
	return slices.DeleteFunc(slices.Clone(h.rounds), func(r round) bool {
		return r.first == 0 || r.first > soon || h.between == 0 || r.drought < 3*h.between
	})
}
