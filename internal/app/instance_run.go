package app

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"picotop/exporter"
	"picotop/feed"
)

// listenEvery is how often a taken HTTP port is tried again.
const listenEvery = 10 * time.Second

// run starts every part but the screen, and stops all of them when one ends.
func (i *instance) run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	if i.headless {
		// A service that cannot be reached has no use: fail at once.
		ln, err := exporter.Listen(i.Listen)
		if err != nil {
			return err
		}
		ssh, sshLn, err := i.openSSH()
		if err != nil {
			return errors.Join(err, ln.Close())
		}
		if ssh != nil {
			g.Go(i.guarded(func() error { return ssh.Serve(ctx, sshLn) }))
		}
		i.logger.Info("serving", "addr", ln.Addr().String(), "version", i.Version)
		g.Go(i.guarded(func() error { return i.serve(ctx, ln) }))
	} else if i.Exporter {
		g.Go(i.guarded(func() error { i.keepServing(ctx); return nil }))
	}
	i.writeLockInfo()
	if ln := i.openSocket(); ln != nil {
		g.Go(i.guarded(func() error { return i.exporter.Run(ctx, ln) }))
	}

	if m := findServiceManager(); m != nil {
		g.Go(i.guarded(func() error { m.keepTelling(ctx, i.serviceState); return nil }))
	}

	if what := feed.Unsupported(); len(what) > 0 {
		i.logger.Info("not all can be done on this system", "missing", strings.Join(what, "; "))
	}
	packets := make(chan feed.Packet, packetsWaiting)
	g.Go(i.guarded(func() error { return i.listener.Run(ctx, packets) }))
	g.Go(i.guarded(func() error { i.apply(ctx, packets); return nil }))
	g.Go(i.guarded(func() error { i.keepConfig(ctx); return nil }))
	g.Go(i.guarded(func() error { i.notifier.Run(ctx); return nil }))
	g.Go(i.guarded(func() error { i.assistant.Run(ctx); return nil }))
	if i.store != nil {
		g.Go(i.guarded(func() error { return i.store.Run(ctx) }))
		g.Go(i.guarded(func() error { return i.store.RunRollups(ctx) }))
		g.Go(i.guarded(func() error { i.keepRoster(ctx); return nil }))
		g.Go(i.guarded(func() error { i.keepHouse(ctx); return nil }))
		if i.remoteWrite != nil {
			g.Go(i.guarded(func() error { i.remoteWrite.Run(ctx); return nil }))
		}
	}
	if i.Demo {
		g.Go(i.guarded(func() error { return i.sendDemo(ctx) }))
	}
	return g.Wait()
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
