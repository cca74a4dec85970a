package remotewrite

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/snappy"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"

	"picotop/internal/prometheustest"
	"picotop/internal/victoriatest"
)

// An engine is a real database.
type engine struct {
	start   func(*testing.T) string
	flush   func(t *testing.T, address string)
	ends    func(t *testing.T, address string) int // how many stale markers it has
	knowsV2 bool
}

// engines are all that are tried.
func engines() map[string]engine {
	all := map[string]engine{}
	for _, a := range victoriatest.Ages {
		all[string(a)] = engine{a.Start, victoriatest.Flush, exportedEnds, false}
	}
	for _, m := range prometheustest.Majors {
		all[m.String()] = engine{func(t *testing.T) string {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte("scrape_configs: []\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return m.Start(t, dir, "--web.enable-remote-write-receiver")
		}, func(*testing.T, string) {}, readEnds, m >= 3}
	}
	return all
}

// TestEngines sends an hour to real databases, and counts what is in them: by 1.0, and by
// 2.0, which is given up where it is not known.
func TestEngines(t *testing.T) {
	for name, e := range engines() {
		for _, p := range []Protocol{V1, V2} {
			t.Run(name+" by "+string(p), func(t *testing.T) {
				want := V1
				if e.knowsV2 {
					want = p
				}
				if used := sendAnHour(t, e, p); used != want {
					t.Errorf("%s was used, not %s", used, want)
				}
			})
		}
	}
}

// sendAnHour sends an hour to a database, checks that all of it gets there, and returns
// the version that was used in the end.
func sendAnHour(t *testing.T, e engine, p Protocol) Protocol {
	t.Helper()
	addr := e.start(t)
	// VictoriaMetrics shows nothing of the last half minute.
	until := time.Now().Add(-time.Minute).UnixMilli()
	f := &fakeStore{from: until - 50*60*1000, until: until, silent: []int64{until - 20*60*1000 + 3}}
	s := New([]Target{{Name: "db", URL: always(addr + "/api/v1/write"), Protocol: p, Since: time.Hour, Timeout: 30 * time.Second}},
		Options{Source: f, Logger: slog.New(slog.DiscardHandler), Now: time.Now, Load: (&aDisk{}).load, Save: (&aDisk{}).save})
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { s.Run(ctx) })
	want := 0
	for at := (f.from + spacing - 1) / spacing * spacing; at <= until; at += spacing {
		want++
	}
	got := 0
	for range 300 {
		e.flush(t, addr)
		if got = countIn(t, addr, until); got == 2*want {
			break
		}
		time.Sleep(100 * time.Millisecond) // another program's clock
	}
	stop()
	wg.Wait()
	if st := s.Stats()[0]; got != 2*want || st.Refused != 0 || st.Sent != uint64(2*want+1) {
		t.Errorf("%d samples are there, not %d: %+v", got, 2*want, st)
	}
	if n := e.ends(t, addr); n != 1 {
		t.Errorf("%d stale markers are there", n)
	}
	return s.targets[0].protocol
}

// countIn is how many temperatures a database has in the last hour.
func countIn(t *testing.T, addr string, until int64) int {
	t.Helper()
	q := url.Values{"query": {"temperature[1h]"}, "time": {fmt.Sprint(until/1000 + 1)}, "nocache": {"1"}}
	resp, err := http.Get(addr + "/api/v1/query?" + q.Encode())
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Result []struct {
				Values [][2]any `json:"values"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range answer.Data.Result {
		for _, v := range r.Values {
			if v[1] != "NaN" { // VictoriaMetrics shows stale markers, too
				n++
			}
		}
	}
	return n
}

// exportedEnds is how many stale markers a VictoriaMetrics has, by its export.
func exportedEnds(t *testing.T, addr string) int {
	t.Helper()
	resp, err := http.Get(addr + "/api/v1/export?match[]=temperature&nocache=1&reduce_mem_usage=1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), "null") + strings.Count(string(text), "NaN")
}

// readEnds is how many stale markers a Prometheus has, by remote read.
func readEnds(t *testing.T, addr string) int {
	t.Helper()
	ask := &prompb.ReadRequest{Queries: []*prompb.Query{{
		StartTimestampMs: 0, EndTimestampMs: time.Now().UnixMilli(),
		Matchers: []*prompb.LabelMatcher{{Type: prompb.LabelMatcher_EQ, Name: metricName, Value: "temperature"}},
	}}}
	raw, err := ask.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(addr+"/api/v1/read", "application/x-protobuf", bytes.NewReader(snappy.Encode(nil, raw)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil {
		body, err = snappy.Decode(nil, body)
	}
	var answer prompb.ReadResponse
	if err == nil {
		err = answer.Unmarshal(body)
	}
	if err != nil {
		t.Fatalf("%v: %s", err, resp.Status)
	}
	n := 0
	for _, s := range answer.Results[0].Timeseries {
		for _, p := range s.Samples {
			if value.IsStaleNaN(p.Value) {
				n++
			}
		}
	}
	return n
}
