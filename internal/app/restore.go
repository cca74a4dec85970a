package app

import (
	"cmp"
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
	"picotop/internal/sleep"
)

const (
	// rosterEvery is how often is looked whether a Pico moved or got a name.
	rosterEvery = 10 * time.Second

	heardStep = 30 * time.Minute
	maxHeard  = 24 * 60 * 60 // in seconds
	// restoreSpan is how much of the past the house is told in full.
	restoreSpan = 24 * time.Hour
	// forgetAfter is how long a sensor may have been silent to be restored at all.
	forgetAfter = 30 * 24 * time.Hour
)

// openStore opens the history, unless nothing is to be kept. A disk that is full or
// read-only, or that may not be written, keeps nobody from being warned: the program
// runs without, says so, and goes on trying, while readings wait in memory. Only a
// directory that the user named and that can never do is an error.
func (i *instance) openStore() error {
	if i.NoHistory {
		return nil
	}
	store := history.New(history.Config{
		Dir: filepath.Join(i.Data, "history"), Now: i.now, Logger: i.logger,
		Retention: i.Retention, MaxBytes: i.MaxBytes,
		Built: host.Built(), Synced: clockRight,
	})
	if err := store.Open(); err != nil {
		if i.Demo || i.DataNamed && !history.CanWait(err) {
			return errors.Join(err, store.Close())
		}
		i.logger.Warn("keeping no history for now", "err", err)
		if i.Hint != nil && i.Hint(err) != "" {
			i.logger.Warn("keeping no history for now", "hint", i.Hint(err))
		}
	}
	i.store = store
	return nil
}

// isOpen reports whether the history has been open.
func (i *instance) isOpen() bool {
	select {
	case <-i.store.Ready():
		return true
	default:
		return false
	}
}

// restore tells the house what history knows, so that it goes on where the last
// run stopped.
func (i *instance) restore(ctx context.Context) error {
	now := i.now()
	roster := i.loadRoster()
	i.loadHouse()
	recall := func(s history.Sample) { i.house.Recall(sentReading(s, roster.Names), roster.Sensors[s.Sensor]) }

	last, err := i.store.Last(ctx, now.Add(-forgetAfter))
	if err != nil {
		return err
	}
	slices.SortFunc(last, func(a, b history.Sample) int { return a.At.Compare(b.At) })
	for _, s := range last {
		if s.At.Before(now.Add(-restoreSpan)) {
			recall(s)
		}
	}
	return i.store.Replay(ctx, now.Add(-restoreSpan), recall)
}

// restoreFrom tells the house what another picotop knew last, where that is newer.
func (i *instance) restoreFrom(known house.State) {
	for _, k := range known.Picos {
		if k.Addr.IsValid() && k.Name != "" {
			i.house.RecallPico(k.Addr, k.Name)
		}
	}
	sensors := slices.Clone(known.Sensors)
	slices.SortFunc(sensors, func(a, b house.Sensor) int { return a.Heard.Compare(b.Heard) })
	for _, s := range sensors {
		if s.Valid {
			i.house.Recall(house.Reading{
				Sensor: s.ID, SensorName: cmp.Or(s.Name, s.SensorName), FriendlyName: s.FriendlyName,
				At: s.Heard, Celsius: s.Celsius,
			}, s.Pico)
		}
	}
}

func (i *instance) loadRoster() history.Roster {
	i.roster, i.restored = i.store.LoadRoster(), true
	for addr, name := range i.roster.Picos {
		i.house.RecallPico(addr, name)
	}
	for code, seconds := range i.roster.Heard {
		i.house.RecallHeardFor(code, time.Duration(min(max(seconds, 0), maxHeard))*time.Second)
	}
	return i.roster
}

// restoreLate tells a house that already runs what a history that opened late
// knows: which sensors there were, and what they said last. Lows, highs and
// trends begin with the program.
func (i *instance) restoreLate(ctx context.Context) {
	roster := i.loadRoster()
	i.loadHouse()
	last, err := i.store.Last(ctx, i.now().Add(-forgetAfter))
	if err != nil {
		i.logger.Error("reading the history", "err", err)
		return
	}
	for _, s := range last {
		i.house.RecallLate(sentReading(s, roster.Names), roster.Sensors[s.Sensor])
	}
}

// keepRoster writes down which sensor belongs to which Pico, and what both are
// called, whenever that has changed, for the samples do not say. If the history was
// not open at the start it waits for that, and then reads what the last run knew.
func (i *instance) keepRoster(ctx context.Context) {
	if !i.isOpen() {
		select {
		case <-ctx.Done():
			return
		case <-i.store.Ready():
			i.restoreLate(ctx)
		}
	}
	for sleep.For(ctx, rosterEvery) {
		i.saveRoster()
	}
}

func (i *instance) saveRoster() {
	roster := history.Roster{Sensors: map[string]netip.Addr{}, Picos: map[netip.Addr]string{}, Heard: map[string]int64{}}
	st := i.house.State(i.now())
	for _, s := range st.Sensors {
		if s.Pico.IsValid() {
			roster.Sensors[s.ID] = s.Pico
			roster.Heard[s.ID] = heardSteps(s.HeardFor)
		}
	}
	roster.Names = sentNames(st, i.roster.Names)
	for _, k := range st.Picos {
		if k.Name != "" {
			roster.Picos[k.Addr] = k.Name
		}
	}
	if maps.Equal(roster.Sensors, i.roster.Sensors) && maps.Equal(roster.Picos, i.roster.Picos) &&
		maps.Equal(roster.Heard, i.roster.Heard) && maps.Equal(roster.Names, i.roster.Names) {
		return
	}
	err := i.store.SaveRoster(roster)
	if err != nil && !i.rosterFails { // once, until it is saved again
		i.logger.Warn("saving which sensor belongs to which pico, and what it is called", "err", err)
	}
	if i.rosterFails = err != nil; i.rosterFails {
		return
	}
	i.roster = roster
}

// heardSteps is how long a sensor was heard, in seconds, rounded down so that it
// seldom changes on disk: to half an hour, and to no more than a day, which is as
// long as the house asks for.
func heardSteps(d time.Duration) int64 {
	return min(int64(d.Truncate(heardStep).Seconds()), maxHeard)
}

// clockRight reports whether the clock is known to be right. Where the system
// does not tell it is taken to be: such machines have a clock that runs while
// they are off.
func clockRight() bool {
	synced, err := host.ClockSynced()
	return synced || errors.Is(err, host.ErrNotTold)
}
