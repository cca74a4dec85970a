package history

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// selectSeries writes down what a selector finds, one line for each sample: name,
// sensor, time after noon and value.
func selectSeries(tb testing.TB, s *Store, selector string, from, to time.Time) []string {
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
		if d := diff.Diff(selectSeries(t, s, `{__name__=~"temperature"}`, noon, noon.Add(time.Minute)), want); d != "" {
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
	got := selectSeries(t, s, `temperature{sensor="28ff04"}`, noon, noon.Add(5*time.Hour))
	if d := diff.Diff(got, []string{"temperature 28ff04 ColdTank 4h0m0s 0", "temperature 28ff04 ColdTank 4h0m1s 7"}); d != "" {
		t.Errorf("half and half (-got +want):\n%s", d)
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
