package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"

	"golang.org/x/sync/errgroup"

	"picotop/house"
	"picotop/internal/capture"
	"picotop/internal/format"
)

// A ReplayConfig says which recording to replay, and how.
type ReplayConfig struct {
	File  string    // its name, or [capture.Stdio]
	Stdin io.Reader // read for that
	Speed float64   // how many times faster than it was; 0 means as fast as it can be
	Group netip.Addr
	Ports []uint16 // of the datagrams to play

	Rules house.Rules // what is wrong in its house
}

// A Replay is a recording that can be played: from a file, or from a pipe as it is
// being made.
type Replay struct {
	cfg     ReplayConfig
	summary capture.Summary
	stream  *stream // a pipe; nil if it is a file, which is opened each time
}

// OpenReplay looks at a recording. A file is read once, to know its length and that
// there is something to play; a pipe is read as it is played. It returns a
// [*FileError] or a [*NothingToPlayError], and the error of ctx if that ends.
func OpenReplay(ctx context.Context, cfg ReplayConfig) (*Replay, error) {
	r := &Replay{cfg: cfg}
	if err := r.openStream(); err != nil {
		return nil, &FileError{Name: r.Name(), Err: err}
	}
	if r.stream != nil {
		return r, nil
	}
	err := r.read(ctx, func(in *capture.Reader) (err error) {
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
	}
	return r, r.nothing()
}

// openStream takes what is no regular file for a pipe.
func (r *Replay) openStream() error {
	if r.cfg.File == capture.Stdio {
		r.stream = newStream(r.cfg.Stdin)
		return nil
	}
	info, err := os.Stat(r.cfg.File)
	if err != nil || info.Mode().IsRegular() {
		return err
	}
	if info.IsDir() {
		return &fs.PathError{Op: "open", Path: r.cfg.File, Err: errors.New("is a directory")}
	}
	f, err := os.Open(r.cfg.File)
	if err != nil {
		return err
	}
	r.stream = newStream(f)
	return nil
}

// nothing is the error that there was nothing to play, if so.
func (r *Replay) nothing() error {
	if r.summary.Datagrams > 0 {
		return nil
	}
	return &NothingToPlayError{File: r.Name(), Ports: r.cfg.Ports, Summary: r.summary}
}

// Name is the recording's name, for a person.
func (r *Replay) Name() string {
	if r.cfg.File == capture.Stdio {
		return "standard input"
	}
	return r.cfg.File
}

// Summary is what there is to play; of a pipe, what was played.
func (r *Replay) Summary() capture.Summary { return r.summary }

// IsStream reports whether the recording comes through a pipe, so that nobody knows
// how long it will be.
func (r *Replay) IsStream() bool { return r.stream != nil }

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

// play plays the recording, and notes what was in it.
func (r *Replay) play(ctx context.Context, cfg capture.PlayConfig) error {
	err := r.read(ctx, func(in *capture.Reader) error {
		played, err := capture.Play(ctx, in, cfg)
		if r.stream != nil {
			r.summary = played
		}
		return err
	})
	if ctx.Err() != nil {
		return nil
	}
	if err == nil {
		err = r.nothing()
	}
	return err
}

// read reads the recording: a file from its beginning, a pipe from where it is. A
// pipe that says nothing does not keep it once ctx has ended.
func (r *Replay) read(ctx context.Context, read func(*capture.Reader) error) error {
	wrap := func(err error) error { return &FileError{Name: r.Name(), Err: err} }
	var from io.Reader
	if r.stream != nil {
		defer r.stream.interruptWith(ctx)()
		from = r.stream
	} else {
		f, err := os.Open(r.cfg.File)
		if err != nil {
			return wrap(err)
		}
		defer f.Close()
		from = f
	}
	in, err := capture.NewReader(from)
	if err != nil {
		return wrap(err)
	}
	err = read(in)
	if _, ok := errors.AsType[*capture.DamagedError](err); ok {
		return wrap(err)
	}
	return err
}

// A NothingToPlayError says that a recording holds nothing to play.
type NothingToPlayError struct {
	File    string
	Ports   []uint16
	Summary capture.Summary
}

func (e *NothingToPlayError) Error() string {
	return fmt.Sprintf("%s holds no packet to %s", e.File, format.Ports(e.Ports))
}
