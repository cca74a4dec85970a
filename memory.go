package main

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"time"

	"picotop/history"
	"picotop/house"
)

const (
	// recallLength is how much of the past the house is told in full.
	recallLength = 24 * time.Hour
	// recallLast is how long a sensor may have been quiet to be remembered at
	// all.
	recallLast = 30 * 24 * time.Hour
)

// openStore opens the history, unless nothing is to be kept. A directory that
// the user named must do; one that was found may fail, and then nothing is
// kept and the screen says so.
func (p *program) openStore() error {
	if p.noHistory {
		return nil
	}
	store, err := history.Open(history.Config{Dir: filepath.Join(p.data, "history"), Now: p.now, Logger: p.logger})
	if err != nil && p.dataGiven {
		return err
	}
	if err != nil {
		p.storeErr = err.Error()
		p.logger.Warn("keeping no history", "err", err)
		if h, ok := errors.AsType[hinter](err); ok {
			p.logger.Warn("keeping no history", "hint", h.Hint())
		}
		return nil
	}
	p.store = store
	return nil
}

// recall tells the house what history knows, so that it goes on where the
// last run stopped.
func (p *program) recall(ctx context.Context) error {
	now := p.now()
	roster := p.store.LoadRoster()
	p.roster = roster
	for addr, name := range roster.Picos {
		p.house.RecallPico(addr, name)
	}
	tell := func(s history.Sample) { p.house.Recall(house.Reading(s), roster.Sensors[s.Sensor]) }

	last, err := p.store.Last(ctx, now.Add(-recallLast))
	if err != nil {
		return err
	}
	slices.SortFunc(last, func(a, b history.Sample) int { return a.At.Compare(b.At) })
	for _, s := range last {
		if s.At.Before(now.Add(-recallLength)) {
			tell(s)
		}
	}
	return p.store.Replay(ctx, now.Add(-recallLength), tell)
}

// inherit tells the house what another picotop knew last, where that is newer.
func (p *program) inherit(known house.State) {
	for _, k := range known.Picos {
		if k.Addr.IsValid() && k.Name != "" {
			p.house.RecallPico(k.Addr, k.Name)
		}
	}
	here := map[string]time.Time{}
	for _, s := range p.house.State(p.now()).Sensors {
		here[s.ID] = s.Heard
	}
	sensors := slices.Clone(known.Sensors)
	slices.SortFunc(sensors, func(a, b house.Sensor) int { return a.Heard.Compare(b.Heard) })
	for _, s := range sensors {
		if s.Valid && s.Heard.After(here[s.ID]) {
			p.house.Recall(house.Reading{
				Sensor: s.ID, SensorName: s.SensorName, FriendlyName: s.FriendlyName,
				At: s.Heard, Celsius: s.Celsius,
			}, s.Pico)
		}
	}
}

// keepRoster writes down which sensor belongs to which Pico whenever that has
// changed, for the samples do not say.
func (p *program) keepRoster(ctx context.Context) {
	tick := time.NewTicker(rosterEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.saveRoster()
		}
	}
}

func (p *program) saveRoster() {
	roster := history.Roster{Sensors: map[string]netip.Addr{}, Picos: map[netip.Addr]string{}}
	st := p.house.State(p.now())
	for _, s := range st.Sensors {
		if s.Pico.IsValid() {
			roster.Sensors[s.ID] = s.Pico
		}
	}
	for _, k := range st.Picos {
		if k.Name != "" {
			roster.Picos[k.Addr] = k.Name
		}
	}
	if maps.Equal(roster.Sensors, p.roster.Sensors) && maps.Equal(roster.Picos, p.roster.Picos) {
		return
	}
	if err := p.store.SaveRoster(roster); err != nil {
		p.logger.Warn("saving which sensor belongs to which pico", "err", err)
		return
	}
	p.roster = roster
}
