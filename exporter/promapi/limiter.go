package promapi

import (
	"context"
	"errors"
)

// A limiter lets few in at once, and some more wait.
type limiter struct {
	running chan struct{} // holds one for each that is in
	queue   chan struct{} // and one for each that is in or waits
}

func newLimiter(running, waiting int) *limiter {
	return &limiter{make(chan struct{}, running), make(chan struct{}, running+waiting)}
}

// enter waits for its turn as long as ctx lasts. Who was let in calls leave.
// When too many wait already it refuses at once: a reader asks again.
func (l *limiter) enter(ctx context.Context) (leave func(), err error) {
	select {
	case l.queue <- struct{}{}:
	default:
		return nil, &Error{Unavailable, errors.New("too many queries at once")}
	}
	select {
	case l.running <- struct{}{}:
		if ctx.Err() == nil {
			return func() { <-l.running; <-l.queue }, nil
		}
		<-l.running // both were ready
	case <-ctx.Done():
	}
	<-l.queue
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, &Error{Timeout, errors.New("query timed out in query queue")}
	}
	return nil, &Error{Canceled, errors.New("query was canceled in query queue")}
}
