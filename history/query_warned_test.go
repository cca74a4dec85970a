package history

import (
	"cmp"
	"fmt"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
)

func TestWarned(t *testing.T) {
	tank := Warning{Name: "Freezing", Sensor: "28ff01", SensorName: "ColdTank", FriendlyName: "Cold Tank"}
	renamed := tank
	renamed.SensorName, renamed.FriendlyName = "Loft", "Loft"
	shed := Warning{Name: "Silent", Pico: "shed"}
	// stand warns of what stands each second of some minutes; of nothing at their end.
	type stand struct {
		what     []Warning
		from, to time.Duration
		crash    bool // nobody sees the end
	}
	tests := map[string]struct {
		stands   []stand
		from, to time.Duration
		most     int
		want     []string
	}{
		"nothing": {to: time.Hour},
		"newest first, with both ends": {
			stands: []stand{{what: []Warning{tank}, from: 0, to: 18 * time.Minute}, {what: []Warning{shed}, from: 30 * time.Minute, to: 31 * time.Minute}},
			to:     time.Hour,
			want:   []string{"Silent shed 30m0s to 31m0s", "Freezing ColdTank 0s to 18m0s"},
		},
		"again within a minute is twice": {
			stands: []stand{{what: []Warning{tank}, from: 0, to: 30 * time.Second}, {what: []Warning{tank}, from: 50 * time.Second, to: 90 * time.Second}},
			to:     time.Hour,
			want:   []string{"Freezing ColdTank 50s to 1m30s", "Freezing ColdTank 0s to 30s"},
		},
		"a rename does not part it": {
			stands: []stand{{what: []Warning{tank}, from: 0, to: 5 * time.Minute}, {what: []Warning{renamed}, from: 5 * time.Minute, to: 9 * time.Minute}},
			to:     time.Hour,
			want:   []string{"Freezing Loft 0s to 9m0s"},
		},
		"it lasts": {
			stands: []stand{{what: []Warning{tank}, from: 0, to: 10 * time.Minute, crash: true}},
			to:     10 * time.Minute,
			want:   []string{"Freezing ColdTank 0s to 9m0s, lasts"},
		},
		"nobody saw its end": {
			stands: []stand{{what: []Warning{tank}, from: 0, to: 10 * time.Minute, crash: true}, {what: []Warning{tank}, from: 40 * time.Minute, to: 41 * time.Minute}},
			to:     time.Hour,
			want:   []string{"Freezing ColdTank 40m0s to 41m0s", "Freezing ColdTank 0s to 9m0s"},
		},
		"what began before is not of the range": {
			stands: []stand{{what: []Warning{tank}, from: 0, to: 18 * time.Minute}, {what: []Warning{shed}, from: 15 * time.Minute, to: 16 * time.Minute}},
			from:   10 * time.Minute, to: time.Hour,
			want: []string{"Silent shed 15m0s to 16m0s"},
		},
		"more than wanted": {
			stands: []stand{{what: []Warning{tank}, from: 0, to: time.Minute}, {what: []Warning{tank}, from: 10 * time.Minute, to: 11 * time.Minute}},
			to:     time.Hour, most: 1,
			want: []string{"Freezing ColdTank 10m0s to 11m0s"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			for _, one := range test.stands {
				for at := one.from; at < one.to; at += time.Second {
					s.Warn(noon.Add(at), one.what)
				}
				if one.crash {
					s.warnings = warnings{}
				} else {
					s.Warn(noon.Add(one.to), nil)
				}
			}
			for _, state := range []string{"waiting", "committed"} {
				list, err := s.Warned(t.Context(), noon.Add(test.from), noon.Add(test.to), cmp.Or(test.most, 100))
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, w := range list {
					line := fmt.Sprintf("%s %s %v to %v", w.Name, w.SensorName+w.Pico, w.From.Sub(noon), w.To.Sub(noon))
					if w.Lasts {
						line += ", lasts"
					}
					got = append(got, line)
				}
				if d := diff.Diff(got, test.want); d != "" {
					t.Errorf("%s (-got +want):\n%s", state, d)
				}
				s.save()
			}
		})
	}
}

// Of a sensor that comes and goes for ever only the newest warnings are held.
func TestWarnedIsBounded(t *testing.T) {
	f := NewWarningFinder(time.Time{}, noon.Add(time.Hour), 10)
	for i := range 10_000 {
		f.add(PastWarning{From: noon.Add(time.Duration(i) * time.Second), To: noon.Add(time.Duration(i) * time.Second), Warning: Warning{Sensor: fmt.Sprint(i)}})
		if len(f.list) > 4*f.most+100 {
			t.Fatalf("%d are held", len(f.list))
		}
	}
	if got := f.Result(); len(got) != 10 || !got[0].From.Equal(noon.Add(9999*time.Second)) {
		t.Errorf("%d, the first %v", len(got), got[0])
	}
}

func TestWarnedEnds(t *testing.T) {
	s := open(t, t.TempDir())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Warned(t.Context(), noon, noon, 1); err == nil {
		t.Error("a closed store answers")
	}
}

// A month in which one warning stood all the time.
func BenchmarkWarned(b *testing.B) {
	s := open(b, b.TempDir())
	w := []Warning{{Name: "Silent", Pico: "shed"}}
	from := noon.AddDate(0, 0, -30)
	for m := range 30 * 24 * 60 {
		s.Warn(from.Add(time.Duration(m)*time.Minute), w)
		if m%(2*24*60) == 0 {
			s.save()
			if err := s.db.Compact(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	s.save()
	for b.Loop() {
		list, err := s.Warned(b.Context(), time.Unix(0, 0), noon, 1000)
		if err != nil || len(list) != 1 || list[0].To.Sub(list[0].From) < 29*24*time.Hour {
			b.Fatal(list, err, s.Stats())
		}
	}
}
