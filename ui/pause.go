package ui

import (
	"time"

	"picotop/internal/format"
)

// A pause holds the picture still, from a moment on. Readings, warnings, the history and
// the metrics go on, and so do the bell and the title of the window. The zero value is
// none.
type pause struct{ since time.Time }

func (p pause) on() bool { return !p.since.IsZero() }

// canPause reports whether the picture can be held: the list of what happened has a
// pause of its own.
func (m *model) canPause() bool {
	return m.open == detailOpen || m.open == noPage && !m.noSensors()
}

// togglePause holds the picture, or has it go on.
func (m *model) togglePause() {
	if m.pause.on() {
		m.resume()
		return
	}
	m.pause.since = m.live.now
}

// resume shows what is known now.
func (m *model) resume() {
	if m.pause.on() {
		m.pause = pause{}
		m.showLive()
	}
}

// showLive takes what is known now over into the picture.
func (m *model) showLive() {
	m.viewState.house, m.viewState.health, m.viewState.now = m.live.house, m.live.health, m.live.now
	m.updateTable()
}

// current is what is known now, as the user wants to see it.
func (m *model) current() *viewState {
	s := m.viewState
	s.house, s.health, s.now = m.live.house, m.live.health, m.live.now
	return &s
}

// pauseLine says that the picture is held, and for how long.
func (m *model) pauseLine(width int) string {
	margin := leftMargin(width)
	text := "paused for " + format.Ago(max(m.live.now.Sub(m.pause.since), 0))
	text = fittingText([]string{
		text + ": readings and warnings go on; space shows them again", text + "; space goes on", text,
	}, width-2*len(margin))
	return newLine(width).add("", margin).add(m.viewState.theme.near, text).String()
}
