package ui

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestWhoMayOnlyLook(t *testing.T) {
	for _, size := range [][2]int{{40, 20}, {80, 24}, {200, 60}} {
		f := winter()
		m := newTestModel(f, size[0], size[1], func(c *Config) { c.NoDecisions = "You may only look." })
		press(m, "a", "enter", "z", "c", "down", "enter")
		checkFrame(t, m)
		frame := render(m)
		if len(f.decisions) > 0 || !strings.Contains(frame, "You may only look.") || strings.Contains(frame, "snooze:") {
			t.Errorf("%v: decided %v:\n%s", size, f.decisions, frame)
		}
	}
}

func TestATerminalElsewhereStopsNothing(t *testing.T) {
	m := newTestModel(winter(), 80, 24, func(c *Config) { c.Remote = &Remote{} })
	if _, cmd := m.Update(tea.KeyPressMsg{Code: 'z', Mod: tea.ModCtrl}); cmd != nil {
		t.Errorf("ctrl+z makes it %T", cmd())
	}
}

// A terminal elsewhere is a stream, and its sizes are told.
func TestATerminalElsewhere(t *testing.T) {
	in, keys := io.Pipe()
	screen, out := io.Pipe()
	sizes := make(chan Size)
	done := make(chan error, 1)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	go func() {
		done <- Run(ctx, Config{
			Source: winter(), Now: func() time.Time { return monday }, Location: time.UTC, In: in, Out: out,
			Environ: []string{"TERM=xterm-256color", "SSH_TTY=ssh"}, Remote: &Remote{Size: Size{80, 24}, Resized: sizes},
		})
		_ = out.Close()
	}()
	var got strings.Builder
	buf := make([]byte, 4096)
	read := func(until string) {
		for !strings.Contains(got.String(), until) {
			n, err := screen.Read(buf)
			got.Write(buf[:n])
			if err != nil {
				t.Fatalf("%v, without %q in %q", err, until, got.String())
			}
		}
	}
	read("Cold Water Tank")
	if !strings.Contains(got.String(), "\x1b[38;5;") && !strings.Contains(got.String(), "\x1b[1;") {
		t.Errorf("no colours in %q", got.String())
	}
	got.Reset()
	sizes <- Size{40, 20}
	read("Cold Water Tank")
	go func() { _, _ = keys.Write([]byte("q")) }()
	_, _ = io.Copy(io.Discard, screen)
	_ = keys.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
