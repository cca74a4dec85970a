package app

import (
	"context"
	"io"
	"os"
	"time"
)

// A stream is a pipe or a device that is read, and that may say nothing for as long
// as it likes.
type stream struct {
	io.Reader
	file *os.File // nil if reading it cannot be interrupted
}

func newStream(r io.Reader) *stream {
	s := &stream{Reader: r}
	if f, ok := r.(*os.File); ok {
		s.file = pollable(f)
		s.Reader = s.file
	}
	return s
}

// interruptWith has a read end with an error when ctx does, until it is undone.
func (s *stream) interruptWith(ctx context.Context) (undo func() bool) {
	if s.file == nil {
		return func() bool { return true }
	}
	// What has no deadline, as a regular file, does not block either.
	return context.AfterFunc(ctx, func() { _ = s.file.SetReadDeadline(time.Unix(0, 1)) })
}
