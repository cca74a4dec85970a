package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"picotop/internal/engine"
	"picotop/internal/peer"
	"picotop/ui"
)

// A view is what a dashboard shows, and what keeps it up to date.
type view interface {
	ui.Source
	// run keeps something to show until ctx ends, which makes it return nil.
	run(ctx context.Context) error
	// changes wakes the screen when there is something new.
	changes() <-chan struct{}
}

func (a *attach) changes() <-chan struct{} { return a.changed }

func (v *engineView) changes() <-chan struct{} { return v.changed }

// openView finds out what to show: a picotop, or where one was named that is none an
// engine. What cannot work fails here, before there is a screen.
func openView(ctx context.Context, cfg Config, logger *slog.Logger) (view, error) {
	if !cfg.asksEngine() {
		a := newAttach(cfg, logger)
		err := a.begin(ctx)
		if _, none := errors.AsType[*NoPeerError](err); !none || cfg.From.URL == nil {
			return a, err
		}
	}
	client, err := findEngine(ctx, cfg)
	if err != nil {
		return nil, err
	}
	v, err := openEngine(ctx, cfg, client, logger, time.Now)
	if err != nil {
		client.Close()
		return nil, err
	}
	return v, nil
}

// asksEngine reports whether the PromQL of what is named is meant: who says what to select
// means that, also of a picotop, which tells more in its own way.
func (c Config) asksEngine() bool {
	return c.From != nil && c.From.URL != nil && (c.Match != "" || c.HouseLabel != "")
}

// newEngine returns a client of the engine that was named, which was asked for nothing yet.
func newEngine(cfg Config) (*engine.Client, error) {
	return engine.New(engine.Config{Target: *cfg.From, Match: cfg.Match, HouseLabel: cfg.HouseLabel})
}

// findEngine returns a client of the engine that was named.
func findEngine(ctx context.Context, cfg Config) (*engine.Client, error) {
	client, err := newEngine(cfg)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	if err := client.Check(ctx); err != nil {
		client.Close()
		if _, denied := errors.AsType[*peer.DeniedError](err); denied {
			return nil, err
		}
		return nil, &NoPeerError{At: cfg.From.String(), Err: err}
	}
	return client, nil
}
