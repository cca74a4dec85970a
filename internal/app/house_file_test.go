package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
)

// aHouse is an instance with a store in a directory, without its goroutines.
func aHouse(t *testing.T, dir string, now *time.Time, log *strings.Builder) *instance {
	t.Helper()
	clock := func() time.Time { return *now }
	i := newInstance(Config{Data: dir}, slog.New(slog.NewTextHandler(log, nil)))
	i.now = clock
	i.house = house.New(house.Config{Rules: house.Rules{Limit: 3}})
	i.store = history.New(history.Config{Dir: filepath.Join(dir, "history"), Now: clock, Synced: func() bool { return true }})
	if err := i.store.Open(); err != nil {
		t.Fatal(err)
	}
	return i
}

func hear(i *instance, sensor string, celsius float64) {
	i.storeReadings(i.house.Apply(feed.Packet{
		Sensor: sensor, Name: sensor, Celsius: celsius, From: netip.MustParseAddrPort("192.0.2.10:1"), Heard: i.now(),
	}))
}

func TestWhatWasToldAndDecidedOutlastsTheProgram(t *testing.T) {
	now := time.Now().Add(-time.Hour).Truncate(time.Second)
	dir := t.TempDir()
	var log strings.Builder
	first := aHouse(t, dir, &now, &log)
	first.loadHouse()
	hear(first, "Tank", 2)
	if err := first.Decide(house.Decision{Action: house.Acknowledge, Sensor: "Tank", Kind: house.Freezing}); err != nil {
		t.Fatal(err)
	}
	if err := first.Decide(house.Decision{Action: house.ColdIsNormal, Sensor: "Nobody"}); err == nil {
		t.Error("a decision about nobody was taken")
	}
	if err := first.store.Close(); err != nil { // as if killed: nothing else is saved
		t.Fatal(err)
	}

	now = now.Add(time.Minute)
	next := aHouse(t, dir, &now, &log)
	if err := next.restore(context.Background()); err != nil {
		t.Fatal(err)
	}
	next.house.Resume(now)
	hear(next, "Tank", 2)
	st := next.State()
	if len(st.Conditions) != 1 || !st.Conditions[0].Acknowledged {
		t.Errorf("conditions %+v", st.Conditions)
	}
	freezing := 0
	for _, e := range st.Events {
		if e.Kind == house.Freezing {
			freezing++
		}
	}
	if freezing != 1 {
		t.Errorf("events %+v", st.Events)
	}
	if err := next.store.Close(); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(log.String(), "level=WARN") {
		t.Error(log.String())
	}
}

// TestADamagedHouseFile holds that it costs what was in it, and nothing else.
func TestADamagedHouseFile(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "cut": `{"version":1,"events":[{"at":"2026`, "of a newer picotop": `{"version":2}`, "something else": `[1,2]`,
		"hostile": `{"version":1,"events":[{"at":"2026-01-05T21:00:00Z","kind":"freezing","label":"\u001b[2J"}],"decisions":[{"action":"snooze","kind":"odd"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			dir := t.TempDir()
			path := filepath.Join(dir, houseFileName)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var log strings.Builder
			i := aHouse(t, dir, &now, &log)
			i.loadHouse()
			hear(i, "Tank", 2)
			i.saveHouse()
			saved, err := readHouseFile(path)
			if err != nil || len(saved.Events) == 0 {
				t.Errorf("%v, saved %+v", err, saved)
			}
			for _, e := range i.State().Events {
				if strings.ContainsRune(e.Label, 0x1b) {
					t.Errorf("%q", e.Label)
				}
			}
			if err := i.store.Close(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestADirectoryThatTakesNothing holds that it is said once, and heals.
func TestADirectoryThatTakesNothing(t *testing.T) {
	now := time.Now()
	dir := t.TempDir()
	var log strings.Builder
	i := aHouse(t, dir, &now, &log)
	i.loadHouse()
	if err := os.Mkdir(filepath.Join(dir, houseFileName), 0o700); err != nil { // nothing can be put there
		t.Fatal(err)
	}
	for n := range 5 {
		hear(i, fmt.Sprint("Tank", n), 2)
		i.saveHouse()
	}
	if n := strings.Count(log.String(), "is not saved"); n != 1 {
		t.Errorf("said %d times:\n%s", n, log.String())
	}
	if err := os.Remove(filepath.Join(dir, houseFileName)); err != nil {
		t.Fatal(err)
	}
	i.saveHouse()
	if saved, err := readHouseFile(filepath.Join(dir, houseFileName)); err != nil || len(saved.Events) < 10 {
		t.Errorf("%v, %d events", err, len(saved.Events))
	}
	if err := i.store.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestWhatStandsIsNotToldAgain holds that a warning is known at the next start however
// much was told after it.
func TestWhatStandsIsNotToldAgain(t *testing.T) {
	now := time.Now().Add(-time.Hour).Truncate(time.Second)
	dir := t.TempDir()
	var log strings.Builder
	path := filepath.Join(dir, houseFileName)
	events := []house.Event{{At: now, Kind: house.Freezing, Label: "Tank", Sensor: "Tank", Celsius: 3}}
	for n := range 2 * keptEvents {
		events = append(events, house.Event{At: now.Add(time.Duration(n) * time.Second), Kind: house.SetAside, Label: "Garage", Sensor: "Garage"})
	}
	if err := writeHouseFile(path, house.BoundEvents(events, keptEvents), nil, nil); err != nil {
		t.Fatal(err)
	}
	i := aHouse(t, dir, &now, &log)
	i.loadHouse()
	now = now.Add(time.Hour)
	hear(i, "Tank", 2)
	for _, e := range i.house.TakeEvents() {
		if e.Kind == house.Freezing {
			t.Errorf("told again: %+v", e)
		}
	}
	i.saveHouse()
	saved, err := readHouseFile(path)
	if err != nil || len(saved.Events) > keptEvents || len(saved.Events) < keptEvents-1 {
		t.Errorf("%v, %d events", err, len(saved.Events))
	}
	if err := i.store.Close(); err != nil {
		t.Fatal(err)
	}
}
