// Package ui shows the house on a terminal: in one second a person sees
// whether anything is freezing or has gone silent.
//
// [Run] draws what a [Source] tells until the user quits. It promises to put
// the terminal back as it was, to end when its context does or the terminal
// is gone, and to cost next to nothing while nothing happens: it looks at the
// Source once a second and sends only what changed, some 60 bytes a second for
// 24 sensors.
//
// Inside there is one Bubble Tea model. It owns the panes, which are plain
// structs and functions that fill the rectangle they are given, at any size.
// Words and numbers are written by a format, coloured by a theme, and laid out
// in cells by a line.
//
// The package knows nothing of sockets, files or Prometheus, and no name of
// Bubble Tea leaves it.
package ui

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
)

// A Config says what to show and where. Only Source is required.
type Config struct {
	Source Source

	// Changed, if not nil, says that it is worth a look at the Source before
	// the second is over. One word too many costs a look.
	Changed <-chan struct{}

	Now      func() time.Time // nil means time.Now
	Location *time.Location   // of the times on the screen; nil means time.Local

	// In and Out are the terminal; nil means the one this process runs on.
	// A read from an In that is not a file cannot be interrupted: it outlives
	// Run until it returns.
	In  io.Reader
	Out io.Writer
	// Environ tells of the terminal as TERM, NO_COLOR and the like do; nil
	// means this process's environment.
	Environ []string

	ASCII      bool // draw with ASCII alone
	Fahrenheit bool // begin with degrees Fahrenheit; the user may switch
}

const (
	// Ten frames a second: a key press shows at once to the eye, and an idle
	// Bubble Tea takes a fifth of what its usual sixty take.
	framesPerSecond = 10
	// How long one load of history may take before its row does without.
	loadTimeout = 10 * time.Second
)

// Run shows the house until the user quits, ctx is done or the terminal is
// gone; it then returns nil in all three cases. Before it returns it restores
// the terminal, prints the last table to it as plain text, and waits until no
// call to the Source is under way.
func Run(ctx context.Context, cfg Config) error {
	return run(ctx, cfg)
}

// run is Run with a door for tests: more goes to Bubble Tea.
func run(ctx context.Context, cfg Config, more ...tea.ProgramOption) error {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Location == nil {
		cfg.Location = time.Local
	}
	if cfg.Environ == nil {
		cfg.Environ = os.Environ()
	}

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	tty, err := openTerminal(cfg.In, cfg.Out, cancel)
	if err != nil {
		return err
	}
	defer tty.close()

	// Each load holds a slot, so that the end can wait for them all.
	slots := make(chan struct{}, maxConcurrentLoads)
	m := newModel(cfg, func(req rangeRequest) tea.Msg {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			return nil
		}
		ctx, cancel := context.WithTimeout(ctx, loadTimeout)
		defer cancel()
		buckets, err := cfg.Source.Range(ctx, req.sensor, req.from, req.to, req.step)
		return rangeResult{request: req, buckets: buckets, err: err}
	})
	painted := tty.firstFrame(m, cfg.Environ)
	program := tea.NewProgram(m, append([]tea.ProgramOption{
		tea.WithInput(tty.in),
		tea.WithOutput(tty.out),
		tea.WithEnvironment(cfg.Environ),
		tea.WithFPS(framesPerSecond),
		tea.WithoutSignalHandler(), // signals are main's: they end ctx
	}, more...)...)

	var ticking sync.WaitGroup
	ticking.Go(func() { tick(ctx, cfg.Changed, program) })
	_, err = program.Run()
	if painted {
		tty.unpaint()
	}
	cancel()
	ticking.Wait()
	for range cap(slots) {
		slots <- struct{}{}
	}

	switch {
	case tty.gone.Load():
		return nil
	case err != nil:
		return fmt.Errorf("drawing the screen: %w", err)
	}
	// The screen is gone already, and with it the one who might be told.
	_, _ = io.WriteString(tty.out, m.farewell())
	return nil
}

// tick makes the model look at the house once a second, and the program quit
// when ctx is done. Bubble Tea has its own ways for both, but leaves things
// behind: a tea.Tick sleeps on after the end, and a program that ends with its
// context closes its input before the one who reads it has let go.
func tick(ctx context.Context, changed <-chan struct{}, program *tea.Program) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			program.Quit()
			return
		case <-t.C:
			program.Send(tickMsg{})
		case <-changed:
			program.Send(tickMsg{})
		}
	}
}
