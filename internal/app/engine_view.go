package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/config"
	"picotop/internal/engine"
	"picotop/internal/overview"
	"picotop/internal/peer"
	"picotop/internal/status"
	"picotop/ui"
)

const (
	// enginePoll is how often an engine is asked for what is new, and enginePollMax how
	// seldom while it does not answer.
	enginePoll    = 5 * time.Second
	enginePollMax = time.Minute
	// housesPoll is how often the list of houses is renewed while it is looked at.
	housesPoll = 15 * time.Second
	// engineLate is how long a reading may be on its way to the engine.
	engineLate = time.Minute
	// engineTimeout is how long an answer may take, and restoreTimeout the past of a house.
	engineTimeout  = 20 * time.Second
	restoreTimeout = time.Minute
)

// A NoReadingsError says that an engine has no readings that match.
type NoReadingsError struct{ At string }

func (e *NoReadingsError) Error() string {
	return e.At + " keeps no readings of a Pico that match, of the last 30 days"
}

// An engineView shows the houses of an engine: the list of them, if there are several, and
// one that is opened.
type engineView struct {
	client *engine.Client
	rules  house.Rules
	now    func() time.Time
	logger *slog.Logger

	changed chan struct{} // wakes the screen, as in attach
	wake    chan struct{} // ends the wait for the next poll

	houses *engineHouses // openEngine's, then run's

	mu      sync.Mutex // guards the rest
	several bool       // whether there is a list
	list    overview.List
	opened  *engineHouse // nil while the list is looked at
	number  uint64       // of the house that was opened
	lost    time.Time    // since when nothing can be read; zero if something can
}

// openEngine asks an engine for what is there. It returns a [*NoReadingsError] if there is
// nothing.
func openEngine(ctx context.Context, cfg Config, client *engine.Client, logger *slog.Logger, now func() time.Time) (*engineView, error) {
	v := &engineView{
		client: client, rules: rulesOf(cfg.File), now: now, logger: logger,
		changed: make(chan struct{}, 1), wake: make(chan struct{}, 1),
	}
	v.houses = newEngineHouses(client, v.rules, now)
	ctx, cancel := context.WithTimeout(ctx, restoreTimeout)
	defer cancel()
	if err := v.renewList(ctx); err != nil {
		return nil, err
	}
	switch list := v.Houses(); len(list.Houses) {
	case 0: // there may be one of which nothing comes any more, and that has no name
		return v, v.Open(ctx, "")
	case 1:
		return v, v.Open(ctx, list.Houses[0].Key)
	}
	v.several = true
	return v, nil
}

// rulesOf are the rules of a file; the usual ones if there is none.
func rulesOf(f *config.File) house.Rules {
	if f == nil {
		f = config.Default()
	}
	return f.Rules()
}

// renewList reads the list of houses anew.
func (v *engineView) renewList(ctx context.Context) error {
	list, err := v.houses.read(ctx)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.list = list
	return nil
}

// Houses implements [ui.Houses].
func (v *engineView) Houses() overview.List {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.list
}

// Open implements [ui.Houses].
func (v *engineView) Open(ctx context.Context, name string) error {
	e, err := openEngineHouse(ctx, v.client, name, v.rules, v.now)
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.opened = e
	v.number++
	return nil
}

// Leave implements [ui.Houses].
func (v *engineView) Leave() {
	v.mu.Lock()
	v.opened = nil
	v.mu.Unlock()
	wakeUp(v.wake)
}

func (v *engineView) current() (e *engineHouse, number uint64, lost time.Time) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.opened, v.number, v.lost
}

// run reads what is new until ctx ends.
func (v *engineView) run(ctx context.Context) error {
	defer v.client.Close()
	wait := enginePoll
	for {
		e, _, _ := v.current()
		pause := wait
		if e == nil {
			pause = max(wait, housesPoll)
		}
		if !v.pause(ctx, pause) {
			return nil
		}
		if v.look(ctx) {
			wait = enginePoll
		} else {
			wait = min(2*wait, enginePollMax)
		}
		wakeUp(v.changed)
	}
}

// look reads what is new, and notes whether that could be read.
func (v *engineView) look(ctx context.Context) (ok bool) {
	if err := v.renew(ctx); err != nil && ctx.Err() == nil {
		v.noteLost(err)
		return false
	}
	v.noteFound()
	return true
}

// pause waits, unless the user went on to something else. It reports whether ctx goes on.
func (v *engineView) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
	case <-v.wake:
	}
	return ctx.Err() == nil
}

// renew reads what is new of what is looked at.
func (v *engineView) renew(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	if e, _, _ := v.current(); e != nil {
		return e.poll(ctx)
	}
	return v.renewList(ctx)
}

func (v *engineView) noteLost(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.lost.IsZero() {
		v.lost = v.now()
		v.logger.Warn("nothing can be read", "err", err)
	}
}

func (v *engineView) noteFound() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.lost.IsZero() {
		v.lost = time.Time{}
		v.logger.Info("readings come again", "from", v.client.String())
	}
}

// State implements [ui.Source].
func (v *engineView) State() house.State {
	e, number, lost := v.current()
	if e == nil {
		return house.State{At: v.now()}
	}
	st := e.state()
	if lost.IsZero() {
		st = e.house.State(v.now())
	}
	st.Revision += number << 32 // another house may by chance be at the same
	return st
}

// Health implements [ui.Source].
func (v *engineView) Health() ui.Health {
	e, _, lost := v.current()
	h := ui.Health{Origin: ui.Origin{From: v.client.String(), Lost: lost, Engine: true, Past: enginePast}}
	h.History = status.History{Off: true}
	if e != nil {
		if v.several {
			h.Origin.House = e.label
		}
		h.Feed.LastHeard = e.lastHeard()
	}
	return h
}

// Packets implements [ui.Source]. An engine keeps none.
func (v *engineView) Packets() []feed.Packet { return nil }

// Decide implements [ui.Source]. What is decided holds until the program ends.
func (v *engineView) Decide(_ context.Context, d house.Decision) error {
	e, _, _ := v.current()
	if e == nil {
		return errors.New("there is no house at the moment")
	}
	d.At = v.now()
	return e.house.Decide(d)
}

// Range implements [ui.Source].
func (v *engineView) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	e, _, _ := v.current()
	if e == nil {
		return nil, errors.New("there is no house at the moment")
	}
	return e.ranged(ctx, sensor, from, to, step)
}

// once tells of what was read.
func (v *engineView) once(version string) Told {
	defer v.client.Close()
	if v.several {
		list := v.Houses()
		return Told{Houses: &list}
	}
	told := peer.Of(v.State(), v.Health().Status)
	told.Program, told.PID, told.Packets = version, os.Getpid(), []peer.Packet{}
	return Told{House: told}
}
