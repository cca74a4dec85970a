package history

import (
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
)

func TestLastFindsSensorsGoneQuiet(t *testing.T) {
	s := open(t, t.TempDir())
	days := func(n int) time.Time { return noon.Add(time.Duration(n) * 24 * time.Hour) }
	old := sample("28ff01", days(-9), 1)
	old.SensorName = "OldName"
	late := sample("28ff04", days(0).Add(-100*time.Minute), 6) // the clock stepped back
	for _, p := range []Sample{
		old,
		sample("28ff01", days(-8), 2),
		sample("28ff02", days(-5), 3),
		sample("28ff01", days(-3), 4),
		sample("28ff03", days(0), 5),
		late,
	} {
		s.Append(p)
		s.save()
		if err := s.db.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		since time.Time
		want  []Sample
	}{
		"all": {
			since: days(-30),
			want:  []Sample{sample("28ff01", days(-3), 4), sample("28ff02", days(-5), 3), sample("28ff03", days(0), 5), late},
		},
		"the boundary counts": {
			since: days(-3),
			want:  []Sample{sample("28ff01", days(-3), 4), sample("28ff03", days(0), 5), late},
		},
		"the last hours":   {since: days(0).Add(-2 * time.Hour), want: []Sample{sample("28ff03", days(0), 5), late}},
		"since the future": {since: days(1)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := s.Last(t.Context(), tt.since)
			if err != nil {
				t.Fatal(err)
			}
			if d := diff.Diff(got, tt.want, sameTime); d != "" {
				t.Errorf("(-got +want):\n%s", d)
			}
		})
	}
}
