package exporter

import (
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	// maxConnections bounds the connections that are open: each takes about 20 kB.
	maxConnections = 256
	// fullEvery bounds how often is logged that there are too many.
	fullEvery = time.Hour
)

// connections keeps those of a server within bounds. If there are too many the one
// that has been without a request for longest is closed, and if all have one, the
// newest.
type connections struct {
	max    int
	now    func() time.Time
	logger *slog.Logger

	mu     sync.Mutex
	idle   map[net.Conn]time.Time // open ones, by since when they are idle; zero if they are not
	logged time.Time
}

func newConnections(limit int, now func() time.Time, logger *slog.Logger) *connections {
	return &connections{max: limit, now: now, logger: logger, idle: map[net.Conn]time.Time{}}
}

// changed is told of every change by the server. A connection that has sent no
// request yet is idle.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch state {
	case http.StateActive:
		c.idle[conn] = time.Time{}
	case http.StateClosed, http.StateHijacked:
		delete(c.idle, conn)
	case http.StateIdle:
		c.idle[conn] = c.now()
	case http.StateNew:
		if len(c.idle) >= c.max {
			c.closeOneLocked(conn)
		}
		if len(c.idle) < c.max {
			c.idle[conn] = c.now()
		}
	}
}

// closeOneLocked makes room for the newest.
func (c *connections) closeOneLocked(newest net.Conn) {
	if now := c.now(); c.logged.IsZero() || now.Sub(c.logged) >= fullEvery {
		c.logged = now
		c.logger.Warn("too many HTTP connections are open: idle ones are closed", "open", len(c.idle))
	}
	victim, since := newest, time.Time{}
	for conn, at := range c.idle {
		if !at.IsZero() && (since.IsZero() || at.Before(since)) {
			victim, since = conn, at
		}
	}
	delete(c.idle, victim)
	_ = victim.Close() // whatever comes of it, it is gone
}
