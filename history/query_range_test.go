package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestRange(t *testing.T) {
	renamed := sample("28ff01", noon.Add(25*time.Minute), 7)
	renamed.SensorName, renamed.FriendlyName = "HotTank", "Hot Tank"
	samples := []Sample{
		sample("28ff01", noon, 1),
		sample("28ff02", noon, 99),
		sample("28ff01", noon.Add(10*time.Minute-time.Millisecond), 4),
		sample("28ff01", noon.Add(20*time.Minute), 5),
		renamed,
	}
	at := func(d time.Duration) time.Time { return noon.Add(d) }
	tests := map[string]struct {
		sensor   string
		from, to time.Duration // after noon
		want     []Bucket
	}{
		"gaps and names": {
			sensor: "28ff01", from: -time.Minute, to: 30 * time.Minute,
			want: []Bucket{
				{Start: at(-10 * time.Minute)},
				{Start: noon, Count: 2, Min: 1, Mean: 2.5, Max: 4},
				{Start: at(10 * time.Minute)},
				{Start: at(20 * time.Minute), Count: 2, Min: 5, Mean: 6, Max: 7},
				{Start: at(30 * time.Minute)},
			},
		},
		"the whole bucket of a moment": {
			sensor: "28ff01", from: 5 * time.Minute, to: 5 * time.Minute,
			want: []Bucket{{Start: noon, Count: 2, Min: 1, Mean: 2.5, Max: 4}},
		},
		"a sensor never heard": {
			sensor: "28ff03", from: 0, to: 0,
			want: []Bucket{{Start: noon}},
		},
	}
	s := open(t, t.TempDir())
	for _, p := range samples {
		s.Append(p)
	}
	for _, state := range []string{"waiting", "committed", "in a block"} {
		for name, tt := range tests {
			t.Run(state+": "+name, func(t *testing.T) {
				got, err := s.Range(context.Background(), tt.sensor, at(tt.from), at(tt.to), 10*time.Minute)
				if err != nil {
					t.Fatal(err)
				}
				if d := diff.Diff(got, tt.want, sameTime); d != "" {
					t.Errorf("(-got +want):\n%s", d)
				}
			})
		}
		if state == "committed" { // three hours more push the first into a block
			s.Append(sample("28ff04", at(4*time.Hour), 0))
		}
		s.save()
		if err := s.db.Compact(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(s.db.Blocks()); got != 1 {
		t.Errorf("%d blocks, want 1: the last state was not what it says", got)
	}
}

func TestRangeRefuses(t *testing.T) {
	s := open(t, t.TempDir())
	if _, err := s.Range(context.Background(), "", noon, noon, time.Hour); err == nil {
		t.Error("read the history of no sensor")
	}
	if _, err := s.Range(context.Background(), "28ff01", noon, noon.Add(time.Hour), time.Millisecond); err == nil {
		t.Error("read more buckets than there may be")
	}
	s.Append(sample("28ff01", noon, 4))
	s.save()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Range(ctx, "28ff01", noon, noon, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("a reader who left is told %v", err)
	}
}

// fill makes up some days of sensors that each speak about every step, with
// gaps, new names and a clock that at times steps back a little, in blocks, in
// the head and waiting. It returns what the store must hold, in order.
func fill(tb testing.TB, s *Store, sensors int, span, step time.Duration) []Sample {
	tb.Helper()
	rnd := rand.New(rand.NewPCG(1, 2))
	name := func(i int, at time.Time) string { return fmt.Sprintf("Name%d", (i+at.Day()/2)%7) }
	var want []Sample
	for at, n := noon.Add(-span), 0; at.Before(noon); at, n = at.Add(step), n+1 {
		for i := range sensors {
			if rnd.IntN(50) == 0 || i == 1 && at.Hour() == 6 {
				continue
			}
			p := Sample{
				Sensor: fmt.Sprintf("28ff%02d", i), SensorName: name(i, at), FriendlyName: name(i, at),
				At: at.Add(time.Duration(i) * time.Second), Celsius: 20 + float64(rnd.IntN(320))/16,
			}
			if rnd.IntN(200) == 0 {
				p.At = p.At.Add(-time.Hour - time.Duration(1+rnd.IntN(900))*time.Millisecond)
			}
			s.Append(p)
			want = append(want, p)
		}
		if n%500 == 499 {
			s.save()
			if err := s.db.Compact(context.Background()); err != nil {
				tb.Fatal(err)
			}
		}
	}
	slices.SortFunc(want, func(a, b Sample) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Sensor, b.Sensor))
	})
	return want
}

func TestLawsOverBlocksHeadAndQueue(t *testing.T) {
	s := open(t, t.TempDir())
	want := fill(t, s, 5, 3*24*time.Hour, 20*time.Second)
	st := s.Stats()
	if got := st.Appended + uint64(st.Waiting); got != uint64(len(want)) || st.Waiting == 0 || len(s.db.Blocks()) < 3 {
		t.Fatalf("the store was not filled as meant: %+v, %d blocks, %d samples", st, len(s.db.Blocks()), len(want))
	}

	t.Run("replay visits all, in order, once", func(t *testing.T) {
		for _, from := range []time.Duration{10 * 24 * time.Hour, 24 * time.Hour, 90 * time.Minute, 0} {
			since := noon.Add(-from)
			i, _ := slices.BinarySearchFunc(want, since, func(p Sample, at time.Time) int { return p.At.Compare(at) })
			if d := diff.Diff(replay(t, s, since), want[i:], sameTime, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("since %v before noon (-got +want):\n%.2000s", from, d)
			}
		}
	})

	t.Run("buckets count every sample", func(t *testing.T) {
		for i := range 5 {
			sensor := fmt.Sprintf("28ff%02d", i)
			var mine []Sample
			for _, p := range want {
				if p.Sensor == sensor {
					mine = append(mine, p)
				}
			}
			list, err := s.Range(t.Context(), sensor, noon.Add(-4*24*time.Hour), noon, 5*time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			total := 0
			for _, b := range list {
				total += b.Count
				if b.Count > 0 && (b.Min > b.Mean || b.Mean > b.Max || b.Min < 20 || b.Max > 40) {
					t.Errorf("%s: %+v", sensor, b)
				}
			}
			if total != len(mine) {
				t.Errorf("%s: %d samples in all buckets, want %d", sensor, total, len(mine))
			}
		}
	})

	t.Run("last is the end of replay", func(t *testing.T) {
		for _, from := range []time.Duration{10 * 24 * time.Hour, time.Hour, 20 * time.Second} {
			last := map[string]Sample{}
			for _, p := range want {
				if !p.At.Before(noon.Add(-from)) {
					last[p.Sensor] = p
				}
			}
			got, err := s.Last(t.Context(), noon.Add(-from))
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != len(last) {
				t.Errorf("%d sensors since %v, want %d", len(got), from, len(last))
			}
			for i, p := range got {
				if d := diff.Diff(p, last[p.Sensor], sameTime); d != "" || i > 0 && got[i-1].Sensor >= p.Sensor {
					t.Errorf("sensor %d since %v (-got +want):\n%s", i, from, d)
				}
			}
		}
	})
}
