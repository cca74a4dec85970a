package history

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// selected writes down what a selector finds, one line for each sample: name,
// sensor, time after noon and value.
func selected(tb testing.TB, s *Store, selector string, from, to time.Time) []string {
	tb.Helper()
	ms, err := parser.NewParser(parser.Options{}).ParseMetricSelector(selector)
	if err != nil {
		tb.Fatal(err)
	}
	q, err := s.Queryable().Querier(from.UnixMilli(), to.UnixMilli())
	if err != nil {
		tb.Fatal(err)
	}
	defer q.Close()
	set := q.Select(tb.Context(), true, nil, ms...)
	var lines []string
	var it chunkenc.Iterator
	var last labels.Labels
	for set.Next() {
		l := set.At().Labels()
		if labels.Compare(last, l) >= 0 {
			tb.Errorf("%v comes before %v", last, l)
		}
		last = l
		it = set.At().Iterator(it)
		was := int64(math.MinInt64)
		for it.Next() == chunkenc.ValFloat {
			at, v := it.At()
			if at <= was {
				tb.Errorf("%v: %d comes after %d", l, at, was)
			}
			was = at
			lines = append(lines, fmt.Sprintf("%s %s %s %v %v", l.Get(metricLabel), l.Get(sensorLabel), l.Get(nameLabel),
				time.UnixMilli(at).Sub(noon), v))
		}
		if it.Err() != nil {
			tb.Error(it.Err())
		}
	}
	if set.Err() != nil {
		tb.Fatal(set.Err())
	}
	return lines
}

func TestQuerierSeesWhatWasAppended(t *testing.T) {
	s := open(t, t.TempDir())
	s.Append(sample("28ff01", noon, 1))
	s.Append(sample("28ff02", noon.Add(time.Second), 2))
	want := []string{"temperature 28ff01 ColdTank 0s 1", "temperature 28ff02 ColdTank 1s 2"}
	for _, state := range []string{"waiting", "committed", "beside a block"} {
		if d := diff.Diff(selected(t, s, `{__name__=~"temperature"}`, noon, noon.Add(time.Minute)), want); d != "" {
			t.Errorf("%s (-got +want):\n%s", state, d)
		}
		if state == "committed" {
			s.Append(sample("28ff04", noon.Add(4*time.Hour), 0))
		}
		s.save()
		if err := s.db.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
	}

	// One series has its samples in the queue and in the database.
	s.Append(sample("28ff04", noon.Add(4*time.Hour+time.Second), 7))
	got := selected(t, s, `temperature{sensor="28ff04"}`, noon, noon.Add(5*time.Hour))
	if d := diff.Diff(got, []string{"temperature 28ff04 ColdTank 4h0m0s 0", "temperature 28ff04 ColdTank 4h0m1s 7"}); d != "" {
		t.Errorf("half and half (-got +want):\n%s", d)
	}
}

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
				got := selected(t, s, tt.selector, noon.Add(tt.from), noon.Add(tt.to))
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

func TestLabels(t *testing.T) {
	s := open(t, t.TempDir())
	s.Append(sample("28ff01", noon, 1))
	s.save()
	s.Append(sample("28ff02", noon, 1))
	tests := map[string]struct {
		label    string // empty for the names
		selector string // empty for none
		want     string
	}{
		"names":                   {"", "", "__name__ friendly_name sensor sensor_name"},
		"all metrics":             {"__name__", "", "temperature temperature_last_seen_timestamp"},
		"metrics of one sensor":   {"__name__", `{sensor="28ff02"}`, "temperature temperature_last_seen_timestamp"},
		"of one metric":           {"__name__", "temperature", "temperature"},
		"of the made-up one":      {"__name__", lastSeenName, lastSeenName},
		"sensors":                 {"sensor", "", "28ff01 28ff02"},
		"sensors of the made-up":  {"sensor", lastSeenName, "28ff01 28ff02"},
		"sensors not there":       {"sensor", `temperature{sensor="x"}`, ""},
		"names of the made-up":    {"", lastSeenName, "__name__ friendly_name sensor sensor_name"},
		"a label that is nowhere": {"job", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var ms []*labels.Matcher
			if tt.selector != "" {
				var err error
				if ms, err = parser.NewParser(parser.Options{}).ParseMetricSelector(tt.selector); err != nil {
					t.Fatal(err)
				}
			}
			q, err := s.Queryable().Querier(noon.Add(-time.Hour).UnixMilli(), noon.UnixMilli())
			if err != nil {
				t.Fatal(err)
			}
			defer q.Close()
			got, _, err := q.LabelNames(t.Context(), nil, ms...)
			if tt.label != "" {
				got, _, err = q.LabelValues(t.Context(), tt.label, nil, ms...)
			}
			if err != nil || strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestQuerierAndClose(t *testing.T) {
	s := open(t, t.TempDir())
	s.Append(sample("28ff01", noon, 1))
	q, err := s.Queryable().Querier(0, noon.UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan error)
	go func() { closed <- s.Close() }()
	select {
	case err := <-closed:
		t.Fatalf("the store closed under a reader: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	if err := q.Close(); err != nil {
		t.Error(err)
	}
	if err := q.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := s.Queryable().Querier(0, 1); err == nil {
		t.Error("a closed store can be read")
	}
	if _, err := s.Queryable().Index(10); err == nil {
		t.Error("a closed store has an index")
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
		list, err := collected(q.Select(context.Background(), false, &storage.SelectHints{Start: 0, End: noon.UnixMilli()}, ms...))
		if err != nil || len(list) != 20 {
			b.Fatal(len(list), err)
		}
		_ = q.Close()
	}
}
