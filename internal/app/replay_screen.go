package app

import (
	"context"
	"errors"
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
	judge  *judge // nil on a screen
	house  *house.House
	feed   *feed.Player
	recent recentPackets

	played atomic.Int64
	kinds  [feed.Other + 1]int // touched by Run and, after it, by Result
}

// Playback returns a new house for the recording, which begins when Run does and is
// told that it happens now.
func (r *Replay) Playback() *Playback { return r.playback(nil) }

// playback returns a new house for the recording, with a judge that tells it the
// recording's own time, or without one.
func (r *Replay) playback(judge *judge) *Playback {
	p := &Playback{replay: r, clock: r.newClock(), judge: judge}
	p.house = house.New(house.Config{Rules: r.cfg.Rules})
	p.feed = feed.NewPlayer(feed.Config{
		Group: r.cfg.Group, Ports: r.cfg.Ports, Now: p.now, Logger: slog.New(slog.DiscardHandler),
	})
	return p
}

// now is the time in the house.
func (p *Playback) now() time.Time {
	if p.judge != nil {
		return p.judge.clock.now()
	}
	return p.clock.now()
}

// Run plays the recording until ctx ends, which makes it return nil, or the file
// does. What came before the damage of a [*FileError] was played.
func (p *Playback) Run(ctx context.Context) error {
	defer p.clock.stop()
	cfg := capture.PlayConfig{
		Ports: p.replay.cfg.Ports, Speed: p.replay.cfg.Speed, PerSecond: playedPerSecond, Each: p.receive,
	}
	if p.judge != nil {
		cfg.PerSecond = judgedPerSecond
		cfg.Passed = func(heard time.Time) { p.judge.advance(p.house, heard) }
	}
	return p.replay.play(ctx, cfg)
}

// receive tells the house of a datagram, as if it came now.
func (p *Playback) receive(d feed.Datagram, at time.Duration) error {
	if p.judge == nil {
		d.Heard = p.clock.reached(at)
	} else {
		d.Heard = p.judge.advance(p.house, d.Heard)
	}
	p.feed.Play(d, func(k feed.Packet) {
		p.kinds[k.Kind]++
		p.recent.add(k)
		p.house.Apply(k)
	})
	if p.judge != nil {
		p.judge.tellNew(p.house)
	}
	p.played.Add(1)
	return nil
}

// show draws the house until ctx ends or the user quits.
func (p *Playback) show(ctx context.Context, screen Screen) error {
	return ui.Run(ctx, screen.config(p, nil, p.now))
}

// State implements [ui.Source].
func (p *Playback) State() house.State { return p.house.State(p.now()) }

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

// Past implements [ui.Source]: of a recording nothing is kept.
func (p *Playback) Past(context.Context, time.Time, time.Time) ([]house.PastCondition, error) {
	return nil, nil
}

// Packets implements [ui.Source].
func (p *Playback) Packets() []feed.Packet { return p.recent.list() }

// Decide implements [ui.Source].
func (p *Playback) Decide(context.Context, house.Decision) error {
	return errors.New("this is a recording, and what was is not changed")
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
