package history

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

func TestLastSeen(t *testing.T) {
	renamed := sample("28ff03", noon.Add(-150*time.Second), 9)
	renamed.SensorName = "HotTank"
	ago := func(d time.Duration) time.Time { return noon.Add(-d) }
	samples := []Sample{
		sample("28ff05", ago(31*24*time.Hour), 5),
		sample("28ff02", ago(49*time.Hour), 5), // silent for two days
		sample("28ff03", ago(5*time.Minute), 5),
		renamed,
		sample("28ff01", ago(30*time.Second), 5),
		sample("28ff01", ago(15*time.Second), 5),
	}
	seen := func(sensor, name string, at, heard time.Duration) string {
		return fmt.Sprintf("temperature_last_seen_timestamp %s %s %v %v", sensor, name, at, float64(noon.Add(heard).Unix()))
	}
	tests := map[string]struct {
		selector string
		from, to time.Duration // after noon
		want     []string
	}{
		"a reading is its own time, a silent sensor's is repeated": {
			selector: "temperature_last_seen_timestamp", from: -75 * time.Second, to: 0,
			want: []string{
				seen("28ff01", "ColdTank", -30*time.Second, -30*time.Second),
				seen("28ff01", "ColdTank", -15*time.Second, -15*time.Second),
				seen("28ff02", "ColdTank", -time.Minute, -49*time.Hour),
				seen("28ff02", "ColdTank", 0, -49*time.Hour),
				seen("28ff03", "HotTank", -time.Minute, -150*time.Second),
				seen("28ff03", "HotTank", 0, -150*time.Second),
			},
		},
		"a name ends where the next begins": {
			selector: `temperature_last_seen_timestamp{sensor="28ff03"}`, from: -5 * time.Minute, to: -2 * time.Minute,
			want: []string{
				seen("28ff03", "ColdTank", -5*time.Minute, -5*time.Minute),
				seen("28ff03", "ColdTank", -4*time.Minute, -5*time.Minute),
				seen("28ff03", "ColdTank", -3*time.Minute, -5*time.Minute),
				seen("28ff03", "HotTank", -150*time.Second, -150*time.Second),
			},
		},
		"also if only the old name is asked for": {
			selector: `{__name__=~"temperature_last.*", sensor_name="ColdTank", sensor="28ff03"}`, from: -3 * time.Minute, to: 0,
			want: []string{seen("28ff03", "ColdTank", -3*time.Minute, -5*time.Minute)},
		},
		"nothing is known of the future": {
			selector: `temperature_last_seen_timestamp{sensor="28ff02"}`, from: 0, to: time.Hour,
			want: []string{seen("28ff02", "ColdTank", 0, -49*time.Hour)},
		},
		"nor is it repeated after a month": {
			selector: `temperature_last_seen_timestamp{sensor="28ff05"}`, from: -24*time.Hour - 30*time.Second, to: 0,
			want: []string{seen("28ff05", "ColdTank", -24*time.Hour, -31*24*time.Hour)},
		},
	}
	s := open(t, t.TempDir())
	for _, p := range samples {
		s.Append(p)
	}
	for _, state := range []string{"waiting", "committed"} {
		for name, tt := range tests {
			t.Run(state+": "+name, func(t *testing.T) {
				got := selectSeries(t, s, tt.selector, noon.Add(tt.from), noon.Add(tt.to))
				if d := diff.Diff(got, tt.want); d != "" {
					t.Errorf("(-got +want):\n%s", d)
				}
			})
		}
		s.save()
	}
}

// TestLastSeenLaw holds the made-up series against the readings, over blocks,
// head and queue, however the reader jumps.
func TestLastSeenLaw(t *testing.T) {
	s := open(t, t.TempDir())
	want := fill(t, s, 3, 26*time.Hour, 20*time.Second)
	for _, from := range []time.Duration{25 * time.Hour, 6 * time.Hour, 10 * time.Minute} {
		mint, maxt := noon.Add(-from).UnixMilli(), noon.UnixMilli()
		q, err := s.Queryable().Querier(mint, maxt)
		if err != nil {
			t.Fatal(err)
		}
		ms := []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, metricLabel, lastSeenName)}
		set := q.Select(t.Context(), false, nil, ms...)
		n := 0
		for set.Next() {
			l := set.At().Labels()
			var heard []int64 // of the series
			for _, p := range want {
				if p.Sensor == l.Get(sensorLabel) && p.SensorName == l.Get(nameLabel) {
					heard = append(heard, p.At.UnixMilli())
				}
			}
			it := set.At().Iterator(nil)
			for it.Next() == chunkenc.ValFloat {
				at, v := it.At()
				i, found := slices.BinarySearch(heard, at)
				if !found {
					i--
				}
				if i < 0 || float64(heard[i])/1000 != v || at < mint || at > maxt {
					t.Fatalf("%v at %d: %v", l, at, v)
				}
				if again := set.At().Iterator(nil); again.Seek(at) != chunkenc.ValFloat || again.AtT() != at {
					t.Fatalf("%v: seeking %d found %d", l, at, again.AtT())
				}
				if n++; n%50 != 0 { // else it takes the square of the time
					it.Seek(at + int64(n)*100)
				}
			}
		}
		if err := set.Err(); err != nil || n < 10 {
			t.Errorf("%d samples, %v", n, err)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	}
}

func BenchmarkLastSeen(b *testing.B) {
	s := open(b, b.TempDir())
	month(b, s, 31)
	ms := []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, metricLabel, lastSeenName)}
	for b.Loop() {
		q, err := s.Queryable().Querier(noon.Add(-5*time.Minute).UnixMilli(), noon.UnixMilli())
		if err != nil {
			b.Fatal(err)
		}
		list, err := collectSeries(q.Select(context.Background(), false, &storage.SelectHints{Start: 0, End: noon.UnixMilli()}, ms...))
		if err != nil || len(list) != 20 {
			b.Fatal(len(list), err)
		}
		_ = q.Close()
	}
}
