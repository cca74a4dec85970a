package promapi

import (
	"context"
	"errors"

	"github.com/prometheus/prometheus/promql"
)

// A size says how much a request takes. Each size has places of its own, so
// that what takes much cannot keep out what takes little.
type size int

const (
	light size = iota // does not read the history
	small             // reads a little of it: what a dashboard asks
	big
	huge // takes the places of all big ones
)

// What one request may hold in memory, by size. There are few places, so these
// are also a bound on all together: 4 of light and small each, and 2 of big or 1
// of huge.
const (
	smallMemory = 4_000_000 // bytes
	bigMemory   = 32_000_000
	hugeMemory  = 64_000_000
)

// limiters returns the places for each size. More wait for small ones, for a
// page of Grafana asks thirty questions at once.
func limiters() [4]*limiter {
	return [...]*limiter{light: newLimiter(4, 64), small: newLimiter(4, 64), big: newLimiter(2, 16), huge: newLimiter(1, 8)}
}

// memory is how many bytes a request of this size may hold.
func (s size) memory() int { return [...]int{smallMemory, smallMemory, bigMemory, hugeMemory}[s] }

// size is the least that a request with these words can have.
func (s scan) size() size {
	if s.regexps.small() && s.selectors <= smallSelectors {
		return small
	}
	return big
}

// size is that of a query.
func (c cost) size() size {
	switch {
	case c.longest*float64(c.sampleBytes) > bigMemory:
		return huge
	case c.work > smallWork || !c.regexps.small():
		return big
	case c.selectors > 0:
		return small
	}
	return light
}

func (b regexpBudget) small() bool { return b.size <= smallRegexps && b.classes <= smallClasses }

// errOutgrown says that a request is larger than it was taken for.
var errOutgrown = errors.New("larger than its place")

// within has a request answered in a place of the given size, and, if it turns
// out to be too small, in the next larger one. The answer keeps its place until
// its leave is called.
func (a *API) within(ctx context.Context, s size, ask func(context.Context, size) (answer, error)) (answer, error) {
	for ; ; s++ {
		leave, err := a.enter(ctx, s)
		if err != nil {
			return answer{}, err
		}
		got, err := a.inPlace(ctx, s, ask)
		if err != nil && s < huge && ctx.Err() == nil && outgrown(err) {
			got.release()
			leave()
			continue
		}
		release := got.release
		got.leave = func() { release(); leave() }
		return got, err
	}
}

// enter waits for a place of the given size.
func (a *API) enter(ctx context.Context, s size) (leave func(), err error) {
	out, err := a.limiters[s].enter(ctx)
	if s < huge || err != nil {
		return out, err
	}
	reopen, err := a.limiters[big].clear(ctx)
	if err != nil {
		out()
		return nil, err
	}
	return func() { reopen(); out() }, nil
}

func (a *API) inPlace(ctx context.Context, s size, ask func(context.Context, size) (answer, error)) (answer, error) {
	if s < big {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, smallTime)
		defer cancel()
	}
	return ask(ctx, s)
}

func outgrown(err error) bool {
	if _, ok := errors.AsType[promql.ErrTooManySamples](err); ok {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	return errors.Is(err, errOutgrown) || ok && (e.Kind == Timeout || e.Kind == Canceled)
}

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
	return nil, tooLate(ctx)
}

// clear waits until all who are in have left, and lets nobody in until leave is
// called. Only one caller at a time may do so: two would wait for each other.
func (l *limiter) clear(ctx context.Context) (leave func(), err error) {
	taken := 0
	leave = func() {
		for range taken {
			<-l.running
		}
	}
	for taken < cap(l.running) {
		select {
		case l.running <- struct{}{}:
			taken++
		case <-ctx.Done():
			leave()
			return nil, tooLate(ctx)
		}
	}
	return leave, nil
}

// tooLate is the error of who waited for a place until ctx ended.
func tooLate(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{Timeout, errors.New("query timed out in query queue")}
	}
	return &Error{Canceled, errors.New("query was canceled in query queue")}
}
