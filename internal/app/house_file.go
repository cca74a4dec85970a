package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/peer"
	"picotop/internal/sleep"
)

const (
	houseFileName = "house.json"
	// saveHouseEvery is how often is looked whether anything was told.
	saveHouseEvery = 5 * time.Second
	// keptEvents is how many events are kept. The house shows fewer, and reads all of them
	// at the start: of what began and is not over, and of sensors that were told as new, it
	// tells nothing again.
	keptEvents = 5 * house.MaxEvents
	// keptFor is how long.
	keptFor      = 366 * 24 * time.Hour
	maxHouseFile = 4 << 20 // bytes
)

// A houseFile is what the house cannot learn anew from readings: what it told, and what
// the owner decided. It lies beside the history. The zero value is empty.
type houseFile struct {
	mu        sync.Mutex // guards the rest
	loaded    bool       // else what is there would be lost
	events    []house.Event
	decisions []house.Decision
	habits    []string // the sensors for which cold is a habit
	unsaved   bool     // events were added
	trouble   string   // why it could not be saved, as was logged
}

// houseJSON is the file.
type houseJSON struct {
	Version   int             `json:"version"`
	Events    []peer.Event    `json:"events"` // oldest first
	Decisions []peer.Decision `json:"decisions"`
	Habits    []string        `json:"cold_by_habit"` // sensors
}

const houseFileVersion = 1

// loadHouse tells the house what the last run told and what the owner decided. A file
// that is damaged is as good as none: it is told, and written anew.
func (i *instance) loadHouse() {
	i.saved.mu.Lock()
	defer i.saved.mu.Unlock()
	path := filepath.Join(i.Data, houseFileName)
	file, err := readHouseFile(path)
	if err != nil {
		i.logger.Warn("what was told before and decided is not known", "err", err)
	}
	i.saved.loaded = true
	for _, e := range file.Events[max(0, len(file.Events)-keptEvents):] { // more were added by hand
		e.Label, e.Text = feed.Clean(e.Label, feed.MaxStatusRunes), feed.Clean(e.Text, feed.MaxStatusRunes)
		i.saved.events = append(i.saved.events, e.Event())
	}
	for _, d := range file.Decisions {
		i.saved.decisions = append(i.saved.decisions, d.Decision())
	}
	i.house.RecallEvents(i.saved.events)
	i.saved.habits = file.Habits
	i.house.RecallDecisions(i.saved.decisions)
	i.house.RecallHabits(i.saved.habits)
}

func readHouseFile(path string) (file houseJSON, err error) {
	text, err := readBounded(path, maxHouseFile)
	if err != nil || text == nil {
		return file, err
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return houseJSON{}, fmt.Errorf("reading %s: %w", path, err)
	}
	if file.Version > houseFileVersion {
		return houseJSON{}, fmt.Errorf("reading %s: it is of a newer picotop", path)
	}
	return file, nil
}

// keepHouse saves what the house tells until ctx ends.
func (i *instance) keepHouse(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-i.store.Ready():
		i.recallDays(ctx)
		debug.FreeOSMemory() // that of the start, which is over
	}
	for sleep.For(ctx, saveHouseEvery) {
		i.saveHouse()
	}
}

// saveHouse saves what was told and decided since the last time, if anything was. What
// cannot be saved now waits for the next time, and that is logged once.
func (i *instance) saveHouse() {
	s := &i.saved
	s.mu.Lock()
	defer s.mu.Unlock()
	if news := i.house.TakeEvents(); len(news) > 0 {
		s.events, s.unsaved = append(s.events, news...), true
		oldest := i.now().Add(-keptFor)
		s.events = slices.DeleteFunc(s.events, func(e house.Event) bool { return e.At.Before(oldest) })
		s.events = house.BoundEvents(s.events, keptEvents)
	}
	decisions, habits := i.house.Decisions(), habitsOf(i.State())
	if i.store == nil || !s.loaded || !s.unsaved && slices.Equal(decisions, s.decisions) && slices.Equal(habits, s.habits) {
		return
	}
	err := writeHouseFile(filepath.Join(i.Data, houseFileName), s.events, decisions, habits)
	if err != nil {
		if s.trouble != err.Error() {
			s.trouble = err.Error()
			i.logger.Warn("what is told and decided is not saved", "err", err)
		}
		return
	}
	s.unsaved, s.decisions, s.habits, s.trouble = false, decisions, habits, ""
}

// habitsOf are the sensors for which cold is a habit.
func habitsOf(st house.State) []string {
	habits := []string{}
	for _, s := range st.Sensors {
		if s.Cold == house.ColdByHabit {
			habits = append(habits, s.ID)
		}
	}
	slices.Sort(habits)
	return habits
}

func writeHouseFile(path string, events []house.Event, decisions []house.Decision, habits []string) error {
	file := houseJSON{Version: houseFileVersion, Events: []peer.Event{}, Decisions: []peer.Decision{}, Habits: habits}
	for _, e := range events {
		file.Events = append(file.Events, peer.EventOf(e))
	}
	for _, d := range decisions {
		file.Decisions = append(file.Decisions, peer.DecisionOf(d))
	}
	return writeWhole(path, nil, func(w io.Writer) error { return json.NewEncoder(w).Encode(file) })
}
