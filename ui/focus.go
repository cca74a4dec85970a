package ui

import (
	"slices"
	"time"
)

// unfocusedPace is how often the picture is brought up to date while the terminal is
// not looked at.
const unfocusedPace = 10 * time.Second

// A focus says whether the terminal is the one that is looked at. The zero value is
// that it is, for many terminals do not say.
type focus struct {
	lost  bool
	drawn time.Time // up to when the picture was brought while it was lost
}

// waits reports whether the picture may stay as it is now. It may not when what is
// wrong has changed, so that a bell rings as promptly as ever.
func (m *model) waits() bool {
	since := m.now().Sub(m.focus.drawn)
	if !m.focus.lost || since < 0 || since >= unfocusedPace {
		return false
	}
	return slices.Equal(m.source.State().Conditions, m.known)
}
