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
	client, err := findEngine(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if client != nil {
		v, err := openEngine(ctx, cfg, client, logger, time.Now)
		if err != nil {
			client.Close()
			return nil, err
		}
		return v, nil
	}
	a := newAttach(cfg, logger)
	return a, a.begin(ctx)
}

// findEngine returns a client of the engine that was named; nil if none was, or if a
// picotop answers there, which tells more in its own way. Who says what to select means
// its PromQL all the same.
func findEngine(ctx context.Context, cfg Config) (*engine.Client, error) {
	if cfg.From == nil || cfg.From.URL == nil {
		return nil, nil
	}
	var peerErr error
	if cfg.Match == "" && cfg.HouseLabel == "" {
		if peerErr = fetchFrom(ctx, *cfg.From); peerErr == nil {
			return nil, nil
		}
	}
	if _, denied := errors.AsType[*peer.DeniedError](peerErr); denied {
		return nil, peerErr
	}
	client, err := engine.New(engine.Config{Target: *cfg.From, Match: cfg.Match, HouseLabel: cfg.HouseLabel})
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

// fetchFrom asks whether a picotop answers.
func fetchFrom(ctx context.Context, target peer.Target) error {
	c := peer.NewClient(target, time.Now)
	defer c.Close()
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	_, err := c.Fetch(ctx)
	return err
}
