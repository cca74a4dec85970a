package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// A renewal reads something anew while it is asked for: when what is there has become
// old, once at a time, however many ask. While it fails it is tried less and less often.
type renewal struct {
	read  func(ctx context.Context) error
	every time.Duration // how old what is there may become
	now   func() time.Time
	// run starts something that may take longer than who asks for it waits; false if
	// nothing is started any more.
	run    func(func(ctx context.Context)) bool
	logger *slog.Logger

	mu     sync.Mutex    // guards the rest
	done   chan struct{} // closed when the reading under way ends; nil if none is
	readAt time.Time     // when the last reading that succeeded began; zero if none did
	next   time.Time     // when is read again
	pause  time.Duration // after the last failure; 0 if it did not fail
	lost   time.Time     // since when it fails; zero if it does not
	err    error         // why
}

// How long who asks for something waits for what is newer, while something is there to be
// shown that is fairly new or cannot be read at all; and else.
const (
	renewalWait     = 1500 * time.Millisecond
	renewalLongWait = 15 * time.Second
	renewalOld      = time.Minute
)

// renewed begins to read if it is time, and waits a while for that.
func (r *renewal) renewed(ctx context.Context) {
	done, wait := r.begin()
	if done == nil {
		return
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
	case <-ctx.Done():
	}
}

// begin returns what ends with the reading under way, and how long to wait for that; nil
// if what is there is new enough.
func (r *renewal) begin() (<-chan struct{}, time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if r.done == nil {
		if now.Before(r.next) || !r.run(r.readOnce) {
			return nil, 0
		}
		r.done = make(chan struct{})
	}
	if r.lost.IsZero() && now.Sub(r.readAt) > renewalOld {
		return r.done, renewalLongWait
	}
	return r.done, renewalWait
}

// readOnce reads, and notes how that went.
func (r *renewal) readOnce(ctx context.Context) {
	began := r.now()
	err := guarded(r.logger, func() error { return r.read(ctx) })()
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.done)
	r.done, r.err = nil, err
	if err == nil {
		if !r.lost.IsZero() {
			r.logger.Info("readings come again")
		}
		r.readAt, r.pause, r.lost = began, 0, time.Time{}
		r.next = began.Add(r.every)
		return
	}
	if r.lost.IsZero() {
		r.lost = began
		if !errors.Is(err, context.Canceled) {
			r.logger.Warn("nothing can be read", "err", err)
		}
	}
	r.pause = min(max(2*r.pause, r.every), enginePollMax)
	r.next = r.now().Add(r.pause)
}

// A renewalState is how a renewal goes.
type renewalState struct {
	readAt time.Time // zero if nothing was ever read
	lost   time.Time // since when nothing can be read; zero if something can
	err    error     // why
}

func (r *renewal) state() renewalState {
	r.mu.Lock()
	defer r.mu.Unlock()
	return renewalState{readAt: r.readAt, lost: r.lost, err: r.err}
}
