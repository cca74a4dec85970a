package app

import (
	"bytes"
	"math"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"picotop/history"
	"picotop/internal/peer"
)

// tellers are engines that keep the day, each told of it in another way.
func tellers(heard lookServer) map[string]func(*testing.T) string {
	all := map[string]func(*testing.T) string{
		"picotop's own PromQL": func(t *testing.T) string { return newFakeEngine(t, promQL(heard)).URL },
	}
	if testing.Short() { // the others start programs
		return all
	}
	for name, start := range scrapers(true) {
		all[name+" that scraped picotop"] = start
	}
	for name, start := range scrapers(false) {
		all[name+" that scraped the first exporter"] = start
	}
	return all
}

// TestThePastIsTheSameFromEverywhere holds what is read of a whole day, at each engine that
// was told of it.
func TestThePastIsTheSameFromEverywhere(t *testing.T) {
	heard := newLookServer(t)
	for name, start := range tellers(heard) {
		t.Run(name, func(t *testing.T) {
			address := start(t)
			t.Run("charts of readings", func(t *testing.T) {
				checkCharts(t, heard, lookAt(t, address), 48*time.Hour, sameBucket)
			})
			t.Run("charts of sums", func(t *testing.T) {
				checkCharts(t, heard, lookAt(t, address), 15*24*time.Hour, alikeBucket)
			})
			t.Run("export and import", func(t *testing.T) { checkTakingAlong(t, address) })
		})
	}
}

// checkCharts checks that a chart of the engine is the one that picotop draws of what it
// heard, gaps included.
func checkCharts(t *testing.T, heard lookServer, v *engineView, span time.Duration, same func(got, want history.Bucket) bool) {
	t.Helper()
	from := evening.Add(-span)
	for _, step := range []time.Duration{10 * time.Minute, time.Hour} {
		for _, s := range v.State().Sensors {
			got, err := v.Range(t.Context(), s.ID, from, evening, step)
			if err != nil {
				t.Fatal(err)
			}
			want, err := heard.Range(t.Context(), codeOf(s.SensorName), from, evening, step)
			if err != nil {
				t.Fatal(err)
			}
			compareBuckets(t, s.SensorName, got, want, same)
		}
	}
}

// checkTakingAlong checks that each reading is written once, and kept once however often it
// is taken in.
func checkTakingAlong(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	packets, since := uint64(len(lookPackets())), evening.Add(-48*time.Hour)
	from := Config{From: &peer.Target{URL: u}}
	var out bytes.Buffer
	n, err := ExportEngine(t.Context(), from, ExportConfig{Since: since, Format: history.CSV, Out: &out})
	if err != nil || n != packets {
		t.Errorf("%d readings written of %d, %v", n, packets, err)
	}
	if lines := uint64(strings.Count(out.String(), "\n")); lines != packets+1 {
		t.Errorf("%d lines with the head", lines)
	}
	data := t.TempDir()
	for range 2 {
		got, err := ImportEngine(t.Context(), from, data, since, nil)
		if err != nil || got.Samples != packets || got.Refused != 0 {
			t.Errorf("%d readings taken in, %d refused, %v", got.Samples, got.Refused, err)
		}
		kept, err := ExportHistory(t.Context(), ExportConfig{Data: data, Format: history.CSV, Out: new(bytes.Buffer)})
		if err != nil || kept != packets {
			t.Errorf("%d readings are kept, %v", kept, err)
		}
	}
}

// codeOf is the ROM code of a sensor of that house.
func codeOf(name string) string {
	for _, s := range lookHouse() {
		if s.name == name {
			return s.code
		}
	}
	return ""
}

// sameBucket compares all figures that a chart tells: low, high, mean and the number of
// readings.
func sameBucket(got, want history.Bucket) bool {
	return got.Start.Equal(want.Start) && got.Count == want.Count && got.Min == want.Min && got.Max == want.Max && math.Abs(got.Mean-want.Mean) < 1e-9
}

// alikeBucket compares all but how many readings there were: an engine counts samples. Of
// the time in which a sensor fell silent it counts the last one, which it scraped again and
// again, for more in the mean than it is.
func alikeBucket(got, want history.Bucket) bool {
	return got.Start.Equal(want.Start) && (got.Count > 0) == (want.Count > 0) && got.Min == want.Min && got.Max == want.Max && math.Abs(got.Mean-want.Mean) <= 1./32
}

func compareBuckets(t *testing.T, name string, got, want []history.Bucket, same func(got, want history.Bucket) bool) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d buckets, want %d", name, len(got), len(want))
	}
	filled := 0
	for i, w := range want {
		g := got[i]
		if !same(g, w) {
			t.Errorf("%s: bucket %d is %+v, want %+v", name, i, g, w)
		}
		if w.Count > 0 {
			filled++
		}
	}
	if filled == 0 || filled == len(want) {
		t.Errorf("%s: %d of %d buckets are filled: it shows no gap", name, filled, len(want))
	}
}

// TestWhoseReadings holds that each question says whose readings are wanted, of a server
// that keeps those of many.
func TestWhoseReadings(t *testing.T) {
	answer := promQL(newLookServer(t))
	var asked, odd atomic.Int64
	f := newFakeEngine(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("X-Scope-OrgID") != "mum" || r.Header.Get("Authorization") != "Bearer t0ken" {
			odd.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer.ServeHTTP(w, r)
	}))
	u, err := url.Parse(f.URL)
	if err != nil {
		t.Fatal(err)
	}
	target := &peer.Target{URL: u, Tenant: "mum", Token: "t0ken"}
	n, err := ExportEngine(t.Context(), Config{From: target}, ExportConfig{Since: evening.Add(-time.Hour), Format: history.CSV, Out: new(bytes.Buffer)})
	if err != nil || n == 0 || asked.Load() < 3 || odd.Load() > 0 {
		t.Errorf("%d readings, %v; %d of %d questions do not say whose", n, err, odd.Load(), asked.Load())
	}
	target.Tenant = ""
	if _, err := ExportEngine(t.Context(), Config{From: target}, ExportConfig{Out: new(bytes.Buffer)}); err == nil {
		t.Error("it was answered without a tenant")
	}
}
