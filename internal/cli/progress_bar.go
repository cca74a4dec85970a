package cli

import (
	"fmt"
	"io"
	"time"

	bubbles "charm.land/bubbles/v2/progress"
)

// A progressBar shows on stderr how far a long piece of work is, if stderr is a
// terminal. It says nothing about work that is done in a moment.
type progressBar struct {
	to    io.Writer // nil shows nothing
	what  string
	model bubbles.Model
	next  time.Time // when it is drawn again
	drawn bool
}

// newProgressBar makes a bar. mixed says that the work's output goes to stdout: if that
// is a terminal too, the bar would be in the way.
func newProgressBar(p Program, what string, mixed bool) *progressBar {
	if terminalOf(p.Err) == nil || mixed && terminalOf(p.Out) != nil {
		return &progressBar{}
	}
	return &progressBar{to: p.Err, what: what, model: bubbles.New(bubbles.WithWidth(40)), next: time.Now().Add(time.Second / 2)}
}

// show draws the bar, some times a second at most.
func (b *progressBar) show(part float64) {
	if b.to == nil || time.Now().Before(b.next) {
		return
	}
	b.next, b.drawn = time.Now().Add(time.Second/10), true
	fmt.Fprintf(b.to, "\r%s %s", b.what, b.model.ViewAs(part))
}

// remove takes the bar away.
func (b *progressBar) remove() {
	if b.drawn {
		fmt.Fprint(b.to, "\r\x1b[K")
	}
}
