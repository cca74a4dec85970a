package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// plainEvery is how often progress is told where there is no terminal, so
// that it does not fill a log.
const plainEvery = 10 * time.Second

// progress tells how far a command is: on a terminal in one line that is
// written over, elsewhere in a line now and then.
type progress struct {
	out  io.Writer
	tty  *os.File // nil if out is no terminal
	open bool     // the last line on the terminal is one to write over
	told time.Time
}

func newProgress(out io.Writer, now time.Time) *progress {
	p := &progress{out: out, told: now}
	if f, ok := out.(*os.File); ok && term.IsTerminal(f.Fd()) {
		p.tty = f
	}
	return p
}

// tell shows the progress, if it is time to.
func (p *progress) tell(now time.Time, line string) {
	if p.tty != nil {
		if width, _, err := term.GetSize(p.tty.Fd()); err == nil && width > 1 {
			line = ansi.Truncate(line, width-1, "")
		}
		fmt.Fprint(p.out, "\r"+ansi.EraseEntireLine+line)
		p.open = true
		return
	}
	if now.Sub(p.told) >= plainEvery {
		p.told = now
		fmt.Fprintln(p.out, line)
	}
}

// say writes a line that stays.
func (p *progress) say(format string, args ...any) {
	if p.open {
		fmt.Fprint(p.out, "\r"+ansi.EraseEntireLine)
		p.open = false
	}
	fmt.Fprintf(p.out, format+"\n", args...)
}
