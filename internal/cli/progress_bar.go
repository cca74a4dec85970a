package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	bubbles "charm.land/bubbles/v2/progress"
	"github.com/charmbracelet/x/term"
)

// A bar shows on stderr how far a long piece of work is, if stderr is a
// terminal. It says nothing about work that is done in a moment.
type bar struct {
	to    io.Writer // nil shows nothing
	what  string
	model bubbles.Model
	next  time.Time // when it is drawn again
	drawn bool
}

// newBar makes a bar. mixed says that the work's output goes to stdout: if that
// is a terminal too, the bar would be in the way.
func newBar(s Streams, what string, mixed bool) *bar {
	if !isTerminal(s.Err) || mixed && isTerminal(s.Out) {
		return &bar{}
	}
	return &bar{to: s.Err, what: what, model: bubbles.New(bubbles.WithWidth(40)), next: time.Now().Add(time.Second / 2)}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// show draws the bar, some times a second at most.
func (b *bar) show(part float64) {
	if b.to == nil || time.Now().Before(b.next) {
		return
	}
	b.next, b.drawn = time.Now().Add(time.Second/10), true
	fmt.Fprintf(b.to, "\r%s %s", b.what, b.model.ViewAs(part))
}

// done takes the bar away.
func (b *bar) done() {
	if b.drawn {
		fmt.Fprint(b.to, "\r\x1b[K")
	}
}

// A countingReader tells what part of a file has been read.
type countingReader struct {
	io.Reader
	n, of int64
	show  func(float64)
}

func (r *countingReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.n += int64(n)
	r.show(min(1, float64(r.n)/float64(r.of)))
	return n, err
}
