package ui

import (
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// Bubble Tea draws a first time a whole frame's time after it was started.
// Whoever types picotop at night should not wait for that: firstFrame draws
// what it will draw then. It reports whether it did, for which unpaint has to
// make up at the end, since Bubble Tea leaves only what it entered itself.
func (t *terminal) firstFrame(m *model, environ []string) bool {
	f, ok := t.out.(fileOut)
	if !ok || !term.IsTerminal(f.Fd()) {
		return false
	}
	width, height, err := term.GetSize(f.Fd())
	if err != nil || width <= 0 || height <= 0 {
		return false
	}
	m.width, m.height = width, height
	m.profile = colorprofile.Detect(f.File, environ)
	m.restyle()
	m.updateTable()
	m.dirty = true
	w := colorprofile.Writer{Forward: f, Profile: m.profile}
	// What fails here fails later as well, and is told then.
	_, _ = w.WriteString(ansi.SetModeAltScreenSaveCursor + ansi.HideCursor + ansi.CursorHomePosition + ansi.EraseEntireScreen +
		strings.ReplaceAll(m.View().Content, "\n", "\r\n"))
	return true
}

// unpaint leaves the alternate screen. To leave it twice is harmless.
func (t *terminal) unpaint() {
	_, _ = t.out.Write([]byte(ansi.ResetModeAltScreenSaveCursor + ansi.ShowCursor))
}
