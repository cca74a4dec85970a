package sshserver

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// An address may fail so often at once, and then once a minute.
	failuresAtOnce = 10
	failureEvery   = time.Minute
	// maxAddresses bounds the memory of failures. When it is full the oldest goes.
	maxAddresses = 1024
	// refusedEvery bounds how often is logged that connections are refused.
	refusedEvery = time.Minute
)

// limits keep connections within bounds.
type limits struct {
	now func() time.Time

	mu       sync.Mutex // guards the rest
	open     int
	failures map[netip.Addr]*failures
	logged   time.Time
}

// failures are those of one address.
type failures struct {
	allowed *rate.Limiter
	last    time.Time
}

func newLimits(now func() time.Time) *limits {
	return &limits{now: now, failures: map[netip.Addr]*failures{}}
}

// admit counts a connection until it is closed. It returns nil if there are too many, or
// its address failed too often; why is for the log, and empty if that was said lately.
func (l *limits) admit(conn net.Conn) (admitted net.Conn, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	switch f := l.failures[addrOf(conn.RemoteAddr())]; {
	case l.open >= maxConnections:
		why = "too many connections are open"
	case f != nil && f.allowed.TokensAt(now) < 1:
		why = "too many tries without a key that is known; it may try again in a minute"
	default:
		l.open++
		return &countedConn{Conn: conn, limits: l}, ""
	}
	if now.Sub(l.logged) < refusedEvery {
		return nil, ""
	}
	l.logged = now
	return nil, why
}

// failed counts that somebody was not let in.
func (l *limits) failed(addr net.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, from := l.now(), addrOf(addr)
	f := l.failures[from]
	if f == nil {
		if len(l.failures) >= maxAddresses {
			l.forgetOldest()
		}
		f = &failures{allowed: rate.NewLimiter(rate.Every(failureEvery), failuresAtOnce)}
		l.failures[from] = f
	}
	f.last = now
	f.allowed.AllowN(now, 1)
}

func (l *limits) forgetOldest() {
	var oldest netip.Addr
	for a, f := range l.failures {
		if !oldest.IsValid() || f.last.Before(l.failures[oldest].last) {
			oldest = a
		}
	}
	delete(l.failures, oldest)
}

// addrOf is an address without its port; invalid if it has none.
func addrOf(a net.Addr) netip.Addr {
	ap, _ := netip.ParseAddrPort(a.String())
	return ap.Addr().Unmap()
}

// A countedConn gives its place back when it is closed.
type countedConn struct {
	net.Conn
	limits *limits
	once   sync.Once
}

func (c *countedConn) Close() error {
	c.once.Do(func() {
		c.limits.mu.Lock()
		defer c.limits.mu.Unlock()
		c.limits.open--
	})
	return c.Conn.Close()
}
