package app

import (
	"log/slog"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/history"
	"picotop/house"
	"picotop/internal/peer"
)

// TestPast tells what was wrong from a store, here and to who is attached.
func TestPast(t *testing.T) {
	i := heardInstance(t, true)
	at := func(minutes int) time.Time {
		return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
	}
	warn := func(from, to int, w history.Warning) {
		for m := from; m < to; m++ {
			i.store.Warn(at(m), []history.Warning{w})
		}
		i.store.Warn(at(to), nil)
	}
	warn(0, 18, history.Warning{Name: "Freezing", Sensor: "28ff641e8fdf18c1", SensorName: "Attic", FriendlyName: "Attic"})
	warn(20, 30, history.Warning{Name: "TooWarm", Sensor: "28ffgone", SensorName: "OldTank", FriendlyName: "Old Tank\x1b[2J"})
	warn(40, 45, history.Warning{Name: "Silent", Pico: "shed"})
	warn(50, 51, history.Warning{Name: "NoPackets"})
	warn(60, 61, history.Warning{Name: "Flooded", Sensor: "28ffgone"})
	want := []house.PastCondition{
		{Kind: "Flooded", Sensor: "28ffgone", Label: "28ffgone", From: at(60), To: at(61)}, // of a newer picotop
		{Kind: house.NoPackets, From: at(50), To: at(51)},
		{Kind: house.Silent, Pico: true, Label: "shed", From: at(40), To: at(45)},
		{Kind: house.TooWarm, Sensor: "28ffgone", Label: "Old Tank[2J", From: at(20), To: at(30)},
		{Kind: house.Freezing, Sensor: "28ff641e8fdf18c1", Label: "Loft", From: at(0), To: at(18)}, // as it is called now
	}

	server := httptest.NewServer(i.exporter.Handler())
	defer server.Close()
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	attached := newAttach(Config{}, slog.New(slog.DiscardHandler))
	attached.follow(peer.NewClient(peer.Target{URL: u}, time.Now))
	defer attached.closeClient()
	own := newAttach(Config{}, slog.New(slog.DiscardHandler))
	own.local = i

	for name, a := range map[string]*attach{"in this process": own, "attached": attached} {
		got, err := a.Past(t.Context(), at(-1), at(2000))
		if d := cmp.Diff(got, want, cmp.Comparer(time.Time.Equal)); err != nil || d != "" {
			t.Errorf("%s: %v (-got +want):\n%s", name, err, d)
		}
	}
	if _, err := newAttach(Config{}, slog.New(slog.DiscardHandler)).Past(t.Context(), at(0), at(1)); err == nil {
		t.Error("where there is no house there is a past")
	}
}

func TestPastWithoutAHistory(t *testing.T) {
	i := heardInstance(t, false)
	if got, err := i.Past(t.Context(), time.Unix(0, 0), i.now()); len(got) != 0 || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}
