package ui

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/charmbracelet/x/term"
)

// A terminal is where the screen is drawn and the keys come from. It ends the
// program when either side fails, which Bubble Tea does not: after an end of
// input it runs on without keys, and a failed write it ignores.
type terminal struct {
	in  io.Reader
	out io.Writer

	failed atomic.Bool // a read or a write has failed
	cancel context.CancelFunc
	close  func()
}

// openTerminal wraps in and out, of which nil means this process's own, so that
// an error of either calls cancel. The caller must close it.
func openTerminal(in io.Reader, out io.Writer, cancel context.CancelFunc) (*terminal, error) {
	t := &terminal{cancel: cancel, close: func() {}}
	if in == nil {
		in = os.Stdin
		if !term.IsTerminal(os.Stdin.Fd()) {
			// Standard input is a pipe: read the keys from the terminal itself.
			f, err := os.Open("/dev/tty")
			if err != nil {
				return nil, fmt.Errorf("opening the terminal: %w", err)
			}
			in, t.close = f, func() { _ = f.Close() } // only read from
		}
	}
	if out == nil {
		out = os.Stdout
	}

	// Bubble Tea must still see a file, or it would not set the raw mode.
	if f, ok := in.(*os.File); ok {
		t.in = fileInput{f, t}
		t.restoreMode(f)
	} else {
		t.in = streamInput{in, t}
	}
	if f, ok := out.(*os.File); ok {
		t.out = fileOutput{f, t}
	} else {
		t.out = streamOutput{out, t}
	}
	return t, nil
}

// restoreMode has close set the mode of a terminal back to what it is now. Bubble
// Tea does so as well, but not if it fails at its start.
func (t *terminal) restoreMode(f *os.File) {
	was, err := term.GetState(f.Fd())
	if err != nil {
		return // no terminal
	}
	closeFile := t.close
	t.close = func() {
		_ = term.Restore(f.Fd(), was) // or the terminal is gone
		closeFile()
	}
}

// stopOnError ends the program if a read or a write has failed.
func (t *terminal) stopOnError(err error) {
	if err != nil {
		t.failed.Store(true)
		t.cancel()
	}
}

type (
	fileInput struct {
		*os.File
		t *terminal
	}
	streamInput struct {
		io.Reader
		t *terminal
	}
	fileOutput struct {
		*os.File
		t *terminal
	}
	streamOutput struct {
		io.Writer
		t *terminal
	}
)

func (r fileInput) Read(p []byte) (int, error) {
	n, err := r.File.Read(p)
	r.t.stopOnError(err)
	return n, err
}

func (r streamInput) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.t.stopOnError(err)
	return n, err
}

func (w fileOutput) Write(p []byte) (int, error) {
	n, err := w.File.Write(p)
	w.t.stopOnError(err)
	return n, err
}

func (w streamOutput) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.t.stopOnError(err)
	return n, err
}
