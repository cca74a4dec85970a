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
	// longestGap is the longest silence that is believed. A longer one is a
	// clock that was set while the recording was made, as a Raspberry Pi's is
	// after each start.
	longestGap = 24 * time.Hour
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
	t := Summary{Elsewhere: map[uint16]int{}, Skipped: r.Skipped()}
	known := map[netip.Addr]bool{}
	var line timeline
	for ctx.Err() == nil {
		d, err := r.Next()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			t.Damage = err
			return t, nil
		}
		if port := d.To.Port(); !slices.Contains(ports, port) {
			if _, ok := t.Elsewhere[port]; ok || len(t.Elsewhere) < portsKept {
				t.Elsewhere[port]++
			}
			continue
		}
		t.Datagrams++
		t.Length = line.at(d.Heard)
		if from := d.From.Addr(); !known[from] && len(known) < sourcesKept {
			known[from] = true
			t.Sources = append(t.Sources, from)
		}
	}
	return t, ctx.Err()
}

// timeline turns the times of a file into the time since the first of them,
// which never goes back.
type timeline struct {
	last   time.Time
	offset time.Duration
}

func (t *timeline) at(heard time.Time) time.Duration {
	if gap := heard.Sub(t.last); !t.last.IsZero() && gap > 0 && gap <= longestGap {
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
}

// Play plays what Scan found until ctx ends, which makes it return nil, or the
// file does. What comes before a [*DamagedError] was played.
func Play(ctx context.Context, r *Reader, cfg PlayConfig) error {
	started := time.Now()
	// A tenth of a second's worth may come at once: sleeping is not exact.
	limit := rate.NewLimiter(rate.Limit(cfg.PerSecond), max(1, cfg.PerSecond/10))
	var line timeline
	for {
		d, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !slices.Contains(cfg.Ports, d.To.Port()) {
			if ctx.Err() != nil {
				return nil
			}
			continue
		}
		at := line.at(d.Heard)
		if cfg.Speed > 0 && !sleep.For(ctx, time.Until(started.Add(scaled(at, cfg.Speed)))) {
			return nil
		}
		if limit.Wait(ctx) != nil {
			return nil
		}
		if err := cfg.Each(d, at); err != nil {
			return err
		}
	}
}

// scaled is how long a time of the recording takes.
func scaled(d time.Duration, speed float64) time.Duration {
	return time.Duration(min(float64(d)/speed, float64(1<<62)))
}
