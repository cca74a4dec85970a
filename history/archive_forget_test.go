package history

import (
	"errors"
	"net/netip"
	"testing"
	"time"
)

func TestForgetSensor(t *testing.T) {
	dir := oldHistory(t)
	c := &fakeClock{wall: noon.Add(6 * time.Hour)}
	s := mustOpen(t, newWithClock(t, dir, c))
	s.Append(sample(oneCode, c.wall, 6)) // in no block yet
	s.Warn(c.wall, []Warning{{Name: "Freezing", Sensor: oneCode}, {Name: "Freezing", Sensor: "28ff02"}})
	pico := netip.MustParseAddr("10.0.0.1")
	if err := s.SaveRoster(Roster{Sensors: map[string]netip.Addr{oneCode: pico, "28ff02": pico}}); err != nil {
		t.Fatal(err)
	}
	if err := s.rollUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg := Config{Dir: dir, Now: c.now}
	forget := func(sensor string, confirm func(SensorInfo) error) error {
		return ForgetSensor(t.Context(), cfg, sensor, confirm)
	}
	agree := func(SensorInfo) error { return nil }
	if _, busy := errors.AsType[*InUseError](forget(oneCode, agree)); !busy {
		t.Error("it forgets under a picotop that runs")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	if _, none := errors.AsType[*NoSensorError](forget("28ff09", agree)); !none {
		t.Error("it forgets what is not there")
	}
	no := errors.New("no")
	var asked SensorInfo
	if err := forget("28FF641E8FDF18C1", func(i SensorInfo) error { asked = i; return no }); !errors.Is(err, no) || asked.Samples != 7 || asked.Sensor != oneCode {
		t.Errorf("asked about %+v, %v", asked, err)
	}
	s = mustOpen(t, newWithClock(t, dir, c))
	if got := len(replay(t, s, noon)); got != 8 {
		t.Errorf("%d readings after a refusal, want all 8", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	if err := forget(oneCode, agree); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, newWithClock(t, dir, c))
	if got := selectSeries(t, s, `{sensor!="28ff02",sensor!=""}`, noon, c.wall); got != nil {
		t.Errorf("still there: %q", got)
	}
	if got := len(replay(t, s, noon)); got != 1 {
		t.Errorf("%d readings of others, want 1", got)
	}
	if got := selectSeries(t, s, `ALERTS`, noon, c.wall); len(got) != 1 {
		t.Errorf("warnings of others: %q", got)
	}
	if got := s.LoadRoster().Sensors; len(got) != 1 || got["28ff02"] != pico {
		t.Errorf("roster: %v", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, none := errors.AsType[*NoSensorError](forget(oneCode, agree)); !none {
		t.Error("it forgets twice")
	}
}
