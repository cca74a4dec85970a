package cli

import (
	"context"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"golang.org/x/sync/errgroup"

	"picotop/exporter"
	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/host"
	"picotop/internal/peer"
	"picotop/internal/simulate"
	"picotop/ui"
)

const (
	// packetsWaiting is how many packets may wait between the sockets and the
	// house. When it is full feed drops and counts.
	packetsWaiting = 4096
	// rosterEvery is how often is looked whether a Pico moved or got a name.
	rosterEvery = 10 * time.Second
	// listenEvery is how often a taken HTTP port is tried again.
	listenEvery = 10 * time.Second
)

// A program is one running picotop.
type program struct {
	options
	now     func() time.Time
	started time.Time
	logger  *slog.Logger

	house    *house.House
	listener *feed.Listener
	store    *history.Store // nil if nothing is to be kept
	roster   history.Roster // as saved; build's, then keepRoster's, then close's
	recalled bool           // whether roster was loaded; likewise
	served   *exporter.Exporter
	web      web
	recent   recent
	unclaim  func() // nil unless this program says that it holds the data
}

// start runs what was asked for until ctx ends or the user quits.
func start(ctx context.Context, o options, s Streams) error {
	if !o.headless && !onTerminal(s) {
		return &noTerminalError{}
	}
	if o.webConfig != "" {
		if err := exporter.CheckWebConfig(o.webConfig); err != nil {
			return err
		}
	}
	if o.demo {
		remove, err := o.pretend()
		if err != nil {
			return err
		}
		defer remove()
	}
	logger, closeLog := openLog(o, s.Err)
	defer closeLog()

	if !o.headless {
		return watch(ctx, newTruth(o, logger), s)
	}
	p := newProgram(o, logger)
	if err := p.build(ctx, house.State{}); err != nil {
		return err
	}
	defer p.close()
	return p.run(ctx)
}

// watch shows the truth until ctx ends, the user quits or there is none.
func watch(ctx context.Context, t *truth, s Streams) error {
	// The standard library writes there of odd HTTP servers, over the screen.
	log.SetOutput(io.Discard)
	if err := t.begin(ctx); err != nil {
		return err
	}
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return t.run(ctx) })
	g.Go(func() error {
		defer quit()
		return ui.Run(ctx, ui.Config{
			Source: t, Changed: t.changed, Now: t.now, In: s.In, Out: s.Out,
			ASCII: t.ascii, Fahrenheit: t.fahrenheit,
		})
	})
	return g.Wait()
}

func newProgram(o options, logger *slog.Logger) *program {
	return &program{options: o, now: time.Now, started: time.Now(), logger: logger}
}

// onTerminal reports whether there is a person at the other end.
func onTerminal(s Streams) bool {
	for _, f := range []any{s.In, s.Out} {
		if file, ok := f.(*os.File); !ok || !term.IsTerminal(file.Fd()) {
			return false
		}
	}
	return true
}

// A noTerminalError says that there is nothing to draw on.
type noTerminalError struct{}

func (*noTerminalError) Error() string { return "the dashboard needs a terminal, and this is none" }

func (*noTerminalError) hint() string {
	return "without one, as a service, run: picotop --headless; through ssh: ssh -t HOST picotop"
}

// build makes the rooms, and fills the house with what history knows, and with
// what another picotop knew before it went away.
func (p *program) build(ctx context.Context, known house.State) error {
	cfg := house.Config{Limit: house.DefaultLimit, ColdIsNormal: []string{"Outside"}}
	if p.demo {
		cfg.ColdIsNormal = simulate.DemoColdIsNormal()
	}
	p.house = house.New(cfg)
	p.listener = feed.New(feed.Config{
		Group: p.group, Ports: p.ports, Interfaces: p.interfaces,
		Unicast: p.unicast, Bind: p.bind, Interval: p.house.LongestInterval, Now: p.now, Logger: p.logger,
	})
	if err := p.openStore(); err != nil {
		return err
	}
	served := exporter.Config{
		Source: p, Version: host.Version(""), Logger: p.logger, Now: p.now,
		House: peer.Handler(p, host.Version(""), os.Getpid()), WebConfig: p.webConfig,
	}
	if p.store != nil {
		served.History = p.store.Queryable()
	}
	p.served = exporter.New(served)
	if err := p.fill(ctx, known); err != nil {
		p.close()
		return err
	}
	return nil
}

// fill tells the house of the past.
func (p *program) fill(ctx context.Context, known house.State) error {
	if p.store != nil && p.isOpen() {
		if p.demo {
			if err := p.rememberDemo(); err != nil {
				return err
			}
		}
		if err := p.recall(ctx); err != nil {
			return err
		}
	}
	p.inherit(known)
	p.house.Resume(p.now())
	return nil
}

// close ends what build made.
func (p *program) close() {
	if p.store == nil {
		return
	}
	if p.unclaim != nil {
		p.unclaim()
	}
	if p.recalled { // else the roster there would be lost
		p.saveRoster()
	}
	if err := p.store.Close(); err != nil {
		p.logger.Error("closing the history", "err", err)
	}
}

// run starts every part but the screen, and stops all of them when one ends.
func (p *program) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	if p.headless {
		// A service that cannot be reached has no use: fail at once.
		ln, err := exporter.Listen(p.listen)
		if err != nil {
			return err
		}
		p.logger.Info("serving", "addr", ln.Addr().String(), "version", host.Version(""))
		g.Go(func() error { return p.serve(ctx, ln) })
	} else if p.exporter {
		g.Go(func() error { p.keepServing(ctx); return nil })
	}
	p.claim()
	if ln := p.openSocket(); ln != nil {
		g.Go(func() error { return p.served.Run(ctx, ln) })
	}

	if what := feed.Unsupported(); len(what) > 0 {
		p.logger.Info("not all can be done on this system", "missing", strings.Join(what, "; "))
	}
	packets := make(chan feed.Packet, packetsWaiting)
	g.Go(func() error { return p.listener.Run(ctx, packets) })
	g.Go(func() error { p.apply(ctx, packets); return nil })
	if p.store != nil {
		g.Go(func() error { return p.store.Run(ctx) })
		g.Go(func() error { return p.store.RunRollups(ctx) })
		g.Go(func() error { p.keepRoster(ctx); return nil })
	}
	if p.demo {
		g.Go(func() error { return p.sendDemo(ctx) })
	}
	return g.Wait()
}

// apply tells the house of each packet and of the time, and history of each
// reading and of what is wrong.
func (p *program) apply(ctx context.Context, packets <-chan feed.Packet) {
	logged := newPacketLog(p.logger)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.house.Advance(p.now())
			p.warn()
		case packet := <-packets:
			logged.add(packet)
			p.recent.add(packet)
			reading, ok := p.house.Apply(packet)
			if ok && p.store != nil {
				p.store.Append(history.Sample(reading))
			}
		}
	}
}

func (p *program) serve(ctx context.Context, ln net.Listener) error {
	p.web.opened(ln.Addr())
	defer p.web.closed("not serving")
	return p.served.Run(ctx, ln)
}

// keepServing serves beside the dashboard. A taken port is shown there, and
// tried again until it is free.
func (p *program) keepServing(ctx context.Context) {
	for ctx.Err() == nil {
		ln, err := exporter.Listen(p.listen)
		if err == nil {
			err = p.serve(ctx, ln)
		}
		if err != nil {
			p.web.closed(err.Error())
			p.logger.Error("serving", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(listenEvery):
		}
	}
}
