package app

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sync/errgroup"

	"picotop/internal/capture"
	"picotop/internal/format"
)

// A ReplayConfig says which recording to replay, and how.
type ReplayConfig struct {
	File  string
	Speed float64 // how many times faster than it was; 0 means as fast as it can be
	Group netip.Addr
	Ports []uint16 // of the datagrams to play
}

// A Replay is a recording that can be played, any number of times.
type Replay struct {
	cfg     ReplayConfig
	summary capture.Summary
}

// OpenReplay reads a recording once, to know its length and that there is
// something to play. It returns a [*FileError] or a [*NothingToPlayError], and the
// error of ctx if that ends. The file is opened again each time it is played.
func OpenReplay(ctx context.Context, cfg ReplayConfig) (*Replay, error) {
	r := &Replay{cfg: cfg}
	err := r.open(func(in *capture.Reader) (err error) {
		r.summary, err = capture.Scan(ctx, in, cfg.Ports)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, err
	case r.summary.Datagrams == 0 && r.summary.Damage != nil:
		return nil, &FileError{Name: cfg.File, Err: r.summary.Damage}
	case r.summary.Datagrams == 0:
		return nil, &NothingToPlayError{File: cfg.File, Ports: cfg.Ports, Summary: r.summary}
	}
	return r, nil
}

// Summary is what there is to play.
func (r *Replay) Summary() capture.Summary { return r.summary }

// Show plays the recording into a dashboard until ctx ends or the user quits it.
// At the end of the recording it stands still. What can be read of a damaged file
// is played, and the damage returned as a [*FileError] at the end.
func (r *Replay) Show(ctx context.Context, screen Screen) error {
	p := r.Playback()
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	g, ctx := errgroup.WithContext(ctx)
	var damage error
	g.Go(func() error {
		damage = p.Run(ctx)
		return nil
	})
	g.Go(func() error {
		defer quit()
		return p.show(ctx, screen)
	})
	return errors.Join(g.Wait(), damage)
}

// open reads the file from its beginning.
func (r *Replay) open(read func(*capture.Reader) error) error {
	info, err := os.Stat(r.cfg.File)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("this is no file") // it is read twice
	}
	if err != nil {
		return &FileError{Name: r.cfg.File, Err: err}
	}
	f, err := os.Open(r.cfg.File)
	if err != nil {
		return &FileError{Name: r.cfg.File, Err: err}
	}
	defer f.Close()
	in, err := capture.NewReader(f)
	if err != nil {
		return &FileError{Name: r.cfg.File, Err: err}
	}
	err = read(in)
	if _, ok := errors.AsType[*capture.DamagedError](err); ok {
		return &FileError{Name: r.cfg.File, Err: err}
	}
	return err
}

// A NothingToPlayError says that a file holds nothing to play.
type NothingToPlayError struct {
	File    string
	Ports   []uint16
	Summary capture.Summary
}

func (e *NothingToPlayError) Error() string {
	return fmt.Sprintf("%s holds no packet to %s", e.File, format.Ports(e.Ports))
}
