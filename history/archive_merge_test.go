package history

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMergeSensors(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	successor := Sample{Sensor: "28ff02", SensorName: "Attic", FriendlyName: "Attic", At: noon.Add(time.Hour), Celsius: 6}
	renamed := sample("28ff01", noon.Add(time.Minute), 5)
	renamed.SensorName = "Loft"
	for _, p := range []Sample{sample("28ff01", noon, 4), renamed, sample("28ff01", noon.Add(2*time.Minute), 4.5), sample("28ff03", noon, 9), successor} {
		s.Append(p)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := Config{Dir: dir, Now: fixedNow}
	ctx := context.Background()

	if _, err := MergeSensors(ctx, cfg, "28ff09", "28ff02", func(MergePlan) error { return nil }); err == nil ||
		err.Error() != `the history has no sensor "28ff09"` {
		t.Errorf("an unknown sensor: %v", err)
	}
	no := errors.New("no")
	if _, err := MergeSensors(ctx, cfg, "28ff01", "28ff02", func(MergePlan) error { return no }); !errors.Is(err, no) {
		t.Errorf("refused: %v", err)
	}
	var asked MergePlan
	n, err := MergeSensors(ctx, cfg, "28ff01", "28ff02", func(m MergePlan) error { asked = m; return nil })
	if err != nil || n != 3 || asked.Old.Samples != 3 || asked.New.Samples != 1 {
		t.Fatalf("%d samples, %v; asked %+v", n, err, asked)
	}
	s = open(t, dir)
	var want []Sample
	for _, p := range []Sample{sample("28ff01", noon, 4), sample("28ff01", noon.Add(time.Minute), 5), sample("28ff01", noon.Add(2*time.Minute), 4.5)} {
		p.Sensor, p.SensorName, p.FriendlyName = "28ff02", "Attic", "Attic"
		want = append(want, p)
	}
	want = append([]Sample{want[0], sample("28ff03", noon, 9)}, append(want[1:], successor)...)
	if d := cmp.Diff(replay(t, s, noon), want, sameTime); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
}

// TestMergeOfDerivedSeries holds that what was derived from the readings goes where they
// go, also if the old sensor had no friendly name.
func TestMergeOfDerivedSeries(t *testing.T) {
	dir := t.TempDir()
	clock := &fakeClock{wall: noon.Add(2 * time.Hour)}
	s := mustOpen(t, newWithClock(t, dir, clock))
	nameless := Sample{Sensor: "28ff01", SensorName: "Loft", At: noon, Celsius: 4}
	s.Append(nameless)
	s.Append(Sample{Sensor: "28ff02", SensorName: "Attic", FriendlyName: "Under the roof", At: noon.Add(2 * time.Hour), Celsius: 6})
	s.Silent(noon.Add(time.Minute), []Sample{nameless})
	s.Warn(noon.Add(time.Minute), []Warning{{Name: "Silent", Sensor: "28ff01", SensorName: "Loft"}})
	h := &hourlySeries{newSeries(nameless).labels, make([]aggregate, 1)}
	h.hours[0].add(4)
	s.queueDerived(h.points(noon.UnixMilli()))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := MergeSensors(t.Context(), Config{Dir: dir, Now: clock.now}, "28ff01", "28ff02", func(MergePlan) error { return nil }); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, newWithClock(t, dir, clock))
	for _, metric := range []string{silentName, avg1hName, alertsName} {
		selector := metric + `{sensor="28ff02",sensor_name="Attic",friendly_name="Under the roof"}`
		if got := selectSeries(t, s, selector, noon, noon.Add(time.Hour)); len(got) != 1 {
			t.Errorf("%s is in %q", selector, got)
		}
	}
}

func TestMergeOfSensorsThatOverlap(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	at := func(sensor string, minutes int, celsius float64) Sample {
		return sample(sensor, noon.Add(time.Duration(minutes)*time.Minute), celsius)
	}
	for _, p := range []Sample{
		at("28ff01", 0, 1), at("28ff01", 1, 2), at("28ff01", 2, 3), at("28ff01", 3, 4),
		at("28ff02", 1, 2), at("28ff02", 2, 9), at("28ff02", 5, 6),
	} {
		s.Append(p)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := Config{Dir: dir, Now: fixedNow}
	no := errors.New("no")
	var asked MergePlan
	for _, answer := range []error{no, nil} { // a dry run says the same
		n, err := MergeSensors(t.Context(), cfg, "28ff01", "28ff02", func(m MergePlan) error { asked = m; return answer })
		if !errors.Is(err, answer) || answer == nil && n != 2 {
			t.Fatalf("%d moved, %v", n, err)
		}
		if asked.Moved != 2 || asked.Already != 1 || asked.Differing != 1 {
			t.Errorf("asked about %+v", asked)
		}
	}
	want := []Sample{at("28ff02", 0, 1), at("28ff02", 1, 2), at("28ff02", 2, 9), at("28ff02", 3, 4), at("28ff02", 5, 6)}
	if d := cmp.Diff(replay(t, open(t, dir), noon), want, sameTime); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
	if _, err := MergeSensors(t.Context(), cfg, "28FF641E8FDF18C1", "28ff641e8fdf18c1", func(MergePlan) error { return nil }); err == nil {
		t.Error("a sensor is merged with itself")
	}
}
