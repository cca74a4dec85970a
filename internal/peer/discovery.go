package peer

import (
	"context"
	"os"
	"sync"
	"time"
)

// findWithin is how long all candidates together may take to answer.
const findWithin = 300 * time.Millisecond

// SocketName is the name of the socket in a runtime or data directory.
const SocketName = "picotop.sock"

// ServiceDirectory is the runtime directory of the service.
const ServiceDirectory = "/run/picotop"

// Find asks all candidates at once and returns a Client of the first in order
// that proves to be a picotop with a real house, and not this process. It
// returns nil if there is none, within a third of a second.
func Find(ctx context.Context, candidates []Target, now func() time.Time) *Client {
	ctx, cancel := context.WithTimeout(ctx, findWithin)
	defer cancel()
	found := make([]*Client, len(candidates))
	var asking sync.WaitGroup
	for i, t := range candidates {
		asking.Go(func() {
			c := NewClient(t, now)
			h, err := c.Fetch(ctx)
			if err != nil || h.Demo || h.PID == os.Getpid() {
				c.Close()
				return
			}
			found[i] = c
		})
	}
	asking.Wait()
	var first *Client
	for _, c := range found {
		switch {
		case c == nil:
		case first == nil:
			first = c
		default:
			c.Close()
		}
	}
	return first
}
