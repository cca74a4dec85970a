package doctor

import (
	"net/netip"
	"slices"
	"time"
)

// How often sensors are heard, and what a silence means: the Picos, or a switch
// that has to be told again who listens.

// A sensorKey is one sensor of one sender.
type sensorKey struct {
	addr   netip.Addr
	sensor string
}

// An intervals is the times between a sensor's packets.
type intervals struct {
	last    time.Time // zero if the time to the next one tells nothing
	between []time.Duration

	beforeRejoin time.Time     // the last packet before the network was told anew
	acrossRejoin time.Duration // the shortest time from that to the next one, 0 if there was none
}

// maxIntervals bounds what is remembered of a sensor.
const maxIntervals = 64

// typical is the median: a silence that a switch makes, and that ends by itself,
// is no part of the rhythm. 0 means that it is not known. It is no longer than
// a time in which it was told anew.
func (iv *intervals) typical() time.Duration {
	if len(iv.between) == 0 {
		return iv.acrossRejoin
	}
	sorted := slices.Sorted(slices.Values(iv.between))
	return sorted[len(sorted)/2]
}

// A rejoin is one time that the network was told again that this machine
// listens, for packets had stopped or had never come.
type rejoin struct {
	at            time.Time
	packetsBefore int           // packets until then
	silence       time.Duration // how long nothing had come
	firstAfter    time.Duration // how soon something came then; 0 if nothing did
}

const (
	// maxRejoins bounds how often the network is told.
	maxRejoins = 4
	// prompt is how soon packets come if it was telling that brought them.
	prompt = 2 * time.Second
	// minSilence is how long nothing must come to be worth an experiment.
	minSilence = 3 * time.Second
)

func (o *observer) addIntervalLocked(key sensorKey, at time.Time) {
	iv := o.sensors[key]
	if iv == nil {
		iv = &intervals{}
		o.sensors[key] = iv
	}
	if !iv.last.IsZero() && len(iv.between) < maxIntervals {
		iv.between = append(iv.between, at.Sub(iv.last))
	}
	if !iv.beforeRejoin.IsZero() {
		if across := at.Sub(iv.beforeRejoin); iv.acrossRejoin == 0 || across < iv.acrossRejoin {
			iv.acrossRejoin = across
		}
		iv.beforeRejoin = time.Time{}
	}
	iv.last = at
}

// slowestIntervalLocked is the time between two packets of the slowest sensor, 0 if it
// is not known.
func (o *observer) slowestIntervalLocked() time.Duration {
	var slowest time.Duration
	for _, iv := range o.sensors {
		slowest = max(slowest, iv.typical())
	}
	return slowest
}

// startRejoin reports whether packets stopped, or never came, for so long that it
// is worth telling the network again that this machine listens, and notes that
// it is told.
func (o *observer) startRejoin(now time.Time, total time.Duration) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := len(o.rejoins)
	wait := total / 2
	switch interval := o.slowestIntervalLocked(); {
	case interval > 0:
		wait = max(minSilence, 3*interval)
	case n > 0 && o.rejoins[n-1].firstAfter > 0 && o.rejoins[n-1].firstAfter <= prompt:
		wait = minSilence // that may be no accident
	}
	silence := now.Sub(o.last)
	if n == maxRejoins || silence < wait || n > 0 && o.rejoins[n-1].firstAfter == 0 {
		return false // telling it once more would not help either
	}
	o.rejoins = append(o.rejoins, rejoin{at: now, packetsBefore: o.packets, silence: silence})
	for _, iv := range o.sensors {
		// The pause that ends now is not the sensor's.
		if !iv.last.IsZero() {
			iv.beforeRejoin, iv.last = iv.last, time.Time{}
		}
	}
	return true
}

// effectiveRejoins lists the rounds in which packets came again at once, after a
// silence that is no Pico's way.
func (t traffic) effectiveRejoins() []rejoin {
	soon := max(prompt, t.slowestInterval*3/2+time.Second)
	return slices.DeleteFunc(slices.Clone(t.rejoins), func(r rejoin) bool {
		return r.firstAfter == 0 || r.firstAfter > soon || t.slowestInterval == 0 || r.silence < 3*t.slowestInterval
	})
}
