package ui

import (
	"context"
	"io"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"picotop/house"
)

// startRun runs the whole program in a bubble, and hands back what its terminal got.
func startRun(t *testing.T, f *fakeSource) (out *countingWriter, keys io.Writer) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	in, typed := io.Pipe()
	out = &countingWriter{}
	done := make(chan error)
	go func() {
		done <- run(ctx, Config{
			Source: f, Location: time.UTC, In: in, Out: out,
			Environ: []string{"TERM=xterm-256color", "SSH_TTY=/dev/pts/0"},
		}, tea.WithWindowSize(80, 24), tea.WithColorProfile(colorprofile.ANSI256))
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = typed.Close()
	})
	time.Sleep(5 * time.Second) // of the bubble's clock
	return out, typed
}

// TestFrames holds what is drawn to when it must show.
func TestFrames(t *testing.T) {
	silent := func(s *house.State) {
		s.Conditions = append([]house.Condition{{Kind: house.Silent, Sensor: 1, Pico: -1, Since: s.At}}, s.Conditions...)
	}
	tests := map[string]struct {
		typed  string
		change func(*house.State)
		within time.Duration
	}{
		"a key":                            {"?", nil, 25 * time.Millisecond},
		"a reading":                        {"", func(s *house.State) { s.Sensors[0].Celsius++ }, 1150 * time.Millisecond},
		"a warning without the focus":      {"\x1b[O", silent, 1150 * time.Millisecond},
		"a reading without the focus":      {"\x1b[O", func(s *house.State) { s.Sensors[0].Celsius++ }, 10150 * time.Millisecond},
		"that the mouse is to be reported": {"m", nil, 25 * time.Millisecond},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := calm()
				f.state.At = time.Now()
				out, keys := startRun(t, f)
				before := out.total()
				if _, err := io.WriteString(keys, tt.typed); err != nil {
					t.Fatal(err)
				}
				if tt.change != nil {
					f.update(tt.change)
				}
				start := time.Now()
				for out.total() == before && time.Since(start) < time.Minute {
					time.Sleep(time.Millisecond)
				}
				if took := time.Since(start); took > tt.within {
					t.Errorf("it shows after %v, want %v", took, tt.within)
				}
			})
		})
	}
}

// TestFrameTicker says so when Bubble Tea has come to keep its ticker elsewhere. Then
// frame_clock.go needs another way, or a key shows only after a tenth of a second.
func TestFrameTicker(t *testing.T) {
	program := tea.NewProgram(nil)
	if frameTicker(program) != nil {
		t.Error("a program that does not run has a ticker")
	}
	synctest.Test(t, func(t *testing.T) {
		f := calm()
		in, typed := io.Pipe()
		m := newTestModel(f, 80, 24)
		p := tea.NewProgram(m, tea.WithInput(in), tea.WithOutput(io.Discard), tea.WithWindowSize(80, 24), tea.WithoutSignalHandler())
		done := make(chan error)
		go func() { _, err := p.Run(); done <- err }()
		synctest.Wait()
		if frameTicker(p) == nil {
			t.Error("a running program has no ticker")
		}
		p.Quit()
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = typed.Close()
	})
}
