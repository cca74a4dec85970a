package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/config"
	"picotop/internal/engine"
	"picotop/internal/goldentest"
	"picotop/internal/peer"
	"picotop/internal/prometheustest"
	"picotop/internal/sensorname"
	"picotop/internal/status"
	"picotop/internal/victoriatest"
	"picotop/ui"
)

// evening is the time of the houses in these tests.
var evening = time.Date(2026, time.January, 5, 21, 47, 0, 0, time.UTC)

// lookEvery is how often the Picos there send, and are scraped.
const lookEvery = 15 * time.Second

// A lookSensor is one of the house that is looked at from three sides.
type lookSensor struct {
	code, name, pico string
	addr             netip.Addr
	celsius          func(ago time.Duration) float64
	silentFor        time.Duration
}

func lookHouse() []lookSensor {
	airing, shed := netip.MustParseAddr("192.168.1.40"), netip.MustParseAddr("192.168.1.61")
	falling := func(end, perHour float64) func(time.Duration) float64 {
		return func(ago time.Duration) float64 { return sixteenths(end + perHour*min(ago.Hours(), 10)) }
	}
	return []lookSensor{
		{"28ff000000000001", "ColdWaterTank", "airing-cupboard", airing, falling(2.8125, 0.4), 0},
		{"28ff000000000002", "Loft", "airing-cupboard", airing, falling(9, 0), 0},
		{"28ff000000000003", "Outside", "airing-cupboard", airing, falling(-1.9375, 0.5), 0},
		{"28ff000000000004", "LogStore", "shed", shed, falling(5.5, 0.1), 2 * time.Hour},
	}
}

func sixteenths(c float64) float64 { return float64(int(c*16)) / 16 }

// lookPackets are those of the day, in the order in which they came.
func lookPackets() []feed.Packet {
	var all []feed.Packet
	for i, s := range lookHouse() {
		for ago := 24 * time.Hour; ago > 0; ago -= lookEvery {
			at := evening.Add(-ago + time.Duration(i)*time.Second)
			if ago > s.silentFor {
				all = append(all, feed.Packet{
					Kind: feed.Temperature, Sensor: s.code, Name: s.name, Celsius: s.celsius(ago),
					From: netip.AddrPortFrom(s.addr, 5000), Heard: at,
				})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b feed.Packet) int { return a.Heard.Compare(b.Heard) })
	return all
}

// lookPage is what a program that is scraped shows of a sensor after a packet.
func lookPage(b *strings.Builder, s lookSensor, at, heard time.Time, celsius float64, own bool, unit int64) {
	names := fmt.Sprintf("friendly_name=%q,sensor_name=%q", sensorname.Friendly(s.name), s.name)
	write := func(metric, labels, value string) {
		stamp := fmt.Sprint(at.UnixMilli())
		if unit == 1000 { // OpenMetrics has seconds
			stamp = fmt.Sprintf("%d.%03d", at.Unix(), at.UnixMilli()%1000)
		}
		fmt.Fprintf(b, "%s{%s} %s %s\n", metric, labels, value, stamp)
	}
	seen := fmt.Sprintf("%.3f", float64(heard.UnixMilli())/1000)
	told := names + `,instance="raspberrypi:8000"`
	write("temperature", told, fmt.Sprint(celsius))
	write("temperature_last_seen_timestamp", told, seen)
	if own {
		told += fmt.Sprintf(",sensor=%q,pico=%q", s.code, s.pico)
		write("picotop_temperature_celsius", told, fmt.Sprint(celsius))
		write("picotop_last_seen_timestamp_seconds", told, seen)
	}
	if own && s.name != "Loft" && s.name != "Outside" { // once for each Pico
		write("picotop_pico_last_seen_timestamp_seconds", fmt.Sprintf("address=%q,pico=%q", s.addr, s.pico), seen)
	}
}

// lookSamples are the pages as they were scraped, in the text format of Prometheus with
// times in milliseconds, or in OpenMetrics. A silent sensor is repeated.
func lookSamples(own, openMetrics bool) string {
	unit := int64(1)
	if openMetrics {
		unit = 1000
	}
	var b strings.Builder
	for i, s := range lookHouse() {
		var heard time.Time
		var celsius float64
		for ago := 24 * time.Hour; ago > 0; ago -= lookEvery {
			at := evening.Add(-ago + time.Duration(i)*time.Second)
			if ago > s.silentFor {
				heard, celsius = at, s.celsius(ago)
			}
			lookPage(&b, s, at.Add(500*time.Millisecond), heard, celsius, own, unit)
		}
	}
	return b.String()
}

// A lookServer is a picotop that heard the packets itself.
type lookServer struct {
	house *house.House
	store *history.Store
}

func (l lookServer) State() house.State            { return l.house.State(evening) }
func (l lookServer) Packets() []feed.Packet        { return nil }
func (l lookServer) Decide(d house.Decision) error { return l.house.Decide(d) }

func (l lookServer) Status() status.Status {
	return status.Status{Feed: feed.Health{LastHeard: evening}, History: status.History{Off: true}}
}

func (l lookServer) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	return l.store.Range(ctx, sensor, from, to, step)
}

func (l lookServer) Past(context.Context, time.Time, time.Time) ([]house.PastCondition, error) {
	return nil, nil
}

func newLookServer(t *testing.T) lookServer {
	t.Helper()
	l := lookServer{house: house.New(house.Config{Rules: config.Default().Rules()})}
	var table bytes.Buffer
	w := history.NewWriter(&table, history.OpenMetrics)
	for _, p := range lookPackets() {
		for _, r := range l.house.Apply(p) {
			if err := w.Write(history.Sample(r)); err != nil {
				t.Fatal(err)
			}
		}
		l.house.Advance(p.Heard)
	}
	for _, s := range lookHouse() {
		l.house.RecallPico(s.addr, s.pico)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cfg := history.Config{Dir: t.TempDir(), Now: func() time.Time { return evening }}
	if _, err := history.Import(t.Context(), cfg, &table); err != nil {
		t.Fatal(err)
	}
	var err error
	if l.store, err = history.Open(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// A countingSource says when the past of so many sensors was read.
type countingSource struct {
	ui.Source
	mu   sync.Mutex
	left int
	done chan struct{}
}

func (c *countingSource) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	b, err := c.Source.Range(ctx, sensor, from, to, step)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left--; c.left == 0 {
		close(c.done)
	}
	return b, err
}

// look returns the table that a dashboard leaves on an 80 columns wide terminal, with no room for a chart beside it.
func look(t *testing.T, source ui.Source) string {
	t.Helper()
	master, tty, err := pty.Open()
	if err != nil {
		t.Skip("no terminal can be opened here: ", err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 16, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	var reading sync.WaitGroup
	reading.Go(func() { _, _ = io.Copy(&out, master) }) // it ends with an error, as a terminal does
	counting := &countingSource{Source: source, left: len(lookHouse()), done: make(chan struct{})}
	changed := make(chan struct{})
	reading.Go(func() {
		select {
		case <-counting.done:
		case <-time.After(time.Minute):
		}
		// What was read goes the same way as these, and may be behind some of them.
		for range 200 {
			changed <- struct{}{}
		}
		_, _ = master.WriteString("q")
	})
	err = ui.Run(t.Context(), ui.Config{
		Source: counting, Changed: changed, Now: func() time.Time { return evening }, Location: time.UTC, In: tty, Out: tty,
		Environ: []string{"TERM=xterm-256color", "LANG=C.UTF-8", "NO_COLOR=1"}, NoBell: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = tty.Close()
	reading.Wait()
	_ = master.Close()
	text := strings.ReplaceAll(ansi.Strip(out.String()), "\r\n", "\n")
	return text[max(strings.LastIndex(text, " picotop  "), 0):]
}

// lookAt opens the engine at an address as of that evening.
func lookAt(t *testing.T, address string) *engineView {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return evening }
	client, err := engine.New(engine.Config{Target: peer.Target{URL: u}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	v, err := openEngine(t.Context(), Config{}, client, slog.New(slog.DiscardHandler), now)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// prometheusWith starts a Prometheus that keeps samples.
func prometheusWith(t *testing.T, m prometheustest.Major, openMetrics string) string {
	t.Helper()
	m.Need(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"prometheus.yml": "global:\n  scrape_interval: 1h\n", "samples.om": openMetrics + "# EOF\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m.Promtool(t, dir, "tsdb", "create-blocks-from", "openmetrics", "samples.om", "data")
	return m.Start(t, dir)
}

func TestTheHouseLooksTheSameFromEverywhere(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Prometheus and VictoriaMetrics")
	}
	t.Run("a picotop that heard it", func(t *testing.T) {
		server := httptest.NewServer(peer.Handler(newLookServer(t), "test", 1))
		defer server.Close()
		u, err := url.Parse(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		a := newAttach(Config{From: &peer.Target{URL: u}}, slog.New(slog.DiscardHandler))
		if err := a.begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer a.closeClient()
		goldentest.Compare(t, "testdata/look.txt", []byte(look(t, a)))
	})
	for scraped, golden := range map[string]string{"picotop": "testdata/look.txt", "the first exporter": "testdata/look-first-exporter.txt"} {
		for name, start := range scrapers(scraped == "picotop") {
			t.Run(name+" that scraped "+scraped, func(t *testing.T) {
				goldentest.Compare(t, golden, []byte(look(t, lookAt(t, start(t)))))
			})
		}
	}
}

// scrapers are the engines that scraped picotop, or the first exporter, for that day.
func scrapers(own bool) map[string]func(*testing.T) string {
	return enginesWith(func(openMetrics bool) string { return lookSamples(own, openMetrics) })
}

// enginesWith are all engines, each to be started with samples.
func enginesWith(samples func(openMetrics bool) string) map[string]func(*testing.T) string {
	all := map[string]func(*testing.T) string{}
	for _, m := range prometheustest.Majors {
		all[m.String()] = func(t *testing.T) string { return prometheusWith(t, m, samples(true)) }
	}
	for _, a := range victoriatest.Ages {
		all[string(a)] = func(t *testing.T) string {
			address := a.Start(t)
			importInto(t, address, samples(false))
			return address
		}
	}
	return all
}

// importInto has a VictoriaMetrics take in samples, and returns when they can be read.
func importInto(t *testing.T, address, samples string) {
	t.Helper()
	resp, err := http.Post(address+"/api/v1/import/prometheus", "text/plain", strings.NewReader(samples))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	victoriatest.Flush(t, address)
}
