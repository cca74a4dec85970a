package ui

import (
	"context"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"picotop/house"
)

func BenchmarkView(b *testing.B) {
	for _, size := range []struct{ sensors, width, height int }{{24, 80, 24}, {60, 200, 60}} {
		name := fmt.Sprintf("%d sensors at %dx%d", size.sensors, size.width, size.height)
		f := many(size.sensors)
		m := newTestModel(f, size.width, size.height)

		b.Run(name+"/nothing changed", func(b *testing.B) {
			for b.Loop() {
				m.View()
			}
		})
		b.Run(name+"/one reading", func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				f.setReading(i%size.sensors, monday.Add(time.Duration(i)*time.Millisecond), float64(i%40)/16)
				m.Update(tickMsg{})
				m.View()
			}
		})
		b.Run(name+"/everything new", func(b *testing.B) {
			for b.Loop() {
				for _, r := range m.table.rows {
					r.sparkline = cachedSparkline{}
				}
				m.Update(tickMsg{})
				m.View()
			}
		})
	}
}

// A log as long as it gets, drawn once a second while it is open.
func BenchmarkLog(b *testing.B) {
	f := longPast()
	f.past = nil
	for i := range house.MaxPast {
		at := monday.Add(-time.Duration(i+200) * time.Minute)
		f.past = append(f.past, house.PastCondition{Kind: house.Near, Sensor: f.state.Sensors[1].ID, Label: "Loft", From: at, To: at.Add(30 * time.Second)})
	}
	m := newTestModel(f, 80, 24)
	press(m, "l")
	for b.Loop() {
		m.Update(tickMsg{})
		m.View()
	}
}

// countingWriter counts what is written to it.
type countingWriter struct {
	mu    sync.Mutex
	bytes int
}

func (m *countingWriter) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.bytes += len(p)
	return len(p), nil
}

func (m *countingWriter) total() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.bytes
}

// TestBytes runs the whole program for an hour of a fake clock, with 24
// sensors that each send every 10 s and change by at most a sixteenth of a
// degree, and counts what goes to the terminal.
func TestBytes(t *testing.T) {
	const limit = 200 // bytes a second
	synctest.Test(t, func(t *testing.T) {
		f := many(24)
		start := time.Now()
		for i := range f.state.Sensors {
			f.state.Sensors[i].Heard = start
		}
		f.health.Feed.Since, f.health.Metrics.Scraped = start, start
		ctx, cancel := context.WithCancel(t.Context())
		in, keys := io.Pipe()
		var out countingWriter
		done := make(chan error)
		go func() {
			done <- run(ctx, Config{
				Source: f, Location: time.UTC, In: in, Out: &out,
				Environ: []string{"TERM=xterm-256color"},
			}, tea.WithWindowSize(80, 24), tea.WithColorProfile(colorprofile.ANSI256))
		}()

		time.Sleep(5 * time.Second) // of the bubble's clock
		first := out.total()
		const minutes = 60
		for tick := range minutes * 600 { // ten a second, so that 24 speak in 10 s
			time.Sleep(100 * time.Millisecond)
			if i := tick % 100; i%4 == 0 && i/4 < 24 {
				now := f.State().Sensors[i/4].Celsius
				f.setReading(i/4, time.Now(), now+float64(tick*7919%3-1)/16)
			}
			if tick%150 == 0 {
				f.mu.Lock()
				f.health.Metrics.Scraped = time.Now()
				f.mu.Unlock()
			}
		}
		perSecond := float64(out.total()-first) / (minutes * 60)
		t.Logf("%d bytes for the first screen, then %.0f bytes a second", first, perSecond)
		if perSecond > limit {
			t.Errorf("%.0f bytes a second, want at most %d", perSecond, limit)
		}

		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = keys.Close()
	})
}
