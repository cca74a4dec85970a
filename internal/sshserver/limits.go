package sshserver

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// triesAtOnce is how many connections of an address may be open that have shown no key
	// yet, so that one that never does leaves places to others.
	triesAtOnce = 10
	// An address may fail so often at once, and then once a minute.
	failuresAtOnce = 10
	failureEvery   = time.Minute
	// maxAddresses bounds the memory of addresses. When it is full the oldest goes.
	maxAddresses = 1024
	// refusedEvery bounds how often is logged that connections are refused.
	refusedEvery = time.Minute
)

// limits keep connections within bounds.
type limits struct {
	now func() time.Time

	mu        sync.Mutex // guards the rest
	open      int
	addresses map[netip.Addr]*address
	logged    time.Time
}

// An address is what one did.
type address struct {
	failures *rate.Limiter
	trying   int // connections without a key that was accepted
	last     time.Time
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, addresses: map[netip.Addr]*address{}}
}

// admit counts a connection until it is closed. If there are too many, or its address
// failed too often, it returns nil and why. It reports whether that is to be logged,
// which is so unless it was lately.
func (l *limits) admit(conn net.Conn) (admitted *connection, why string, log bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, from := l.now(), addrOf(conn.RemoteAddr())
	a := l.address(from, now)
	switch {
	case l.open >= maxConnections:
		why = "too many connections are open; try again later"
	case a.trying >= triesAtOnce:
		why = "too many connections from one address have shown no key yet; try again in a moment"
	case a.failures.TokensAt(now) < 1:
		why = "too many tries without a key that is known; try again in a minute"
	default:
		l.open++
		a.trying++
		return &connection{Conn: conn, limits: l, from: from, trying: true}, "", false
	}
	if log = now.Sub(l.logged) >= refusedEvery; log {
		l.logged = now
	}
	return nil, why, log
}

// failed counts that somebody was not let in.
func (l *limits) failed(addr net.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	l.address(addrOf(addr), now).failures.AllowN(now, 1)
}

// tried says that a connection tries no longer.
func (l *limits) tried(from netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.addresses[from]; a != nil {
		a.trying--
	}
}

// left gives back the place of a connection.
func (l *limits) left(from netip.Addr, trying bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open--
	if a := l.addresses[from]; trying && a != nil {
		a.trying--
	}
}

// address is what is known of one.
func (l *limits) address(from netip.Addr, now time.Time) *address {
	a := l.addresses[from]
	if a == nil {
		if len(l.addresses) >= maxAddresses {
			l.forgetOldest()
		}
		a = &address{failures: rate.NewLimiter(rate.Every(failureEvery), failuresAtOnce)}
		l.addresses[from] = a
	}
	a.last = now
	return a
}

// forgetOldest forgets an address that tries nothing now; there are many more addresses
// than connections.
func (l *limits) forgetOldest() {
	var oldest netip.Addr
	found := false
	for from, a := range l.addresses {
		if a.trying == 0 && (!found || a.last.Before(l.addresses[oldest].last)) {
			oldest, found = from, true
		}
	}
	delete(l.addresses, oldest)
}

// addrOf is an address without its port; invalid if it has none.
func addrOf(a net.Addr) netip.Addr {
	ap, _ := netip.ParseAddrPort(a.String())
	return ap.Addr().Unmap()
}
