package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"
)

// calls bounds how many calls that may take their time run at once, and waits for them at
// the end: each holds a slot.
type calls struct {
	ctx   context.Context
	slots chan struct{}
}

func newCalls(ctx context.Context) *calls {
	return &calls{ctx: ctx, slots: make(chan struct{}, maxConcurrentLoads)}
}

// run makes a call when there is a slot, for a time at most; without one if that is 0. It
// returns nil when the screen ends before.
func (c *calls) run(timeout time.Duration, call func(ctx context.Context) tea.Msg) tea.Msg {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-c.ctx.Done():
		return nil
	}
	ctx := c.ctx
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeout)
		defer cancel()
	}
	return call(ctx)
}

// wait waits until none is under way, and lets none begin.
func (c *calls) wait() {
	for range cap(c.slots) {
		c.slots <- struct{}{}
	}
}
