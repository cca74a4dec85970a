package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
	"golang.org/x/sync/errgroup"
)

// plainEvery is how often progress is told where there is no terminal, so
// that it does not fill a log.
const plainEvery = 10 * time.Second

// A progressLine tells how far a command is: on a terminal in one line that is
// written over, elsewhere in a line now and then.
type progressLine struct {
	out     io.Writer
	tty     *os.File // nil if out is no terminal
	open    bool     // the last line on the terminal is one to write over
	written time.Time
}

func newProgressLine(out io.Writer, now time.Time) *progressLine {
	return &progressLine{out: out, written: now, tty: terminalOf(out)}
}

// update shows the progress, if it is time to.
func (p *progressLine) update(now time.Time, line string) {
	if p.tty != nil {
		if width, _, err := term.GetSize(p.tty.Fd()); err == nil && width > 1 {
			line = ansi.Truncate(line, width-1, "")
		}
		fmt.Fprint(p.out, "\r"+ansi.EraseEntireLine+line)
		p.open = true
		return
	}
	if now.Sub(p.written) >= plainEvery {
		p.written = now
		fmt.Fprintln(p.out, line)
	}
}

// erase takes away the line that is to be written over.
func (p *progressLine) erase() {
	if p.open {
		fmt.Fprint(p.out, "\r"+ansi.EraseEntireLine)
		p.open = false
	}
}

// printf writes a line that stays.
func (p *progressLine) printf(format string, args ...any) {
	p.erase()
	fmt.Fprintf(p.out, format+"\n", args...)
}

// during does something, and shows once a second how far it is.
func (p *progressLine) during(ctx context.Context, position func() string, do func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer cancel()
		return do(ctx)
	})
	g.Go(func() error {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case now := <-tick.C:
				p.update(now, position())
			}
		}
	})
	return g.Wait()
}
