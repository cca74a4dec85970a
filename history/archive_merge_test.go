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
