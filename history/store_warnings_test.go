package history

import (
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
)

func TestWarn(t *testing.T) {
	freezing := Warning{Name: "Freezing", Sensor: "28ff01", SensorName: "ColdTank", FriendlyName: "Cold Tank"}
	silent := Warning{Name: "Silent", Pico: "shed"}
	s := open(t, t.TempDir())
	s.Append(sample("28ff01", noon, 2))
	for at := time.Duration(0); at <= 3*time.Minute; at += time.Second {
		wrong := []Warning{freezing, freezing}
		switch {
		case at > 150*time.Second:
			wrong = nil
		case at >= 30*time.Second && at < 70*time.Second:
			wrong = append(wrong, silent)
		}
		s.Warn(noon.Add(at), wrong)
	}
	want := []string{
		"ALERTS 28ff01 ColdTank 0s 1",
		"ALERTS 28ff01 ColdTank 1m0s 1",
		"ALERTS 28ff01 ColdTank 2m0s 1",
		"ALERTS 28ff01 ColdTank 2m31s NaN",
		"ALERTS   30s 1",
		"ALERTS   1m10s NaN",
	}
	for _, state := range []string{"waiting", "committed"} {
		if d := diff.Diff(selectSeries(t, s, `ALERTS{alertstate="firing"}`, noon, noon.Add(time.Hour)), want); d != "" {
			t.Errorf("%s (-got +want):\n%s", state, d)
		}
		if got := selectSeries(t, s, `ALERTS{alertname="Silent",pico="shed",sensor=""}`, noon, noon.Add(time.Hour)); len(got) != 2 {
			t.Errorf("%s: of the Pico: %q", state, got)
		}
		// The readings are not mixed with them.
		if got := count(t, s, "28ff01"); got != 1 {
			t.Errorf("%s: the sensor has %d readings, want 1", state, got)
		}
		if got := replay(t, s, noon); len(got) != 1 {
			t.Errorf("%s: replayed %v", state, got)
		}
		if got, err := s.Last(t.Context(), noon); err != nil || len(got) != 1 {
			t.Errorf("%s: last %v, %v", state, got, err)
		}
		s.save()
	}
}

func TestWarnIsBounded(t *testing.T) {
	s := open(t, t.TempDir())
	s.queue = make([]point, maxQueue)
	s.Warn(noon, []Warning{{Name: "Silent"}})
	if got := s.Stats(); got.Dropped != 1 || got.Waiting != maxQueue {
		t.Errorf("%+v", got)
	}
	s.queue = nil
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s.Warn(noon, []Warning{{Name: "Near"}})
	if got := s.Stats(); got.Dropped != 3 || got.Waiting != 0 { // the end of Silent, too
		t.Errorf("closed: %+v", got)
	}
}
