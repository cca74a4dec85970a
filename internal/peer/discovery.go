package peer

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"
)

// findWithin is how long all candidates together may take to answer.
const findWithin = time.Second

// SocketName is the name of the socket in a runtime or data directory.
const SocketName = "picotop.sock"

// ServiceDirectory is the runtime directory of the service.
const ServiceDirectory = "/run/picotop"

// Find asks all candidates at once and returns a Client of the first in order
// that proves to be a picotop with a real house, and not this process; nil if there
// is none. What says that it is a picotop and is not trusted is never read; the
// first such is returned as stranger. It takes a third of a second at most, and as
// long again if there is a stranger.
func Find(ctx context.Context, candidates []Target, now func() time.Time) (first *Client, stranger *UntrustedError) {
	found := make([]*Client, len(candidates))
	strangers := make([]*UntrustedError, len(candidates))
	var asking sync.WaitGroup
	for i, t := range candidates {
		asking.Go(func() { found[i], strangers[i] = ask(ctx, t, now) })
	}
	asking.Wait()
	for i, c := range found {
		switch {
		case strangers[i] != nil && stranger == nil:
			stranger = strangers[i]
		case c == nil:
		case first == nil:
			first = c
		default:
			c.Close()
		}
	}
	return first, stranger
}

// ask returns a Client of a candidate that proves to be a picotop.
func ask(ctx context.Context, t Target, now func() time.Time) (*Client, *UntrustedError) {
	c, err := fetchOnce(ctx, t, now)
	stranger, ok := errors.AsType[*UntrustedError](err)
	if !ok {
		return c, nil
	}
	// Only what says that it is a picotop is worth a word.
	t.Trusted = nil
	c, _ = fetchOnce(ctx, t, now)
	if c == nil {
		return nil, nil
	}
	c.Close()
	return nil, stranger
}

// fetchOnce returns a Client that has read a real house once, and nil if there is
// none or it is this process's own.
func fetchOnce(ctx context.Context, t Target, now func() time.Time) (*Client, error) {
	ctx, cancel := context.WithTimeout(ctx, findWithin)
	defer cancel()
	c := NewClient(t, now)
	h, err := c.Fetch(ctx)
	if err != nil || h.Demo || h.PID == os.Getpid() {
		c.Close()
		return nil, err
	}
	return c, nil
}
