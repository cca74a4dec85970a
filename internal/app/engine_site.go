package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"picotop/exporter/housepage"
	"picotop/house"
	"picotop/internal/engine"
	"picotop/internal/overview"
	"picotop/internal/wording"
)

const (
	// siteReadings is how much is read from an engine at the same time.
	siteReadings = 3
	// siteHouses is how many houses are kept open, and siteHouseFor how long nobody may
	// have looked at one of them while the engine answers. What is dropped is read anew when
	// it is looked at.
	siteHouses   = 32
	siteHouseFor = 10 * time.Minute
)

// An engineSite tells pages of the houses of an engine. What they show is read only while
// somebody looks at it, and for all that look once. It implements [housepage.Houses].
type engineSite struct {
	client  *engine.Client
	rules   house.Rules
	now     func() time.Time
	logger  *slog.Logger
	version string
	metrics string // the path

	houses *engineHouses // the reading of the list's
	list   *renewal

	ctx     context.Context // of all readings
	stop    context.CancelFunc
	running sync.WaitGroup
	reading chan struct{} // holds one for each reading under way

	mu      sync.Mutex // guards the rest; no renewal's is taken while it is held
	stopped bool
	last    overview.List
	opened  map[string]*siteHouse
	saidFor time.Time // when was said last that too many houses are looked at
}

func newEngineSite(cfg Config, client *engine.Client, logger *slog.Logger, now func() time.Time) *engineSite {
	s := &engineSite{
		client: client, rules: rulesOf(cfg.File), now: now, logger: logger, version: cfg.Version, metrics: cfg.MetricsPath,
		reading: make(chan struct{}, siteReadings), opened: map[string]*siteHouse{},
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.houses = newEngineHouses(client, s.rules, now)
	s.list = s.renewal(housesPoll, s.readList)
	return s
}

// close ends what is being read, and waits for that.
func (s *engineSite) close() {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.stop()
	s.running.Wait()
	s.client.Close()
}

// run keeps trying to read the list while that fails, until ctx ends: else it shows only
// to who looks that it can be read again.
func (s *engineSite) run(ctx context.Context) {
	for {
		if st := s.list.state(); st.readAt.IsZero() || !st.lost.IsZero() {
			s.list.renewed(ctx)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(enginePoll):
		}
	}
}

func (s *engineSite) renewal(every time.Duration, read func(ctx context.Context) error) *renewal {
	return &renewal{read: read, every: every, now: s.now, run: s.start, logger: s.logger}
}

// start runs f in the background, a few of them at a time, until the site is closed.
func (s *engineSite) start(f func(ctx context.Context)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.running.Go(func() {
		select {
		case s.reading <- struct{}{}:
			defer func() { <-s.reading }()
		case <-s.ctx.Done(): // f finds that out
		}
		f(s.ctx)
	})
	return true
}

func (s *engineSite) readList(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	list, err := s.houses.read(ctx)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = list
	return nil
}

// From implements [housepage.Houses].
func (s *engineSite) From() string { return s.client.String() }

// List implements [housepage.Houses].
func (s *engineSite) List(ctx context.Context) overview.List {
	s.list.renewed(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Missing implements [housepage.Houses].
func (s *engineSite) Missing() []string { return s.missing(s.list.state()) }

// missing says in words what a renewal misses.
func (s *engineSite) missing(st renewalState) []string {
	switch {
	case st.lost.IsZero() && st.readAt.IsZero():
		return []string{"nothing was read yet from " + s.From()}
	case st.lost.IsZero():
		return nil
	}
	text := s.lostText(st)
	if !st.readAt.IsZero() {
		text += "; this is as of " + wording.Moment(st.readAt, s.now())
	}
	return []string{text}
}

// lostText says in words since when a renewal fails, and why.
func (s *engineSite) lostText(st renewalState) string {
	return fmt.Sprintf("nothing can be read since %s: %v", wording.Moment(st.lost, s.now()), st.err)
}

// errBeingRead says that a house has not been read yet.
var errBeingRead = errors.New("its last day is being read; this page shows it once that is done")

// House implements [housepage.Houses].
func (s *engineSite) House(ctx context.Context, key string) (*housepage.Pages, error) {
	h, list := s.open(key), s.list.state()
	if !list.lost.IsZero() { // little will come of waiting
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, renewalWait)
		defer cancel()
	}
	h.renewed(ctx)
	switch st := h.state(); {
	case !st.readAt.IsZero():
		return h.pages, nil
	case !list.lost.IsZero():
		return nil, errors.New(s.lostText(list))
	case st.err != nil:
		return nil, st.err
	}
	return nil, errBeingRead
}

// open returns a house that is looked at. The one at which nobody has looked for longest
// makes room.
func (s *engineSite) open(key string) *siteHouse {
	answers := s.list.state().lost.IsZero() // else what is known is all there is
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	var oldest *siteHouse
	for k, h := range s.opened {
		if answers && now.Sub(h.looked) > siteHouseFor {
			delete(s.opened, k)
		} else if oldest == nil || h.looked.Before(oldest.looked) {
			oldest = h
		}
	}
	h := s.opened[key]
	if h == nil {
		if len(s.opened) >= siteHouses {
			delete(s.opened, oldest.key)
			if now.Sub(s.saidFor) > siteHouseFor {
				s.saidFor = now
				s.logger.Warn("more houses are looked at than are kept open; what was dropped is read anew", "kept", siteHouses)
			}
		}
		h = s.newSiteHouse(key)
		s.opened[key] = h
	}
	h.looked = now
	return h
}

func (s *engineSite) isOpen(h *siteHouse) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened[h.key] == h
}
