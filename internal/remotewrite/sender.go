package remotewrite

import (
	"context"
	"reflect"
	"slices"
	"sync"

	"picotop/internal/status"
)

// A Sender sends to all targets. It is safe for concurrent use.
type Sender struct {
	opts      Options
	positions positions
	changed   chan struct{} // wakes Run; it has room for one signal

	mu      sync.Mutex // guards targets
	targets []*target
}

// New makes a sender. It sends nothing before Run.
func New(targets []Target, opts Options) *Sender {
	s := &Sender{opts: opts, positions: positions{save: opts.Save}, changed: make(chan struct{}, 1)}
	s.SetTargets(targets)
	return s
}

// SetTargets replaces the targets. What is the same goes on undisturbed. What changed goes
// on from its position, and from its figures; so does what comes back.
func (s *Sender) SetTargets(targets []Target) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var next []*target
	for _, t := range targets {
		i := slices.IndexFunc(s.targets, func(old *target) bool { return old.Name == t.Name })
		if i >= 0 && reflect.DeepEqual(s.targets[i].MadeOf, t.MadeOf) {
			next = append(next, s.targets[i])
			continue
		}
		one := newTarget(t, s)
		if i >= 0 {
			one.stats = s.targets[i].copyStats()
			one.stats.Err = ""
		}
		next = append(next, one)
	}
	s.targets = next
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends.
func (s *Sender) Run(ctx context.Context) {
	if err := s.positions.load(s.opts.Load); err != nil {
		s.opts.Logger.Error("how far each remote write target was sent to is not known; each begins anew", "err", err)
	}
	running := map[*target]func(){} // each ends one
	defer func() { stopAll(running) }()
	for {
		s.follow(ctx, running)
		select {
		case <-ctx.Done():
			return
		case <-s.changed:
		}
	}
}

// follow ends what is no target any more, and then starts what is one: of two with one
// name, and so with one position, only one runs.
func (s *Sender) follow(ctx context.Context, running map[*target]func()) {
	targets := s.current()
	over := map[*target]func(){}
	for t, stop := range running {
		if !slices.Contains(targets, t) {
			over[t] = stop
			delete(running, t)
		}
	}
	stopAll(over)
	for _, t := range targets {
		if running[t] == nil {
			running[t] = t.start(ctx)
		}
	}
}

// stopAll ends targets, all at a time, and waits for them.
func stopAll(running map[*target]func()) {
	var ending sync.WaitGroup
	for _, stop := range running {
		ending.Go(stop)
	}
	ending.Wait()
}

func (s *Sender) current() []*target {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.targets)
}

// Stats says how each target fares, in their order; a Sender of nil has none.
func (s *Sender) Stats() []status.RemoteWrite {
	if s == nil {
		return nil
	}
	var all []status.RemoteWrite
	for _, t := range s.current() {
		all = append(all, t.copyStats())
	}
	return all
}
