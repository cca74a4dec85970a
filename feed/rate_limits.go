package feed

import (
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// A Pico sends a packet a second at the most. What comes faster than
	// this is a fault or an attack, and must not crowd out the others.
	sourceRate = 5_000 // datagrams a second from one address, and at once
	totalRate  = 100_000

	maxSources = 4096
	// trustAfter is how long an address must have been heard before a flood
	// of new ones, whose addresses may be forged, can no longer crowd it out.
	trustAfter = time.Minute
	forgetIdle = 10 * time.Minute

	// barFor is how long an address is kept out of the sockets once it has
	// used up what it may send. In that time it earns 500 datagrams more.
	barFor = 100 * time.Millisecond
	// maxBarred bounds the filter that does it.
	maxBarred = 64
)

// limits bounds how many datagrams are decoded, in all and from each address.
type limits struct {
	mu        sync.Mutex // guards the rest
	total     *rate.Limiter
	strangers *rate.Limiter // what does not fit into sources shares one
	sources   map[netip.Addr]*source
	swept     time.Time
	barred    map[netip.Addr]time.Time // until when

	flooded chan struct{} // is sent to when an address becomes barred
}

type source struct {
	*rate.Limiter
	first, last time.Time
}

func newLimits() *limits {
	return &limits{
		total:     rate.NewLimiter(totalRate, totalRate),
		strangers: rate.NewLimiter(sourceRate, sourceRate),
		sources:   map[netip.Addr]*source{},
		barred:    map[netip.Addr]time.Time{},
		flooded:   make(chan struct{}, 1),
	}
}

// check gives the reason for refusing a datagram from an address, if any.
func (l *limits) check(from netip.Addr, now time.Time) Reason {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.sourceLocked(from, now)
	own := l.strangers
	if s != nil {
		own, s.last = s.Limiter, now
	}
	if !own.AllowN(now, 1) {
		if s != nil {
			l.barLocked(from, now)
		}
		return SourceRateLimited
	}
	trusted := s != nil && now.Sub(s.first) > trustAfter
	if !l.total.AllowN(now, 1) && !trusted {
		return RateLimited
	}
	return ""
}

// barLocked notes that an address has used up what it may send.
func (l *limits) barLocked(from netip.Addr, now time.Time) {
	if _, ok := l.barred[from]; ok || len(l.barred) >= maxBarred {
		return
	}
	l.barred[from] = now.Add(barFor)
	select {
	case l.flooded <- struct{}{}:
	default:
	}
}

// bars lists the addresses to keep out of the sockets now.
func (l *limits) bars(now time.Time) []netip.Addr {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.barred, func(_ netip.Addr, until time.Time) bool { return !now.Before(until) })
	return slices.SortedFunc(maps.Keys(l.barred), netip.Addr.Compare)
}

// sourceLocked returns the entry of an address, nil if there is no room for
// another one.
func (l *limits) sourceLocked(from netip.Addr, now time.Time) *source {
	s := l.sources[from]
	if s != nil {
		return s
	}
	if len(l.sources) >= maxSources {
		l.sweepLocked(now)
	}
	if len(l.sources) >= maxSources {
		return nil
	}
	s = &source{Limiter: rate.NewLimiter(sourceRate, sourceRate), first: now, last: now}
	l.sources[from] = s
	return s
}

// sweepLocked forgets the addresses that fell quiet, at most once a second.
func (l *limits) sweepLocked(now time.Time) {
	if now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for addr, s := range l.sources {
		idle := forgetIdle
		if s.last.Sub(s.first) < trustAfter {
			idle = trustAfter // forged addresses are not heard for long
		}
		if now.Sub(s.last) > idle {
			delete(l.sources, addr)
		}
	}
}
