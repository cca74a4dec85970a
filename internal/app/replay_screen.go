package app

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/capture"
	"picotop/internal/status"
	"picotop/ui"
)

// playedPerSecond bounds how fast a recording is shown: a Raspberry Pi keeps up
// with it.
const playedPerSecond = 50_000

// A Playback is the house of a recording that is being played, with a clock of its
// own. It is the [ui.Source] of its dashboard.
type Playback struct {
	replay *Replay
	clock  *replayClock
	house  *house.House
	feed   *feed.Player

	played atomic.Int64
	kinds  [feed.Other + 1]int // touched by Run and, after it, by Result
}

// Playback returns a new house for the recording, which begins when Run does.
func (r *Replay) Playback() *Playback {
	p := &Playback{replay: r, clock: r.newClock()}
	p.house = house.New(house.Config{Limit: house.DefaultLimit, ColdIsNormal: []string{"Outside"}})
	p.feed = feed.NewPlayer(feed.Config{
		Group: r.cfg.Group, Ports: r.cfg.Ports, Now: p.clock.now, Logger: slog.New(slog.DiscardHandler),
	})
	return p
}

// Run plays the recording until ctx ends, which makes it return nil, or the file
// does. What came before the damage of a [*FileError] was played.
func (p *Playback) Run(ctx context.Context) error {
	defer p.clock.stop()
	return p.replay.play(ctx, capture.PlayConfig{
		Ports: p.replay.cfg.Ports, Speed: p.replay.cfg.Speed, PerSecond: playedPerSecond, Each: p.receive,
	})
}

// receive tells the house of a datagram, as if it came now.
func (p *Playback) receive(d feed.Datagram, at time.Duration) error {
	d.Heard = p.clock.reached(at)
	p.feed.Play(d, func(k feed.Packet) {
		p.kinds[k.Kind]++
		p.house.Apply(k)
	})
	p.played.Add(1)
	return nil
}

// show draws the house until ctx ends or the user quits.
func (p *Playback) show(ctx context.Context, screen Screen) error {
	return ui.Run(ctx, screen.config(p, nil, p.clock.now))
}

// State implements [ui.Source].
func (p *Playback) State() house.State { return p.house.State(p.clock.now()) }

// Health implements [ui.Source].
func (p *Playback) Health() ui.Health {
	position := p.Position()
	h := ui.Health{Status: status.Status{Feed: p.feed.Health()}, Replay: &position}
	h.Feed.Interfaces = []feed.InterfaceHealth{{Name: filepath.Base(p.replay.cfg.File), Joined: true}}
	h.History.Off = true
	return h
}

// Range implements [ui.Source].
func (p *Playback) Range(_ context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	return dayBuckets(p.house.Day(sensor), from, to, step), nil
}

// Position is how far the recording was played.
func (p *Playback) Position() status.Replay {
	return p.clock.position(p.played.Load(), p.replay.summary.Datagrams)
}

// A PlaybackResult is what was in a recording, as picotop heard it.
type PlaybackResult struct {
	Played                         int64 // packets
	Temperatures, Statuses, Others int
	Feed                           feed.Health
	House                          house.State
}

// Result is what was played, after Run.
func (p *Playback) Result() PlaybackResult {
	return PlaybackResult{
		Played:       p.played.Load(),
		Temperatures: p.kinds[feed.Temperature], Statuses: p.kinds[feed.Status], Others: p.kinds[feed.Other],
		Feed: p.feed.Health(), House: p.State(),
	}
}
