package ui

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"

	"picotop/history"
	"picotop/house"
)

// promqlStore is a store of a month up to monday of one sensor that sends about each 21
// seconds, whose temperature goes by the day, with some gaps.
func promqlStore(t *testing.T) *history.Store {
	t.Helper()
	cfg := history.Config{Dir: t.TempDir(), Now: func() time.Time { return monday }}
	store, err := history.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	gaps := []gap{ // before monday
		{monday.Add(-20 * 24 * time.Hour), monday.Add(-18*24*time.Hour - 7*time.Minute)},
		{monday.Add(-50 * time.Hour), monday.Add(-47*time.Hour - 11*time.Minute)},
		{monday.Add(-5 * time.Hour), monday.Add(-260 * time.Minute)},
		{monday.Add(-25 * time.Minute), monday.Add(-20 * time.Minute)},
	}
	random := rand.New(rand.NewPCG(1, 2))
	for at := monday.Add(-31 * 24 * time.Hour); !at.After(monday); at = at.Add(20500*time.Millisecond + time.Duration(random.IntN(1000))*time.Millisecond) {
		for len(gaps) > 0 && at.After(gaps[0].to) {
			gaps = gaps[1:]
		}
		if len(gaps) > 0 && at.After(gaps[0].from) {
			continue
		}
		store.Append(history.Sample{
			Sensor: promqlSensor, SensorName: "Tank", FriendlyName: "Tank", At: at,
			Celsius: 1 + 5*math.Sin(2*math.Pi*float64(at.Unix()%86400)/86400) + random.Float64(),
		})
	}
	if err := store.Close(); err != nil { // onto the disk
		t.Fatal(err)
	}
	if store, err = history.Open(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

const promqlSensor = "28ff00000000ab01"

// TestFiguresAreThoseOfPromQL holds that what a chart says of a window is what PromQL
// says of it, on one store.
func TestFiguresAreThoseOfPromQL(t *testing.T) {
	store := promqlStore(t)
	language := parser.NewParser(parser.Options{EnableExperimentalFunctions: true})
	engine := promql.NewEngine(promql.EngineOpts{MaxSamples: 1e7, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, Parser: language})
	ask := func(text string, at time.Time) float64 {
		t.Helper()
		q, err := engine.NewInstantQuery(t.Context(), store.Queryable(), nil, text, at)
		if err != nil {
			t.Fatal(text, err)
		}
		defer q.Close()
		all, err := q.Exec(t.Context()).Vector()
		if err != nil || len(all) != 1 {
			t.Fatalf("%s: %v, %v", text, all, err)
		}
		return all[0].F
	}
	read := func(req rangeRequest) ([]history.Bucket, error) {
		return store.Range(t.Context(), req.sensor, req.from, req.to, req.step)
	}
	type part struct{ before, length time.Duration } // its end, before monday
	parts := map[string]part{
		"an hour in which a gap is": {4 * time.Hour, time.Hour}, "an afternoon": {30 * time.Hour, 5*time.Hour + 13*time.Minute},
		"three days with a gap": {40 * time.Hour, 72*time.Hour + time.Minute}, "three weeks": {5 * 24 * time.Hour, 21 * 24 * time.Hour},
	}
	for _, w := range windows[:5] {
		parts[w.name] = part{0, w.length}
	}
	for name, p := range parts {
		for _, width := range []int{33, 73, 190} {
			t.Run(fmt.Sprintf("%s in %d cells", name, width), func(t *testing.T) {
				to := monday.Add(-p.before)
				if p.before > 0 {
					to = to.Add(-time.Millisecond)
				}
				req := rangeRequest{sensor: promqlSensor, from: monday.Add(-p.before - p.length), to: to, step: chartStep(p.length, width)}
				data, err := readChart(read, req, monday)
				if err != nil {
					t.Fatal(err)
				}
				got := data.summarize()
				over := func(function string) float64 {
					return ask(fmt.Sprintf(`%s(temperature{sensor=%q}[%dms])`, function, promqlSensor, p.length.Milliseconds()), to)
				}
				if low, high := over("min_over_time"), over("max_over_time"); got.low != low || got.high != high {
					t.Errorf("%v to %v, want %v to %v", got.low, got.high, low, high)
				}
				for at, function := range map[time.Time]string{got.lowAt: "ts_of_min_over_time", got.highAt: "ts_of_max_over_time"} {
					if want := time.UnixMilli(int64(1000 * over(function))); want.Sub(at) < 0 || want.Sub(at) >= time.Second {
						t.Errorf("%s: %v, want %v", function, at, want.UTC())
					}
				}
				count := over("count_over_time")
				if p.length <= hoursFrom {
					checkPromQL(t, data, got, count, over("avg_over_time"))
					return
				}
				// Of what is long the store counts hours, and gives each the same weight.
				hours := func(function string) float64 {
					return ask(fmt.Sprintf(`%s(avg_over_time(temperature{sensor=%q}[1h])[%dms:1h])`, function, promqlSensor, p.length.Milliseconds()), to)
				}
				if mean, n := hours("avg_over_time"), hours("count_over_time"); math.Abs(got.mean-mean) > 0.03 || math.Abs(float64(got.count)-n) > 2 {
					t.Errorf("mean %v of %d hours, want %v of %v", got.mean, got.count, mean, n)
				}
			})
		}
	}
}

// checkPromQL checks the figures that count readings, and what is said of how many there
// are.
func checkPromQL(t *testing.T, data chartData, got summary, count, mean float64) {
	t.Helper()
	if float64(got.count) != count || math.Abs(got.mean-mean) > 1e-6 {
		t.Errorf("mean %v of %d, want %v of %v", got.mean, got.count, mean, count)
	}
	const interval = 21 * time.Second
	d := detail{sensor: promqlSensor, data: data, zoom: zoom{data.from, data.to}}
	d.shown = chartRequest{sensor: promqlSensor, zoom: d.zoom, step: data.step}
	said := d.completeness(&viewState{now: monday, locale: locale{zone: time.UTC}}, house.Sensor{Interval: interval})
	expected := int(data.to.Sub(data.from) / interval)
	if want := fmt.Sprintf("%v of about %d readings in this time (%.0f %%)", count, expected, min(100*count/float64(expected), 100)); !strings.HasSuffix(said[0], want) {
		t.Errorf("%q, want %q", said[0], want)
	}
}
