package ui

import (
	"context"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/goldentest"
	"picotop/internal/picture"
	"picotop/internal/simulate"
	"picotop/internal/status"
)

// demoSource is the made-up house on one evening, as the program would know it.
type demoSource struct {
	*fakeSource
	readings map[string][]feed.Packet // by sensor, oldest first
}

// newDemoSource has a house hear the day of the demo.
func newDemoSource(now time.Time) *demoSource {
	d := &demoSource{fakeSource: newFakeSource(), readings: map[string][]feed.Packet{}}
	from := map[string]simulate.DemoPico{} // by ROM code
	var packets []feed.Packet
	for _, pico := range simulate.DemoPicos() {
		for _, s := range pico.Sensors {
			from[s.ROM] = pico
		}
	}
	simulate.DemoDay(now, func(s simulate.DemoSensor, at time.Time, celsius float64) {
		sender := netip.AddrPortFrom(from[s.ROM].Addr, 50000)
		p := feed.Packet{Kind: feed.Temperature, Sensor: s.ROM, Name: s.Name, Celsius: celsius, From: sender, Port: 9999, Heard: at}
		packets = append(packets, p)
		d.readings[s.ROM] = append(d.readings[s.ROM], p)
		if pico := from[s.ROM]; pico.Name != "" && s.ROM == pico.Sensors[len(pico.Sensors)-1].ROM {
			packets = append(packets, feed.Packet{Kind: feed.Status, Name: pico.Name, Text: "API 200 OK", From: sender, Port: 9999, Heard: at})
		}
	})
	slices.SortStableFunc(packets, func(a, b feed.Packet) int { return a.Heard.Compare(b.Heard) })
	h := house.New(house.Config{Rules: house.Rules{Limit: house.DefaultLimit}})
	for _, p := range packets {
		h.Advance(p.Heard)
		h.Apply(p)
	}
	h.Advance(now)
	d.state = h.State(now)
	d.health.Demo = true
	d.health.Feed, d.health.Metrics = feed.Health{}, status.Metrics{}
	d.health.History = status.History{Span: 25 * time.Hour, Bytes: 900_000, MaxSpan: 5 * 365 * 24 * time.Hour, MaxBytes: 1 << 30}
	return d
}

// Range sums the readings up.
func (d *demoSource) Range(_ context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	start := bucketStart(from, step)
	buckets := make([]history.Bucket, int(to.Sub(start)/step)+1)
	for i := range buckets {
		buckets[i].Start = start.Add(time.Duration(i) * step)
	}
	for _, p := range d.readings[sensor] {
		if p.Heard.Before(start) || p.Heard.After(to) {
			continue
		}
		b := &buckets[int(p.Heard.Sub(start)/step)]
		if b.Count == 0 {
			b.Min, b.Max = p.Celsius, p.Celsius
		}
		b.Min, b.Max = min(b.Min, p.Celsius), max(b.Max, p.Celsius)
		b.Mean = (b.Mean*float64(b.Count) + p.Celsius) / float64(b.Count+1)
		b.Count++
	}
	return buckets, nil
}

func (d *demoSource) load(req rangeRequest) tea.Msg {
	b, err := d.Range(context.Background(), req.sensor, req.from, req.to, req.step)
	return rangeResult{request: req, buckets: b, err: err}
}

// TestPictures holds the pictures in the documents to what the screens are. Where they
// differ on purpose,
//
//	go test ./ui -run Pictures -update
//
// draws them anew.
func TestPictures(t *testing.T) {
	d := newDemoSource(time.Date(2026, time.January, 5, 21, 47, 0, 0, time.UTC))
	tests := map[string]struct {
		width, height int
		keys          []string
		theme         string
		about         string
	}{
		"screen":       {80, 24, nil, "dark", "The dashboard: ten sensors on three Picos, a cold water tank that is freezing and a shed that has gone silent"},
		"screen-light": {80, 24, nil, "light", "The dashboard on a light terminal"},
		"detail":       {80, 28, []string{"down", "enter"}, "dark", "The chart of the cold water tank: 24 hours, falling through its limit of 3 degrees, with low, mean and high"},
		"phone":        {40, 20, nil, "dark", "The dashboard on a phone, 40 columns wide"},
		"wide":         {200, 60, []string{"down"}, "dark", "The dashboard on a whole screen: the table, the chart of the selected sensor and the events side by side"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := newModel(Config{Source: d, Now: func() time.Time { return d.state.At }, Location: time.UTC, Theme: tt.theme}, d.load, nil)
			send(m, tea.WindowSizeMsg{Width: tt.width, Height: tt.height})
			for _, k := range tt.keys {
				press(m, k)
			}
			send(m, tickMsg{})
			view := m.View()
			svg := picture.Picture{
				Frame: view.Content, Width: tt.width, Height: tt.height,
				Title: "picotop --demo", About: tt.about, Light: tt.theme == "light",
			}.SVG()
			goldentest.Compare(t, filepath.Join("..", "docs", name+".svg"), svg)
			if name == "screen" || name == "detail" {
				goldentest.Compare(t, filepath.Join("testdata", "styled-"+name+".txt"), []byte(visible(view)))
			}
			if t.Failed() {
				t.Log("the pictures in docs are drawn anew by: go test ./ui -run Pictures -update")
			}
		})
	}
}

// escapes writes the one control character that frames hold as it is written in Go.
var escapes = strings.NewReplacer("\x1b", `\e`)

// visible is a frame with the styles, whose escape characters an editor shows.
func visible(v tea.View) string {
	return escapes.Replace(v.Content) + "\n"
}
