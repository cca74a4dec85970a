package cli

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"picotop/house"
	"picotop/internal/peer"
	"picotop/ui"
)

const (
	// lookEvery is how often a dashboard that works by itself looks whether
	// a service has come back.
	lookEvery = 5 * time.Second
	// askEvery is how often a picotop elsewhere that has gone is asked again.
	askEvery = 2 * time.Second
	// askFor is how long it may take to answer at the start.
	askFor = 5 * time.Second
)

// A truth is what the screen shows: a picotop that runs already, or else a
// program of its own. When the one goes away the other takes over.
type truth struct {
	options
	now    func() time.Time
	logger *slog.Logger

	// changed wakes the screen when something came from elsewhere. It holds
	// one word: a second one would say nothing new.
	changed chan struct{}

	next *peer.Client // what to follow now; only begin, run and what it calls

	mu     sync.Mutex // guards the rest
	local  *program
	client *peer.Client // also kept once it is lost, for what it said last
	origin ui.Origin
}

func newTruth(o options, logger *slog.Logger) *truth {
	return &truth{options: o, now: time.Now, logger: logger, changed: make(chan struct{}, 1)}
}

// begin finds out whom to ask. What cannot work fails here, before there is a
// screen.
func (t *truth) begin(ctx context.Context) error {
	if t.from == "" {
		c := t.find(ctx)
		if c == nil {
			return t.own(ctx)
		}
		t.take(c)
		return nil
	}
	target, err := t.elsewhere()
	if err != nil {
		return err
	}
	c := peer.NewClient(target, t.now)
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	if _, err := c.Fetch(ctx); err != nil {
		c.Close()
		if _, ok := errors.AsType[*peer.DeniedError](err); ok {
			return err
		}
		return &fromError{err: err, url: t.from}
	}
	t.take(c)
	return nil
}

// take makes a picotop the one that is followed next. It has answered once,
// so the screen has something to show from here on.
func (t *truth) take(c *peer.Client) {
	t.next = c
	t.mu.Lock()
	old := t.client
	t.client, t.origin, t.local = c, ui.Origin{From: t.describe(c)}, nil
	t.mu.Unlock()
	if old != nil && old != c {
		old.Close()
	}
}

// own makes a program of its own, which begins with what was known last.
func (t *truth) own(ctx context.Context) error {
	o := t.options
	if t.standsIn() {
		// The address is left to the one that will come back.
		o.exporter = false
	}
	p := newProgram(o, t.logger)
	if err := p.build(ctx, t.lastKnown()); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.local = p
	t.origin.Own = true
	return nil
}

// standsIn reports whether another picotop told of the house before.
func (t *truth) standsIn() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.client != nil
}

func (t *truth) lastKnown() house.State {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client == nil {
		return house.State{}
	}
	last, _, _ := t.client.Last()
	return last.State()
}

// run keeps the truth until ctx ends or there is none.
func (t *truth) run(ctx context.Context) error {
	defer t.forget()
	for ctx.Err() == nil {
		switch {
		case t.next != nil:
			t.follow(ctx, t.next)
		case t.from != "":
			t.askAgain(ctx)
		default:
			if err := t.alone(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow reads from a picotop until it goes away.
func (t *truth) follow(ctx context.Context, c *peer.Client) {
	t.next = nil
	c.Tell(t.changed)
	err := c.Stream(ctx)
	if err == nil {
		return
	}
	t.logger.Warn("lost the picotop that told of the house", "err", err)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.origin.Lost = t.now()
}

// askAgain waits, and then tries the picotop that was named once more.
func (t *truth) askAgain(ctx context.Context) {
	if !pause(ctx, askEvery) {
		return
	}
	t.mu.Lock()
	c := t.client
	t.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, askFor)
	defer cancel()
	if _, err := c.Fetch(ctx); err == nil {
		t.take(c)
	}
}

// alone runs a program of its own until ctx ends or a picotop that tells of
// the house is found.
func (t *truth) alone(ctx context.Context) error {
	t.mu.Lock()
	p := t.local
	t.mu.Unlock()
	if p == nil {
		// The other one may not be quite gone, and still hold the data.
		if err := t.own(ctx); err != nil {
			t.logger.Warn("taking over", "err", err)
			pause(ctx, askEvery)
			if c := t.find(ctx); c != nil {
				t.take(c)
			}
			return nil
		}
		t.mu.Lock()
		p = t.local
		t.mu.Unlock()
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	var looking sync.WaitGroup
	looking.Go(func() {
		for !t.demo && pause(running, lookEvery) {
			if c := t.find(running); c != nil {
				t.take(c)
				stop()
			}
		}
	})
	err := p.run(running)
	stop()
	looking.Wait()
	t.mu.Lock()
	t.local = nil
	t.mu.Unlock()
	p.close()
	return err
}

// forget ends what is left.
func (t *truth) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client != nil {
		t.client.Close()
	}
}

// pause waits, and reports whether ctx still goes on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
