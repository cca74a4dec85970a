package sshserver

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"charm.land/ssh"
)

const (
	// maxChannels is how many sessions one connection may have open, as those of a client
	// that shares it. Each may hold two megabytes that nobody has read.
	maxChannels = 4
	// unusedTimeout is how long a connection may stay without a screen or a table.
	unusedTimeout = time.Minute
)

// A connection takes a place from when it is admitted until it is closed. Whoever has
// shown a key has to use it, or it is closed.
type connection struct {
	net.Conn
	limits *limits
	from   netip.Addr

	mu       sync.Mutex // guards the rest
	closed   bool
	trying   bool // no key was accepted yet
	channels int
	users    int         // screens and tables
	unused   *time.Timer // closes it; nil if no key was accepted
}

type connectionKey struct{}

// connectionOf returns the connection that the library tells of by ctx.
func connectionOf(ctx ssh.Context) *connection {
	c, _ := ctx.Value(connectionKey{}).(*connection)
	return c
}

// accept says that a key was accepted. From then on close is called, and the connection
// closed, whenever it is not used for that long.
func (c *connection) accept(unused time.Duration, closing func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || !c.trying {
		return
	}
	c.trying = false
	c.limits.tried(c.from)
	c.unused = time.AfterFunc(unused, func() {
		closing()
		_ = c.Close()
	})
}

// use says that a screen or a table begins; the caller calls release at its end.
func (c *connection) use() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.users++
	if c.unused != nil {
		c.unused.Stop()
	}
}

func (c *connection) release(unused time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users--; c.users == 0 && !c.closed && c.unused != nil {
		c.unused.Reset(unused)
	}
}

// openChannel reports whether there is room for one more session; the caller then calls
// closeChannel at its end.
func (c *connection) openChannel() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.channels >= maxChannels {
		return false
	}
	c.channels++
	return true
}

func (c *connection) closeChannel() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.channels--
}

// Close gives the place back, at the first call.
func (c *connection) Close() error {
	c.mu.Lock()
	first, trying := !c.closed, c.trying
	c.closed, c.trying = true, false
	if c.unused != nil {
		c.unused.Stop()
	}
	c.mu.Unlock()
	if first {
		c.limits.left(c.from, trying)
	}
	return c.Conn.Close()
}
