package feed

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// A Pico sends a packet a second at the most. What comes faster than
	// this is a fault or an attack, and must not crowd out the others.
	sourceRate = 5_000 // datagrams a second from one address
	totalRate  = 100_000
	burstOf    = 2 // seconds' worth

	maxSources = 4096
	// trustAfter is how long an address must have been heard before a flood
	// of new ones, whose addresses may be forged, can no longer crowd it out.
	trustAfter = time.Minute
	forgetIdle = 10 * time.Minute
)

// limits bounds how many datagrams are decoded, in all and from each address.
type limits struct {
	mu        sync.Mutex // guards the rest
	total     *rate.Limiter
	strangers *rate.Limiter // what does not fit into sources shares one
	sources   map[netip.Addr]*source
	swept     time.Time
}

type source struct {
	*rate.Limiter
	first, last time.Time
}

func newLimits() *limits {
	return &limits{
		total:     rate.NewLimiter(totalRate, burstOf*totalRate),
		strangers: rate.NewLimiter(sourceRate, burstOf*sourceRate),
		sources:   map[netip.Addr]*source{},
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
		return SourceFlood
	}
	trusted := s != nil && now.Sub(s.first) > trustAfter
	if !l.total.AllowN(now, 1) && !trusted {
		return Flood
	}
	return ""
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
	s = &source{Limiter: rate.NewLimiter(sourceRate, burstOf*sourceRate), first: now, last: now}
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
		if now.Sub(s.last) > forgetIdle {
			delete(l.sources, addr)
		}
	}
}
