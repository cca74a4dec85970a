package capture

import (
	"context"
	"io"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"picotop/feed"
	"picotop/internal/sleep"
)

const (
	// LongestGap is the longest silence that is believed. A longer one is a
	// clock that was set while the recording was made, as a Raspberry Pi's is
	// after each start.
	LongestGap = 24 * time.Hour
	// sourcesKept and portsKept bound what a Summary counts one by one.
	sourcesKept = 256
	portsKept   = 256
)

// A Summary tells what there is to play in a file.
type Summary struct {
	Datagrams int            // to the ports that were asked for
	Length    time.Duration  // from the first of these to the last
	Sources   []netip.Addr   // who sent them, the first 256
	Elsewhere map[uint16]int // datagrams to other ports, of which there may be more
	Skipped   map[Skip]int
	Damage    error // what ended the reading before the end of the file, or nil
}

// Scan reads a file to its end, and tells what there is to play for ports.
func Scan(ctx context.Context, r *Reader, ports []uint16) (Summary, error) {
	t := newTally(r, ports)
	for ctx.Err() == nil {
		d, err := r.Next()
		if err == io.EOF {
			return t.Summary, nil
		}
		if err != nil {
			t.Damage = err
			return t.Summary, nil
		}
		t.add(d)
	}
	return t.Summary, ctx.Err()
}

// A tally adds up a Summary.
type tally struct {
	Summary
	ports []uint16
	known map[netip.Addr]bool
	line  timeline
}

func newTally(r *Reader, ports []uint16) *tally {
	return &tally{
		Summary: Summary{Elsewhere: map[uint16]int{}, Skipped: r.Skipped()},
		ports:   ports, known: map[netip.Addr]bool{},
	}
}

// add counts a datagram. It reports whether it is one to play, and when in the
// recording.
func (t *tally) add(d feed.Datagram) (at time.Duration, ok bool) {
	if port := d.To.Port(); !slices.Contains(t.ports, port) {
		if _, ok := t.Elsewhere[port]; ok || len(t.Elsewhere) < portsKept {
			t.Elsewhere[port]++
		}
		return 0, false
	}
	t.Datagrams++
	t.Length = t.line.at(d.Heard)
	if from := d.From.Addr(); !t.known[from] && len(t.known) < sourcesKept {
		t.known[from] = true
		t.Sources = append(t.Sources, from)
	}
	return t.Length, true
}

// timeline turns the times of a file into the time since the first of them,
// which never goes back.
type timeline struct {
	last   time.Time
	offset time.Duration
}

func (t *timeline) at(heard time.Time) time.Duration {
	if gap := heard.Sub(t.last); !t.last.IsZero() && gap > 0 && gap <= LongestGap {
		t.offset += gap
	}
	t.last = heard
	return t.offset
}

// PlayConfig says how to play.
type PlayConfig struct {
	Ports []uint16
	// Speed is how many times faster than it was recorded; 0 means as fast as
	// PerSecond allows.
	Speed     float64
	PerSecond int // datagrams, at the most
	// Each is handed every datagram when its time has come, with the time in
	// the recording. It owns the payload until it returns, and ends the
	// playing with an error.
	Each func(d feed.Datagram, at time.Duration) error
	// Passed is told when something came to other ports, which is not played; nil
	// means that nobody wants to know.
	Passed func(heard time.Time)
}

// Play plays a recording until ctx ends, which makes it return nil, or the file
// does, and tells what was read. What comes before a [*DamagedError] was played.
func Play(ctx context.Context, r *Reader, cfg PlayConfig) (Summary, error) {
	// A tenth of a second's worth may come at once: sleeping is not exact.
	limit := rate.NewLimiter(rate.Limit(cfg.PerSecond), max(1, cfg.PerSecond/10))
	t := newTally(r, cfg.Ports)
	var started time.Time // of the first datagram: a pipe may begin late
	for {
		d, err := r.Next()
		if err == io.EOF {
			return t.Summary, nil
		}
		if err != nil {
			return t.Summary, err
		}
		at, ok := t.add(d)
		if !ok {
			if ctx.Err() != nil {
				return t.Summary, nil
			}
			if cfg.Passed != nil {
				cfg.Passed(d.Heard)
			}
			continue
		}
		if started.IsZero() {
			started = time.Now()
		}
		if cfg.Speed > 0 && !sleep.For(ctx, time.Until(started.Add(scaled(at, cfg.Speed)))) {
			return t.Summary, nil
		}
		if limit.Wait(ctx) != nil {
			return t.Summary, nil
		}
		if err := cfg.Each(d, at); err != nil {
			return t.Summary, err
		}
	}
}

// scaled is how long a time of the recording takes.
func scaled(d time.Duration, speed float64) time.Duration {
	return time.Duration(min(float64(d)/speed, float64(1<<62)))
}
