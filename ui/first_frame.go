package ui

import (
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// drawFirstFrame enters the alternate screen and draws what Bubble Tea will draw
// first, which it does a whole frame's time after its start: whoever types
// picotop at night should not wait for that.
//
// It reports whether it did. Then leaveAltScreen has to be called at the end,
// since Bubble Tea leaves only the screen that it entered itself.
func (t *terminal) drawFirstFrame(m *model, environ []string) bool {
	f, ok := t.out.(fileOutput)
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
	// What fails here fails later as well, and is reported then.
	_, _ = w.WriteString(ansi.SetModeAltScreenSaveCursor + ansi.HideCursor + ansi.CursorHomePosition + ansi.EraseEntireScreen +
		strings.ReplaceAll(m.View().Content, "\n", "\r\n"))
	return true
}

// leaveAltScreen leaves the alternate screen and shows the cursor. To leave it
// twice is harmless.
func (t *terminal) leaveAltScreen() {
	_, _ = t.out.Write([]byte(ansi.ResetModeAltScreenSaveCursor + ansi.ShowCursor))
}
