package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
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

// A Holder is who holds a data directory. It is written there, so that a
// second picotop can say who and read from it.
type Holder struct {
	PID    int    `json:"pid"`
	Socket string `json:"socket,omitempty"`
	Addr   string `json:"address,omitempty"` // HTTP, such as "127.0.0.1:8000"
}

const (
	holderName = "running.json"
	maxHolder  = 4 << 10 // bytes
)

// WriteHolder says in a data directory who holds it. The returned function
// takes it back.
func WriteHolder(dir string, h Holder) (remove func(), err error) {
	text, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	name := filepath.Join(dir, holderName)
	temp := name + ".new"
	if err := os.WriteFile(temp, append(text, '\n'), 0o644); err != nil {
		return nil, fmt.Errorf("saying who holds %s: %w", dir, err)
	}
	if err := os.Rename(temp, name); err != nil {
		return nil, fmt.Errorf("saying who holds %s: %w", dir, err)
	}
	return func() { _ = os.Remove(name) }, nil
}

// ReadHolder reads who holds a data directory. What it says may be out of
// date: a killed program leaves it behind.
func ReadHolder(dir string) (Holder, error) {
	f, err := os.Open(filepath.Join(dir, holderName))
	if err != nil {
		return Holder{}, err
	}
	defer f.Close()
	var h Holder
	if err := json.NewDecoder(io.LimitReader(f, maxHolder)).Decode(&h); err != nil {
		return Holder{}, errors.New("the file that says who holds the data is damaged")
	}
	return h, nil
}

// Targets returns where the holder can be read.
func (h Holder) Targets() []Target {
	var all []Target
	if h.Socket != "" {
		all = append(all, Target{Socket: h.Socket})
	}
	if h.Addr != "" {
		all = append(all, Target{URL: &url.URL{Scheme: "http", Host: h.Addr}})
	}
	return all
}
