package ui

import (
	"time"

	"picotop/house"
)

// A viewState is everything that the panes draw from: what is known at one
// moment, and how the user wants to see it. All text in it is clean.
type viewState struct {
	house  house.State
	health Health
	now    time.Time
	locale locale
	theme  theme
	dots   dots
}

// timestamp writes when t was, as seen from now.
func (s *viewState) timestamp(t time.Time) string { return s.locale.timestamp(t, s.now) }
