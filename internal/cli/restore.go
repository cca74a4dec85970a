package cli

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
	"picotop/internal/host"
)

const (
	// recallLength is how much of the past the house is told in full.
	recallLength = 24 * time.Hour
	// recallLast is how long a sensor may have been quiet to be remembered at
	// all.
	recallLast = 30 * 24 * time.Hour
)

// openStore opens the history, unless nothing is to be kept. A directory that
// the user named must do; one that was found may fail: the program then runs
// without, says so, and goes on trying.
func (p *program) openStore() error {
	if p.noHistory {
		return nil
	}
	store := history.New(history.Config{
		Dir: filepath.Join(p.data, "history"), Now: p.now, Logger: p.logger,
		Retention: p.retention, MaxBytes: p.retentionSize,
		Built: host.Built(), Synced: clockRight,
	})
	if err := store.Open(); err != nil {
		if p.dataGiven || p.demo {
			return errors.Join(err, store.Close())
		}
		p.logger.Warn("keeping no history for now", "err", err)
		if text := hint(err); text != "" {
			p.logger.Warn("keeping no history for now", "hint", text)
		}
	}
	p.store = store
	return nil
}

// isOpen reports whether the history has been open.
func (p *program) isOpen() bool {
	select {
	case <-p.store.Ready():
		return true
	default:
		return false
	}
}

// recall tells the house what history knows, so that it goes on where the
// last run stopped.
func (p *program) recall(ctx context.Context) error {
	now := p.now()
	roster := p.loadRoster()
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
	sensors := slices.Clone(known.Sensors)
	slices.SortFunc(sensors, func(a, b house.Sensor) int { return a.Heard.Compare(b.Heard) })
	for _, s := range sensors {
		if s.Valid {
			p.house.Recall(house.Reading{
				Sensor: s.ID, SensorName: s.SensorName, FriendlyName: s.FriendlyName,
				At: s.Heard, Celsius: s.Celsius,
			}, s.Pico)
		}
	}
}

func (p *program) loadRoster() history.Roster {
	p.roster, p.recalled = p.store.LoadRoster(), true
	for addr, name := range p.roster.Picos {
		p.house.RecallPico(addr, name)
	}
	return p.roster
}

// recallLate tells a house that already runs what a history that opened late
// knows: which sensors there were, and what they said last. Lows, highs and
// trends begin with the program.
func (p *program) recallLate(ctx context.Context) {
	roster := p.loadRoster()
	last, err := p.store.Last(ctx, p.now().Add(-recallLast))
	if err != nil {
		p.logger.Error("reading the history", "err", err)
		return
	}
	for _, s := range last {
		p.house.RecallLate(house.Reading(s), roster.Sensors[s.Sensor])
	}
}

// keepRoster writes down which sensor belongs to which Pico whenever that has
// changed, for the samples do not say. If the history was not open at the
// start it waits for that, and then reads what the last run knew.
func (p *program) keepRoster(ctx context.Context) {
	if !p.isOpen() {
		select {
		case <-ctx.Done():
			return
		case <-p.store.Ready():
			p.recallLate(ctx)
		}
	}
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

// clockRight reports whether the clock is known to be right. Where the system
// does not tell it is taken to be: such machines have a clock that runs while
// they are off.
func clockRight() bool {
	synced, err := host.ClockSynced()
	return synced || errors.Is(err, host.ErrNotTold)
}
