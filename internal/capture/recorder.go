package capture

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"picotop/feed"
)

const (
	// waiting is how many datagrams may wait for the disk. Beyond that they
	// are dropped and counted: a reader must never wait for an SD card.
	waiting    = 8192
	flushEvery = time.Second
)

// A File is what a Recorder writes to: an [os.File].
type File interface {
	io.Writer
	Truncate(size int64) error
}

// RecorderConfig says what to record into.
type RecorderConfig struct {
	File    File
	Program string // who writes, as the file tells
	// Interfaces are named in the file from the start, others when they are
	// first heard. There must be one.
	Interfaces []Interface
	Name       func(index int) string // of an interface that comes later

	// MaxBytes is how long the file may become, give or take a few packets; 0
	// means that it does not matter.
	MaxBytes int64
	// Room, if set, is asked once a second. An error ends the recording.
	Room func() error
}

// ErrMaxBytes says that a recording is as long as it may be.
var ErrMaxBytes = errors.New("the recording is as long as it may be")

// A Recorder writes datagrams to a file.
type Recorder struct {
	cfg   RecorderConfig
	queue chan feed.Datagram

	packets, bytes, lost atomic.Int64
}

// NewRecorder returns a Recorder that has written nothing yet.
func NewRecorder(cfg RecorderConfig) *Recorder {
	return &Recorder{cfg: cfg, queue: make(chan feed.Datagram, waiting)}
}

// Put queues a datagram. It copies the payload and never blocks, and may be
// called by several goroutines: it is made for [feed.Config]'s Tap.
func (r *Recorder) Put(d feed.Datagram) {
	d.Payload = slices.Clone(d.Payload)
	select {
	case r.queue <- d:
	default:
		r.lost.Add(1)
	}
}

// Progress is how far a Recorder is.
type Progress struct {
	Packets int64
	Bytes   int64 // of the file
	Lost    int64 // packets that came faster than the disk took them
}

// Progress may be called at any time.
func (r *Recorder) Progress() Progress {
	return Progress{Packets: r.packets.Load(), Bytes: r.bytes.Load(), Lost: r.lost.Load()}
}

// Run writes what is put until ctx ends, and then what is still queued. It
// returns nil if the file is complete, [ErrMaxBytes] if it is, and as long as it
// may be, or the error of Room. After another error the file is cut back to what
// was complete, a second before at the most.
func (r *Recorder) Run(ctx context.Context) error {
	complete := int64(0)
	err := r.run(ctx, &complete)
	if stopped, ok := errors.AsType[*stoppedError](err); ok {
		return stopped.error
	}
	if err != nil {
		// What cannot be cut, as a device, is left as it is.
		if r.cfg.File.Truncate(complete) == nil {
			r.bytes.Store(complete)
		}
		return fmt.Errorf("writing the recording: %w", err)
	}
	return nil
}

func (r *Recorder) run(ctx context.Context, complete *int64) error {
	w, err := newWriter(counted{r}, r.cfg.Program, r.cfg.Interfaces, r.cfg.Name)
	if err != nil {
		return err
	}
	flush := func() error {
		if err := w.flush(); err != nil {
			return err
		}
		*complete = r.bytes.Load()
		if r.cfg.Room == nil {
			return nil
		}
		if err := r.cfg.Room(); err != nil {
			return &stoppedError{err}
		}
		return nil
	}
	write := func(d feed.Datagram) error {
		err := w.write(d)
		if err == nil {
			r.packets.Add(1)
		}
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case d := <-r.queue:
			if err = write(d); err == nil && r.cfg.MaxBytes > 0 && r.bytes.Load() >= r.cfg.MaxBytes {
				if err = flush(); err == nil {
					err = &stoppedError{ErrMaxBytes}
				}
			}
		case <-tick.C:
			err = flush()
		case <-ctx.Done():
			for len(r.queue) > 0 && err == nil {
				err = write(<-r.queue)
			}
			if err != nil {
				return err
			}
			return flush()
		}
		if err != nil {
			return err
		}
	}
}

// A stoppedError is why a recording ends that is complete.
type stoppedError struct{ error }

// counted counts the bytes that go to the file.
type counted struct{ r *Recorder }

func (c counted) Write(b []byte) (int, error) {
	n, err := c.r.cfg.File.Write(b)
	c.r.bytes.Add(int64(n))
	return n, err
}
