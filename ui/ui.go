// Package ui shows the house on a terminal: in one second a person sees
// whether anything is freezing or has gone silent.
//
// [Run] draws what a [Source] returns until the user quits. It promises to put
// the terminal back as it was, to end when its context does or the terminal
// is gone, and to cost next to nothing while nothing happens: it polls the
// Source once a second, draws only when something changed (frame_clock.go), and
// sends only that, some 60 bytes a second for 24 sensors. A terminal that has lost
// the focus is brought up to date each ten seconds, and at once when what is wrong
// has changed (focus.go).
//
// Inside there is one Bubble Tea model. It owns the panes, which are plain
// structs and functions that fill the rectangle they are given, at any size.
// They draw from a viewState: its locale writes numbers and times, its theme
// holds the styles, and a line lays text out in cells.
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

	"picotop/house"
)

// A Config says what to show and where. Only Source is required.
type Config struct {
	Source Source

	// Houses is where several houses are listed and opened; nil if there is one alone.
	Houses Houses

	// Changed, if not nil, makes Run poll the Source before the second is over.
	// A value sent without a change costs one poll.
	Changed <-chan struct{}

	Now      func() time.Time // nil means time.Now
	Location *time.Location   // of the times on the screen; nil means time.Local

	// In and Out are the terminal; nil means the one this process runs on.
	// A read from an In that is not a file cannot be interrupted: it outlives
	// Run until it returns.
	In  io.Reader
	Out io.Writer
	// Remote says that they are not a terminal of this process; nil means that they are.
	Remote *Remote
	// Environ describes the terminal by TERM, NO_COLOR and the like; nil means
	// this process's environment.
	Environ []string

	// NoDecisions says in one sentence why the user may not decide about warnings; empty
	// means that the user may.
	NoDecisions string

	// Export writes what a chart shows into a new file, and says where that is. It is
	// called from a command. Nil means that nothing can be exported.
	Export func(Export) (path string, err error)

	// Doctor finds out why nothing is heard, and reports line by line. It may take half
	// a minute, is called from a command, and ends when ctx does. Nil means that there is
	// none.
	Doctor func(ctx context.Context) []DoctorLine

	NoBell     bool // do not call the user by a bell or a message of the terminal
	ASCII      bool // draw with ASCII alone
	Fahrenheit bool // begin with degrees Fahrenheit; the user may switch

	Sort  string // to begin with: "pico", "coldest", "name" or "age"; empty is the first
	Theme string // one of Themes; empty is the first
}

const (
	// How long one load of history may take before its row goes without.
	loadTimeout = 10 * time.Second
	// How long it may take to read the last day of a house.
	openTimeout = loadTimeout * 6
	// How long one decision may take.
	decideTimeout = 5 * time.Second
)

// Run shows the house until the user quits, ctx is done or the terminal is
// gone; it then returns nil in all three cases. Before it returns it restores
// the terminal, prints the last table to it as plain text, and waits until no
// call to the Source is under way.
func Run(ctx context.Context, cfg Config) error {
	return run(ctx, cfg)
}

// run is Run with further options for Bubble Tea, which tests need.
func run(ctx context.Context, cfg Config, options ...tea.ProgramOption) error {
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

	calls := newCalls(ctx)
	m := modelOf(ctx, cfg, calls)
	if cfg.Remote != nil {
		options = append(options, cfg.Remote.options(cfg.Environ)...)
	}
	inAltScreen := tty.drawFirstFrame(m, cfg.Environ)
	program := tea.NewProgram(m, append([]tea.ProgramOption{
		tea.WithInput(tty.in),
		tea.WithOutput(tty.out),
		tea.WithEnvironment(cfg.Environ),
		tea.WithFPS(framesPerSecond),
		tea.WithoutSignalHandler(), // signals are main's: they end ctx
	}, options...)...)

	m.clock.program = program

	var ticking sync.WaitGroup
	ticking.Go(func() { tick(ctx, cfg.Changed, program) })
	if cfg.Remote != nil {
		ticking.Go(func() { cfg.Remote.follow(ctx, program) })
	}
	_, err = program.Run()
	m.clock.stop()
	if inAltScreen {
		tty.leaveAltScreen()
	}
	cancel()
	ticking.Wait()
	calls.wait()

	switch {
	case tty.failed.Load():
		return nil
	case err != nil:
		return fmt.Errorf("drawing the screen: %w", err)
	}
	// If this fails the terminal is gone, and with it whoever might read an error.
	_, _ = io.WriteString(tty.out, m.finalTable())
	return nil
}

// modelOf makes the model, with the calls that it may make.
func modelOf(ctx context.Context, cfg Config, calls *calls) *model {
	m := newModel(cfg, func(req rangeRequest) tea.Msg {
		return calls.run(loadTimeout, func(ctx context.Context) tea.Msg {
			buckets, err := cfg.Source.Range(ctx, req.sensor, req.from, req.to, req.step)
			return rangeResult{request: req, buckets: buckets, err: err}
		})
	}, func(d house.Decision) tea.Msg {
		ctx, cancel := context.WithTimeout(ctx, decideTimeout)
		defer cancel()
		return decisionResult{cfg.Source.Decide(ctx, d)}
	})
	m.readPast = func(req pastRequest) tea.Msg {
		return calls.run(loadTimeout, func(ctx context.Context) tea.Msg {
			list, err := cfg.Source.Past(ctx, req.from, req.to)
			return pastResult{request: req, list: list, err: err}
		})
	}
	m.openHouse = func(house string) tea.Msg {
		return calls.run(openTimeout, func(ctx context.Context) tea.Msg {
			return houseOpened{cfg.Houses.Open(ctx, house)}
		})
	}
	if cfg.Doctor != nil {
		m.diagnose = func() tea.Msg {
			return calls.run(0, func(ctx context.Context) tea.Msg { return doctorResult{cfg.Doctor(ctx)} })
		}
	}
	return m
}

// tick makes the model refresh once a second and when changed says so, and the
// program quit when ctx is done. Bubble Tea has its own ways for both, but leaves
// things behind: a tea.Tick sleeps on after the end, and a program that ends with
// its context closes its input while a read of it is under way.
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
