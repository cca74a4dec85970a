package promapi

import (
	"context"
	"errors"
)

// A gate lets few in at once, and some more wait.
type gate struct {
	running chan struct{} // holds one for each that is in
	queue   chan struct{} // and one for each that is in or waits
}

func newGate(running, waiting int) *gate {
	return &gate{make(chan struct{}, running), make(chan struct{}, running+waiting)}
}

// enter waits for its turn as long as ctx lasts. Who was let in calls leave.
// When too many wait already it refuses at once: a reader asks again.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.queue <- struct{}{}:
	default:
		return nil, &Error{Unavailable, errors.New("too many queries at once")}
	}
	select {
	case g.running <- struct{}{}:
		if ctx.Err() == nil {
			return func() { <-g.running; <-g.queue }, nil
		}
		<-g.running // both were ready
	case <-ctx.Done():
	}
	<-g.queue
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, &Error{Timeout, errors.New("query timed out in query queue")}
	}
	return nil, &Error{Canceled, errors.New("query was canceled in query queue")}
}
