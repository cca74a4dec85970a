package remotewrite

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"picotop/internal/prometheustest"
	"picotop/internal/victoriatest"
)

// TestEngines sends an hour to real databases, and counts what is in them.
func TestEngines(t *testing.T) {
	for name, start := range map[string]func(*testing.T) string{
		"VictoriaMetrics": victoriatest.Start,
		"Prometheus": func(t *testing.T) string {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte("scrape_configs: []\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return prometheustest.Start(t, dir, "--web.enable-remote-write-receiver")
		},
	} {
		t.Run(name, func(t *testing.T) {
			addr := start(t)
			// VictoriaMetrics shows nothing of the last half minute.
			until := time.Now().Add(-time.Minute).UnixMilli()
			f := &fakeStore{from: until - 50*60*1000, until: until}
			s := New([]Target{{Name: "db", URL: always(addr + "/api/v1/write"), Since: time.Hour, Timeout: 30 * time.Second}},
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
				if got = countIn(t, addr, until); got == 2*want {
					break
				}
				time.Sleep(100 * time.Millisecond) // another program's clock
			}
			stop()
			wg.Wait()
			if st := s.Stats()[0]; got != 2*want || st.Refused != 0 || st.Sent != uint64(2*want) {
				t.Errorf("%d samples are there, not %d: %+v", got, 2*want, st)
			}
		})
	}
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
				Values []any `json:"values"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range answer.Data.Result {
		n += len(r.Values)
	}
	return n
}
