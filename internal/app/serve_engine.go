package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"picotop/exporter"
)

// serveEngine serves the houses of an engine as pages until ctx ends. Nothing is heard,
// kept or told to anyone. An engine that does not answer is waited for; what would not
// become better by waiting is an error at once.
func serveEngine(ctx context.Context, cfg Config, logger *slog.Logger, hangup <-chan os.Signal) error {
	if cfg.From.URL == nil {
		return &NoEngineError{At: cfg.From.String()}
	}
	client, err := findEngine(ctx, cfg)
	if _, away := errors.AsType[*NoPeerError](err); away {
		client, err = newEngine(cfg)
	}
	if err != nil {
		return err
	}
	site := newEngineSite(cfg, client, logger, time.Now)
	defer site.close()
	served := exporter.New(exporter.Config{
		Houses: site, Version: cfg.Version, Logger: logger,
		WebConfig: cfg.WebConfig, MetricsPath: cfg.MetricsPath, AllowedHosts: cfg.AllowedHosts,
	})
	ln, err := exporter.Listen(cfg.Listen)
	if err != nil {
		return err
	}
	logger.Info("serving", "addr", ln.Addr().String(), "version", cfg.Version, "from", client.String())
	g, ctx := errgroup.WithContext(ctx)
	g.Go(guarded(logger, func() error { return served.Run(ctx, ln) }))
	g.Go(guarded(logger, func() error { site.run(ctx); return nil }))
	g.Go(func() error { sayRestart(ctx, hangup, logger); return nil })
	if m := findServiceManager(); m != nil {
		g.Go(guarded(logger, func() error {
			m.keepTelling(ctx, func() serviceState {
				return serviceState{missing: site.Missing(), well: "showing the houses of " + client.String()}
			})
			return nil
		}))
	}
	return g.Wait()
}

// sayRestart says of each signal to read the file anew that nothing of it is changed here
// while the program runs.
func sayRestart(ctx context.Context, hangup <-chan os.Signal, logger *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			logger.Info("what changed in the file counts from the next start on")
		}
	}
}
