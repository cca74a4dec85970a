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
// input it stays, deaf, and a failed write it ignores.
type terminal struct {
	in  io.Reader
	out io.Writer

	gone  atomic.Bool // a read or a write has failed
	end   context.CancelFunc
	close func()
}

func openTerminal(in io.Reader, out io.Writer, end context.CancelFunc) (*terminal, error) {
	t := &terminal{end: end, close: func() {}}
	if in == nil {
		in = os.Stdin
		if !term.IsTerminal(os.Stdin.Fd()) {
			// Something is piped in, which is no reason to go without keys.
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
		t.in = fileIn{f, t}
	} else {
		t.in = plainIn{in, t}
	}
	if f, ok := out.(*os.File); ok {
		t.out = fileOut{f, t}
	} else {
		t.out = plainOut{out, t}
	}
	return t, nil
}

func (t *terminal) saw(err error) {
	if err != nil {
		t.gone.Store(true)
		t.end()
	}
}

type (
	fileIn struct {
		*os.File
		t *terminal
	}
	plainIn struct {
		io.Reader
		t *terminal
	}
	fileOut struct {
		*os.File
		t *terminal
	}
	plainOut struct {
		io.Writer
		t *terminal
	}
)

func (r fileIn) Read(p []byte) (int, error) {
	n, err := r.File.Read(p)
	r.t.saw(err)
	return n, err
}

func (r plainIn) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.t.saw(err)
	return n, err
}

func (w fileOut) Write(p []byte) (int, error) {
	n, err := w.File.Write(p)
	w.t.saw(err)
	return n, err
}

func (w plainOut) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	w.t.saw(err)
	return n, err
}
