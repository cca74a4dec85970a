package doctor

import (
	"net/netip"
	"slices"
	"time"
)

// How often sensors send, and what a silence means: that the Picos stopped, or
// that a switch has to be told again who listens. A rejoin does that, and shows
// which it was.

// A sensorKey names one sensor of one sender.
type sensorKey struct {
	addr   netip.Addr
	sensor string
}

// intervals are the times between a sensor's packets.
type intervals struct {
	last    time.Time // the newest packet; zero if the time to the next one tells nothing
	between []time.Duration

	beforeRejoin time.Time     // the last packet before a rejoin
	acrossRejoin time.Duration // the shortest time from that to the next packet, 0 if none came
}

// maxIntervals bounds what is remembered of a sensor.
const maxIntervals = 64

// typical is the median: a silence that a switch makes, and that ends by itself,
// does not move it. Without an interval free of rejoins it is the shortest one
// across a rejoin, an upper bound. 0 means that it is not known.
func (iv *intervals) typical() time.Duration {
	if len(iv.between) == 0 {
		return iv.acrossRejoin
	}
	sorted := slices.Sorted(slices.Values(iv.between))
	return sorted[len(sorted)/2]
}

// A rejoin is one [feed.Listener.Rejoin], which tells the network again that this
// machine listens, for packets had stopped or had never come.
type rejoin struct {
	at            time.Time
	packetsBefore int           // how many had come until then
	silence       time.Duration // how long nothing had come
	firstAfter    time.Duration // how soon something came then; 0 if nothing did
}

const (
	// maxRejoins bounds how often the doctor rejoins.
	maxRejoins = 4
	// prompt is how soon packets come if it was the rejoin that brought them.
	prompt = 2 * time.Second
	// minSilence is how long nothing must come to be worth a rejoin.
	minSilence = 3 * time.Second
)

// addIntervalLocked notes that a sensor's packet came.
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

// slowestIntervalLocked is the time between two packets of the slowest sensor, 0
// if it is not known.
func (o *observer) slowestIntervalLocked() time.Duration {
	var slowest time.Duration
	for _, iv := range o.sensors {
		slowest = max(slowest, iv.typical())
	}
	return slowest
}

// startRejoin reports whether packets stopped, or never came, for so long that a
// rejoin is worth it, and notes that one begins now. total is how long the doctor
// listens in all.
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
		return false // one more would not help either
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

// effectiveRejoins lists the rejoins after which packets came again at once, and
// before which the silence was too long to be a Pico's.
func (t traffic) effectiveRejoins() []rejoin {
	soon := max(prompt, t.slowestInterval*3/2+time.Second)
	return slices.DeleteFunc(slices.Clone(t.rejoins), func(r rejoin) bool {
		return r.firstAfter == 0 || r.firstAfter > soon || t.slowestInterval == 0 || r.silence < 3*t.slowestInterval
	})
}
