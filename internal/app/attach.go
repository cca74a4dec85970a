package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"picotop/house"
	"picotop/internal/peer"
	"picotop/internal/sleep"
	"picotop/ui"
)

const (
	// findEvery is how often a dashboard that runs an instance of its own looks
	// whether a service has come back.
	findEvery = 5 * time.Second
	// reconnectEvery is how often a picotop elsewhere that has gone is asked again.
	reconnectEvery = 2 * time.Second
	// fetchTimeout is how long it may take to answer.
	fetchTimeout = 5 * time.Second
)

// attach shows a running picotop, or runs one in process. When the running one
// goes away it runs one itself, and goes back when it has returned; a picotop that
// was named is waited for instead.
type attach struct {
	Config
	now    func() time.Time
	logger *slog.Logger

	// changed wakes the screen when something came from a peer. It holds one word: a
	// second one would say nothing new.
	changed chan struct{}

	next *peer.Client // what to follow now; only begin, run and what these call

	mu     sync.Mutex // guards the rest
	local  *instance
	client *peer.Client // also kept once it is lost, for what it said last
	origin ui.Origin
}

func newAttach(cfg Config, logger *slog.Logger) *attach {
	return &attach{Config: cfg, now: time.Now, logger: logger, changed: make(chan struct{}, 1)}
}

// begin finds out what to show. What cannot work fails here, before there is a
// screen.
func (a *attach) begin(ctx context.Context) error {
	if a.From == nil {
		c := a.find(ctx)
		if c == nil {
			return a.startLocal(ctx)
		}
		a.follow(c)
		return nil
	}
	c := peer.NewClient(*a.From, a.now)
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	if _, err := c.Fetch(ctx); err != nil {
		c.Close()
		if _, ok := errors.AsType[*peer.DeniedError](err); ok {
			return err
		}
		return &NoPeerError{At: a.From.String(), Err: err}
	}
	a.follow(c)
	return nil
}

// A NoPeerError says that there is no picotop where one was named.
type NoPeerError struct {
	At  string // a URL, or the path of a socket
	Err error
}

func (e *NoPeerError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *NoPeerError) Unwrap() error { return e.Err }

// find looks for a picotop on this machine, unless none is to be shown. One that
// belongs to another user is named on the screen, and not shown.
func (a *attach) find(ctx context.Context) *peer.Client {
	if a.Standalone || a.Demo {
		return nil
	}
	c, stranger := peer.Find(ctx, candidates([]string{a.Data}, a.Listen), a.now)
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.origin.Stranger
	a.origin.Stranger = ui.Stranger{}
	if stranger != nil {
		a.origin.Stranger = ui.Stranger{User: stranger.User(), At: stranger.Target.String()}
	}
	if a.origin.Stranger != was && stranger != nil {
		a.logger.Warn("not showing another user's picotop", "err", stranger)
	}
	return c
}

// follow makes a picotop the one that is followed next. It has answered once, so
// the screen has something to show from here on.
func (a *attach) follow(c *peer.Client) {
	a.next = c
	a.mu.Lock()
	old := a.client
	a.client, a.origin, a.local = c, ui.Origin{From: c.Label(a.From != nil)}, nil
	a.mu.Unlock()
	if old != nil && old != c {
		old.Close()
	}
}

// startLocal builds an instance in process, which begins with what was known last.
func (a *attach) startLocal(ctx context.Context) error {
	cfg := a.Config
	if a.isFallback() {
		// The address is left to the one that will come back.
		cfg.Exporter = false
	}
	if cfg.LoadFile != nil { // it may have changed while another was followed
		if f, err := cfg.LoadFile(); err == nil {
			cfg.File = f
		}
	}
	cfg.looksOnce = a.Standalone && !a.Demo && a.anotherTells(ctx)
	i := newInstance(cfg, a.logger)
	if err := i.build(ctx, a.lastKnown()); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.local = i
	a.origin.Own = true
	return nil
}

// anotherTells reports whether a picotop runs here that is not to be shown. It is the one
// that sends messages.
func (a *attach) anotherTells(ctx context.Context) bool {
	c, _ := peer.Find(ctx, candidates([]string{a.Data}, a.Listen), a.now)
	if c == nil {
		return false
	}
	c.Close()
	a.logger.Info("the picotop that runs here already sends messages; this one sends none")
	return true
}

// isFallback reports whether a peer was followed before.
func (a *attach) isFallback() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.client != nil
}

// lastKnown is what the peer that was followed said last.
func (a *attach) lastKnown() house.State {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client == nil {
		return house.State{}
	}
	last, _, _ := a.client.Last()
	return last.State()
}

// run keeps something to show until ctx ends, which makes it return nil, or the
// instance in process fails.
func (a *attach) run(ctx context.Context) error {
	defer a.closeClient()
	for ctx.Err() == nil {
		switch {
		case a.next != nil:
			a.stream(ctx, a.next)
		case a.From != nil:
			a.reconnect(ctx)
		default:
			if err := a.runLocal(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// stream reads from a peer until it goes away.
func (a *attach) stream(ctx context.Context, c *peer.Client) {
	a.next = nil
	c.Notify(a.changed)
	err := c.Stream(ctx)
	if err == nil {
		return
	}
	a.logger.Warn("lost the picotop that told of the house", "err", err)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.origin.Lost = a.now()
}

// reconnect waits, and then tries the picotop that was named once more.
func (a *attach) reconnect(ctx context.Context) {
	if !sleep.For(ctx, reconnectEvery) {
		return
	}
	a.mu.Lock()
	c := a.client
	a.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	if _, err := c.Fetch(ctx); err == nil {
		a.follow(c)
	}
}

// runLocal runs an instance in process until ctx ends or a peer is found.
func (a *attach) runLocal(ctx context.Context) error {
	i, _, _ := a.current()
	if i == nil {
		// The other one may not be quite gone, and still hold the data.
		if err := a.startLocal(ctx); err != nil {
			a.logger.Warn("taking over", "err", err)
			sleep.For(ctx, reconnectEvery)
			if c := a.find(ctx); c != nil {
				a.follow(c)
			}
			return nil
		}
		i, _, _ = a.current()
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	var finding sync.WaitGroup
	finding.Go(func() {
		for !a.Demo && sleep.For(running, findEvery) {
			if c := a.find(running); c != nil {
				a.follow(c)
				stop()
			}
		}
	})
	err := i.run(running)
	stop()
	finding.Wait()
	a.mu.Lock()
	a.local = nil
	a.mu.Unlock()
	i.close()
	return err
}

// current returns what is shown now: at most one of the two.
func (a *attach) current() (*instance, *peer.Client, ui.Origin) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.local != nil {
		return a.local, nil, a.origin
	}
	return nil, a.client, a.origin
}

// closeClient closes the client that is left at the end.
func (a *attach) closeClient() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client != nil {
		a.client.Close()
	}
}
