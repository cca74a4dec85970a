package app

import (
	"context"
	"io"
	"log"
	"time"

	"golang.org/x/sync/errgroup"

	"picotop/internal/sleep"
	"picotop/ui"
)

const (
	// onceWait is how long Once listens at the most. Picos mostly send every 10 to
	// 15 seconds.
	onceWait = 40 * time.Second
	// onceEvery is how often is looked whether every sensor was heard.
	onceEvery = 200 * time.Millisecond
)

// A NothingHeardError says that no sensor is known, after listening for a while.
type NothingHeardError struct{ Waited time.Duration }

func (*NothingHeardError) Error() string { return "no Pico was heard" }

// Once returns what a dashboard would show, as plain text of a width: at once if a
// picotop runs already, else after listening until every sensor was heard, or for
// as long as each should take, and 40 seconds at the most. It returns a
// [*NothingHeardError] if there is nothing to show.
func Once(ctx context.Context, cfg Config, screen Screen, width int) (string, error) {
	cleanUp, err := prepare(&cfg)
	if err != nil {
		return "", err
	}
	defer cleanUp()
	logger, closeLog := openLogFile(cfg)
	defer closeLog()
	log.SetOutput(io.Discard)
	a := newAttach(cfg, logger)
	if err := a.begin(ctx); err != nil {
		return "", err
	}
	started := a.now()
	listening, stop := context.WithCancel(ctx)
	defer stop()
	g, listening := errgroup.WithContext(listening)
	g.Go(func() error { return a.run(listening) })
	for !a.heardEnough(started) && a.now().Sub(started) < onceWait && sleep.For(listening, onceEvery) {
		continue
	}
	text := ui.Text(ctx, screen.config(a, nil, a.now), width)
	stop()
	if err := g.Wait(); err != nil {
		return "", err
	}
	if text == "" && ctx.Err() == nil {
		return "", &NothingHeardError{Waited: a.now().Sub(started)}
	}
	return text, nil
}

// heardEnough reports whether there is nothing more to wait for: what is shown is a
// peer's, every sensor was heard since a moment, or some were and the others had
// their time.
func (a *attach) heardEnough(since time.Time) bool {
	local, _, _ := a.current()
	if local == nil {
		return true
	}
	heard := 0
	sensors := local.State().Sensors
	for _, s := range sensors {
		if !s.Heard.Before(since) {
			heard++
		}
	}
	round := local.house.LongestInterval()
	late := round > 0 && a.now().Sub(since) > round+round/2
	return heard > 0 && (heard == len(sensors) || late)
}
