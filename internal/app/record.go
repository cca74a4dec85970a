package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"picotop/feed"
	"picotop/internal/capture"
)

// A RecordConfig says what to record, and where to.
type RecordConfig struct {
	Version    string // of the program, for the file
	File       string // its name, or [capture.Stdio]
	Force      bool   // overwrite it
	Stdout     io.Writer
	MaxBytes   int64         // of the file
	Length     time.Duration // 0 means until ctx ends
	Group      netip.Addr
	Ports      []uint16
	Interfaces []string // names or addresses; empty means all

	// The functions below are called one at a time, and none may be nil.

	OnStart    func()                                  // once there is something to listen to
	OnBlocked  func(feed.PortHealth)                   // when a port is found held
	OnProgress func(now time.Time, p capture.Progress) // once a second
}

// A RecordResult is what came of a recording.
type RecordResult struct {
	Progress capture.Progress
	Length   time.Duration
	Full     bool            // it ended since the file was as long as it may be
	Refused  []feed.Refusals // what picotop itself would have refused
	Drops    uint64          // what the system threw away besides
}

// Record writes what comes to the ports into a file, until ctx ends, the time is
// over, or there is no more room. It returns a [*FileError] if the file is the
// trouble, and a [*feed.JoinError] if the network is; nothing of an older file is
// touched before it is known that there is something to listen to.
func Record(ctx context.Context, cfg RecordConfig) (RecordResult, error) {
	file, err := capture.CreateFile(cfg.File, cfg.Force, cfg.Stdout)
	if err != nil {
		return RecordResult{}, &FileError{Name: cfg.File, Err: err}
	}
	r := &recording{
		cfg: cfg, file: file, started: time.Now(),
		recorder: capture.NewRecorder(capture.RecorderConfig{
			File: file, Program: "picotop " + cfg.Version,
			Interfaces: upInterfaces(cfg.Interfaces), Name: interfaceName,
			MaxBytes: cfg.MaxBytes, Room: file.Room,
		}),
		packets: make(chan feed.Packet, packetsWaiting),
	}
	r.listener = feed.New(feed.Config{
		Group: cfg.Group, Ports: cfg.Ports, Interfaces: cfg.Interfaces, Tap: r.recorder.Put,
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	err = r.run(ctx)
	full := errors.Is(err, capture.ErrMaxBytes)
	if full {
		err = nil
	}
	err = errors.Join(err, file.Close())
	if _, ok := errors.AsType[*feed.JoinError](err); ok {
		return RecordResult{}, err
	}
	if err != nil {
		return RecordResult{}, &FileError{Name: cfg.File, Err: err}
	}
	h := r.listener.Health()
	return RecordResult{
		Progress: r.recorder.Progress(), Length: time.Since(r.started), Full: full, Refused: h.Refused, Drops: h.Drops(),
	}, nil
}

// A recording is one that is being made.
type recording struct {
	cfg      RecordConfig
	file     *capture.OutputFile
	recorder *capture.Recorder
	listener *feed.Listener
	packets  chan feed.Packet
	started  time.Time
}

// run listens and records until ctx ends or the time is over.
func (r *recording) run(ctx context.Context) error {
	if r.cfg.Length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.cfg.Length)
		defer cancel()
	}
	g, ctx := errgroup.WithContext(ctx)
	// What was heard last is written down after the listening has ended.
	writing, heard := context.WithCancel(context.WithoutCancel(ctx))
	g.Go(func() error {
		defer heard()
		return r.listener.Run(ctx, r.packets)
	})
	g.Go(func() error {
		select {
		case <-r.listener.Ready():
		case <-ctx.Done():
			return nil
		}
		if err := r.file.Begin(); err != nil {
			return err
		}
		r.cfg.OnStart()
		g.Go(func() error { r.watch(ctx); return nil })
		return r.recorder.Run(writing)
	})
	return g.Wait()
}

// watch tells how the recording goes, and throws away what was decoded.
func (r *recording) watch(ctx context.Context) {
	blocked := map[uint16]bool{}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.packets:
		case now := <-tick.C:
			for _, port := range r.listener.Health().Ports {
				is := port.State == feed.Blocked
				if is && !blocked[port.Port] {
					r.cfg.OnBlocked(port)
				}
				blocked[port.Port] = is
			}
			r.cfg.OnProgress(now, r.recorder.Progress())
		}
	}
}

// upInterfaces lists the network interfaces that a recording names from the
// start: those that are up, or of these the ones that were asked for by name.
func upInterfaces(wanted []string) []capture.Interface {
	var up, named []capture.Interface
	all, _ := net.Interfaces() // those that are missing are named when they are heard
	for _, in := range all {
		if in.Flags&net.FlagUp == 0 {
			continue
		}
		up = append(up, capture.Interface{Index: in.Index, Name: in.Name})
		if slices.Contains(wanted, in.Name) {
			named = append(named, up[len(up)-1])
		}
	}
	switch {
	case len(named) > 0:
		return named
	case len(up) > 0:
		return up
	}
	return []capture.Interface{{Name: interfaceName(0)}}
}

// InterfaceNames lists the network interfaces that are up.
func InterfaceNames() []string {
	var names []string
	for _, in := range upInterfaces(nil) {
		names = append(names, in.Name)
	}
	return names
}

func interfaceName(index int) string {
	in, err := net.InterfaceByIndex(index)
	if err != nil {
		return fmt.Sprintf("interface %d", index)
	}
	return in.Name
}
