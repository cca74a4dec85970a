package app

import (
	"context"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"picotop/exporter"
	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/peer"
	"picotop/internal/simulate"
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

// An instance is one running picotop.
type instance struct {
	Config
	now     func() time.Time
	started time.Time
	logger  *slog.Logger

	house    *house.House
	listener *feed.Listener
	store    *history.Store // nil if nothing is to be kept
	roster   history.Roster // as saved; build's, then keepRoster's, then close's
	restored bool           // whether roster was loaded; likewise
	exporter *exporter.Exporter
	http     httpState
	recent   recentPackets
	unlock   func() // takes the lock info away; nil if there is none
}

func newInstance(cfg Config, logger *slog.Logger) *instance {
	return &instance{Config: cfg, now: time.Now, started: time.Now(), logger: logger}
}

// build makes the rooms, and tells the house what history knows, and what another
// picotop knew before it went away.
func (i *instance) build(ctx context.Context, known house.State) error {
	cfg := house.Config{Limit: house.DefaultLimit, ColdIsNormal: []string{"Outside"}}
	if i.Demo {
		cfg.ColdIsNormal = simulate.DemoColdIsNormal()
	}
	i.house = house.New(cfg)
	i.listener = feed.New(feed.Config{
		Group: i.Group, Ports: i.Ports, Interfaces: i.Interfaces,
		Unicast: i.Unicast, Bind: i.Bind, Interval: i.house.LongestInterval, Now: i.now, Logger: i.logger,
	})
	if err := i.openStore(); err != nil {
		return err
	}
	served := exporter.Config{
		Source: i, Version: i.Version, Logger: i.logger, Now: i.now,
		House: peer.Handler(i, i.Version, os.Getpid()), WebConfig: i.WebConfig,
	}
	if i.store != nil {
		served.History = i.store.Queryable()
	}
	i.exporter = exporter.New(served)
	if err := i.restoreHouse(ctx, known); err != nil {
		i.close()
		return err
	}
	return nil
}

// restoreHouse tells the house of the past.
func (i *instance) restoreHouse(ctx context.Context, known house.State) error {
	if i.store != nil && i.isOpen() {
		if i.Demo {
			if err := i.storeDemoDay(); err != nil {
				return err
			}
		}
		if err := i.restore(ctx); err != nil {
			return err
		}
	}
	i.restoreFrom(known)
	i.house.Resume(i.now())
	return nil
}

// close ends what build made.
func (i *instance) close() {
	if i.store == nil {
		return
	}
	if i.unlock != nil {
		i.unlock()
	}
	if i.restored { // else the roster there would be lost
		i.saveRoster()
	}
	if err := i.store.Close(); err != nil {
		i.logger.Error("closing the history", "err", err)
	}
}

// run starts every part but the screen, and stops all of them when one ends.
func (i *instance) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	if i.headless {
		// A service that cannot be reached has no use: fail at once.
		ln, err := exporter.Listen(i.Listen)
		if err != nil {
			return err
		}
		i.logger.Info("serving", "addr", ln.Addr().String(), "version", i.Version)
		g.Go(func() error { return i.serve(ctx, ln) })
	} else if i.Exporter {
		g.Go(func() error { i.keepServing(ctx); return nil })
	}
	i.writeLockInfo()
	if ln := i.openSocket(); ln != nil {
		g.Go(func() error { return i.exporter.Run(ctx, ln) })
	}

	if what := feed.Unsupported(); len(what) > 0 {
		i.logger.Info("not all can be done on this system", "missing", strings.Join(what, "; "))
	}
	packets := make(chan feed.Packet, packetsWaiting)
	g.Go(func() error { return i.listener.Run(ctx, packets) })
	g.Go(func() error { i.apply(ctx, packets); return nil })
	if i.store != nil {
		g.Go(func() error { return i.store.Run(ctx) })
		g.Go(func() error { return i.store.RunRollups(ctx) })
		g.Go(func() error { i.keepRoster(ctx); return nil })
	}
	if i.Demo {
		g.Go(func() error { return i.sendDemo(ctx) })
	}
	return g.Wait()
}

// apply tells the house of each packet and of the time, and history of each
// reading and of what is wrong.
func (i *instance) apply(ctx context.Context, packets <-chan feed.Packet) {
	packetLog := newPacketLog(i.logger)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			i.house.Advance(i.now())
			i.storeAlerts()
		case packet := <-packets:
			packetLog.add(packet)
			i.recent.add(packet)
			reading, ok := i.house.Apply(packet)
			if ok && i.store != nil {
				i.store.Append(history.Sample(reading))
			}
		}
	}
}

func (i *instance) serve(ctx context.Context, ln net.Listener) error {
	i.http.opened(ln.Addr())
	defer i.http.closed("not serving")
	return i.exporter.Run(ctx, ln)
}

// keepServing serves beside the dashboard. A taken port is shown there, and
// tried again until it is free.
func (i *instance) keepServing(ctx context.Context) {
	for ctx.Err() == nil {
		ln, err := exporter.Listen(i.Listen)
		if err == nil {
			err = i.serve(ctx, ln)
		}
		if err != nil {
			i.http.closed(err.Error())
			i.logger.Error("serving", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(listenEvery):
		}
	}
}
