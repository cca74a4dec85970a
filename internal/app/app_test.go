package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/goldentest"
)

// TestWhatOthersRead holds what a whole program tells other programs, from the
// packet to the page: its metrics, and its house as JSON.
func TestWhatOthersRead(t *testing.T) {
	for name, kept := range map[string]bool{"without a history": false, "with a history": true} {
		t.Run(name, func(t *testing.T) {
			p := heardInstance(t, kept)
			name = "../../testdata/pages/" + strings.ReplaceAll(name, " ", "-")
			goldentest.Compare(t, name+"-metrics.txt", read(t, p, "/metrics"))
			goldentest.Compare(t, name+"-house.json", read(t, p, "/api/house"))
		})
	}
}

// read fetches a page, without what differs from one process, machine or build
// to the next.
func read(t *testing.T, p *instance, path string) []byte {
	t.Helper()
	page := httptest.NewRecorder()
	p.exporter.Handler().ServeHTTP(page, httptest.NewRequest(http.MethodGet, path, nil))
	if page.Code != http.StatusOK {
		t.Fatalf("%s: status %d", path, page.Code)
	}
	return []byte(settled(page.Body.String()))
}

// heardInstance is an instance that has heard something of everything at fixed
// times, and whose clock stands still.
func heardInstance(t *testing.T, kept bool) *instance {
	t.Helper()
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	cfg := Config{
		Version: "v1.0.0", NoHistory: !kept, Retention: history.DefaultRetention, MaxBytes: history.DefaultMaxBytes,
		Group: netip.MustParseAddr("239.0.0.1"), Ports: []uint16{11235, 9999},
	}
	if kept {
		cfg.Data = t.TempDir()
	}
	p := newInstance(cfg, slog.New(slog.DiscardHandler))
	p.now = func() time.Time { return now }
	if err := p.build(t.Context(), house.State{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	hear := func(from string, k feed.Packet) {
		k.From, k.Port, k.Heard = netip.MustParseAddrPort(from+":1024"), 11235, now
		p.recent.add(k)
		p.storeReadings(p.house.Apply(k))
	}
	for i := range 12 {
		hear("192.0.2.10", feed.Packet{Kind: feed.Temperature, Sensor: "28ff641f7616035c", Name: "ColdWaterTank", Celsius: 3.5 - float64(i)/8, Offset: -0.25})
		hear("192.0.2.10", feed.Packet{Kind: feed.Temperature, Sensor: "28ff641e8fdf18c1", Name: "Loft", Celsius: 4 + float64(i)/16})
		now = now.Add(10 * time.Second)
	}
	hear("192.0.2.10", feed.Packet{Kind: feed.Status, Name: "airing-cupboard", Text: "API 200 OK"})
	hear("192.0.2.11", feed.Packet{Kind: feed.Temperature, Sensor: "28ff4a02b3170485", Name: "Outside", Celsius: -1.5})
	hear("192.0.2.11", feed.Packet{Kind: feed.Temperature, Sensor: "28ff4a02b3170511", Name: "Garage", Celsius: 85})
	hear("192.0.2.11", feed.Packet{Kind: feed.Status, Name: "shed", Text: "API Exception"})
	hear("192.0.2.11", feed.Packet{Kind: feed.Other, Text: "hello"})
	now = now.Add(20 * time.Second)
	p.house.Advance(now)
	return p
}

func settled(page string) string {
	var lines []string
	for line := range strings.Lines(page) {
		if !changing.MatchString(line) {
			lines = append(lines, line)
		}
	}
	page = strings.Join(lines, "")
	page = regexp.MustCompile(`"program":"[^"]*","pid":\d+`).ReplaceAllString(page, `"program":"VERSION","pid":PID`)
	page = regexp.MustCompile(`"bytes":\d+`).ReplaceAllString(page, `"bytes":BYTES`)
	return regexp.MustCompile(`(?m)^(picotop_history_size_bytes) .*`).ReplaceAllString(page, "$1 BYTES")
}

var changing = regexp.MustCompile(`^(# (HELP|TYPE) )?(go_|process_|promhttp_|picotop_build_info)`)
