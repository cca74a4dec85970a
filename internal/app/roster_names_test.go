package app

import (
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
)

func TestSentNames(t *testing.T) {
	words := house.Sensor{ID: "28ff01", SensorName: "coldtank", FriendlyName: "coldtank", DisplayName: "cold tank"}
	none := house.Sensor{ID: "28ff01", SensorName: "ColdTank", FriendlyName: "Cold Tank", DisplayName: "Cold Tank"}
	tests := map[string]struct {
		sensor house.Sensor
		known  map[string]string
		want   map[string]string
	}{
		"words":                 {words, nil, map[string]string{"28ff01": "cold tank"}},
		"words, and others":     {words, map[string]string{"28ff01": "c old tank"}, map[string]string{"28ff01": "cold tank"}},
		"no words":              {none, nil, map[string]string{}},
		"no words any longer":   {none, map[string]string{"28ff01": "cold tank"}, map[string]string{}},
		"one that is long gone": {none, map[string]string{"28ff02": "hot tap"}, map[string]string{"28ff02": "hot tap"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(sentNames(house.State{Sensors: []house.Sensor{tt.sensor}}, tt.known), tt.want); d != "" {
				t.Errorf("(-got +want):\n%s", d)
			}
		})
	}
	many := map[string]string{}
	for i := range history.MaxNames {
		many[fmt.Sprintf("28fe%04x", i)] = "hot tap"
	}
	if got := sentNames(house.State{Sensors: []house.Sensor{words}}, many); len(got) != history.MaxNames || got["28ff01"] == "" {
		t.Errorf("%d names are kept, want %d and the one of the house", len(got), history.MaxNames)
	}
}

// A house that starts again shows the names as before, and does not lose them in
// the roster before the sensors are heard.
func TestNamesAsTheyAreSentOutliveTheProgram(t *testing.T) {
	dir := t.TempDir()
	noon := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	run := func(now time.Time, do func(*instance)) {
		store, err := history.Open(history.Config{Dir: filepath.Join(dir, "history"), Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		i := newInstance(Config{Data: dir}, slog.New(slog.DiscardHandler))
		i.now, i.store, i.house = func() time.Time { return now }, store, house.New(house.Config{})
		if err := i.restoreHouse(t.Context(), house.State{}); err != nil {
			t.Fatal(err)
		}
		do(i)
		i.close()
	}
	says := func(i *instance, code, name string) {
		for _, r := range i.house.Apply(feed.Packet{
			Kind: feed.Temperature, Sensor: code, Name: name, Celsius: 4.5,
			Heard: i.now(), From: netip.MustParseAddrPort("192.168.1.20:9999"),
		}) {
			i.store.Append(history.Sample(r))
		}
	}
	run(noon, func(i *instance) { says(i, "28ff01", "cold water tank"); says(i, "28ff02", "HotTap") })
	for _, later := range []time.Duration{time.Minute, 48 * time.Hour, 60 * 24 * time.Hour} {
		run(noon.Add(later), func(i *instance) {
			for _, s := range i.house.State(i.now()).Sensors {
				want := map[string]string{"28ff01": "cold water tank", "28ff02": "Hot Tap"}[s.ID]
				if s.DisplayName != want {
					t.Errorf("after %v %s is shown as %q, want %q", later, s.ID, s.DisplayName, want)
				}
			}
		})
	}
	run(noon.Add(61*24*time.Hour), func(i *instance) {
		if d := cmp.Diff(i.store.LoadRoster().Names, map[string]string{"28ff01": "cold water tank"}); d != "" {
			t.Errorf("(-got +want):\n%s", d)
		}
	})
}
