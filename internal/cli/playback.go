package cli

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/capture"
	"picotop/internal/format"
	"picotop/internal/status"
	"picotop/ui"
)

// A player is the house of a recording. It is the [ui.Source] of its
// dashboard.
type player struct {
	r     replaying
	tape  capture.Tape
	clock *playClock
	house *house.House
	feed  *feed.Player

	played atomic.Int64
	kinds  [feed.Other + 1]int // touched by put and, after it, by summary
}

func newPlayer(r replaying, tape capture.Tape) *player {
	p := &player{r: r, tape: tape, clock: newPlayClock(float64(r.speed), tape.Length)}
	p.house = house.New(house.Config{Limit: house.DefaultLimit, ColdIsNormal: []string{"Outside"}})
	p.feed = feed.NewPlayer(feed.Config{
		Group: r.group, Ports: r.ports, Now: p.clock.now, Logger: slog.New(slog.DiscardHandler),
	})
	return p
}

// put tells the house of a datagram, as if it came now.
func (p *player) put(d feed.Datagram, at time.Duration) error {
	d.Heard = p.clock.reached(at)
	p.feed.Play(d, func(k feed.Packet) {
		p.kinds[k.Kind]++
		p.house.Apply(k)
	})
	p.played.Add(1)
	return nil
}

// State implements [ui.Source].
func (p *player) State() house.State { return p.house.State(p.clock.now()) }

// Health implements [ui.Source].
func (p *player) Health() ui.Health {
	h := ui.Health{Status: status.Status{Feed: p.feed.Health()}, Note: p.position()}
	h.Feed.Interfaces = []feed.InterfaceHealth{{Name: filepath.Base(p.r.file), Joined: true}}
	h.History.Off = true
	return h
}

// Range implements [ui.Source].
func (p *player) Range(_ context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	return bucketsOf(p.house.Day(sensor), from, to, step), nil
}

// position says how far the recording was played.
func (p *player) position() string { return position(p.clock, p.played.Load(), p.tape) }

func position(c *playClock, done int64, tape capture.Tape) string {
	part, left := c.position()
	if c.speed == 0 {
		part = float64(done) / float64(tape.Datagrams)
	}
	switch {
	case c.stopped.Load():
		return "replay ended"
	case c.speed == 0:
		return fmt.Sprintf("replay %d%%", int(100*part))
	}
	return fmt.Sprintf("replay %d%%, %s left", int(100*part), format.Clock(left))
}

// summary tells what was played.
func (p *player) summary(out *progress) {
	h := p.feed.Health()
	out.say("played %d of %s", p.played.Load(), format.Count(p.tape.Datagrams, "packet"))
	line := func(n int, what string) {
		if n > 0 {
			out.say("  %s", what)
		}
	}
	line(p.kinds[feed.Temperature], format.Count(p.kinds[feed.Temperature], "temperature"))
	line(p.kinds[feed.Status], format.Count(p.kinds[feed.Status], "status packet"))
	line(p.kinds[feed.Other], format.Count(p.kinds[feed.Other], "packet")+" of another type")
	copies := uint64(0)
	for _, port := range h.Ports {
		copies += port.Copies
	}
	line(int(copies), fmt.Sprintf("%d heard again through a second interface", copies))
	line(int(h.RefusedTotal()), fmt.Sprintf("%d refused: %s", h.RefusedTotal(), refusals(h.Refused)))
	passed := 0
	for _, n := range p.tape.Elsewhere {
		passed += n
	}
	line(passed, format.Count(passed, "packet")+" to other ports, passed over")
	line(len(p.tape.Skipped), "passed over: "+skips(p.tape.Skipped))
	st := p.State()
	out.say("%s", format.Count(len(st.Sensors), "sensor"))
	for _, s := range st.Sensors {
		value := "no value"
		if s.Valid {
			value = fmt.Sprintf("%.1f °C", s.Celsius)
		}
		out.say("  %s", strings.Join([]string{s.ID, s.FriendlyName, picoLabel(st, s.Pico), value}, "  "))
	}
}

// picoLabel is the name of a Pico, else its address.
func picoLabel(st house.State, addr netip.Addr) string {
	for _, p := range st.Picos {
		if p.Addr == addr {
			return p.Label()
		}
	}
	return addr.String()
}

// A playClock tells the time in the house of a recording: it begins now, and
// runs as much faster as the recording is played, so that intervals, trends
// and silences are those of the recording. At its end it stands still.
type playClock struct {
	started time.Time
	speed   float64 // 0 means that it jumps from datagram to datagram
	length  time.Duration

	stopped atomic.Bool

	mu sync.Mutex // guards at
	at time.Duration
}

func newPlayClock(speed float64, length time.Duration) *playClock {
	return &playClock{started: time.Now(), speed: speed, length: length}
}

// reached notes that the recording was played up to a moment, and tells it.
func (c *playClock) reached(at time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
	return c.started.Add(at)
}

func (c *playClock) stop() { c.stopped.Store(true) }

func (c *playClock) now() time.Time { return c.started.Add(c.offset()) }

func (c *playClock) offset() time.Duration {
	c.mu.Lock()
	at := c.at
	c.mu.Unlock()
	if c.speed == 0 || c.stopped.Load() {
		return at
	}
	return time.Duration(min(float64(time.Since(c.started))*c.speed, float64(c.length)))
}

// position is how much of the recording was played, from 0 to 1, and how long
// the rest will take.
func (c *playClock) position() (part float64, left time.Duration) {
	if c.length == 0 {
		return 1, 0
	}
	at := c.offset()
	return float64(at) / float64(c.length), speedValue(c.speed).real(c.length - at)
}
