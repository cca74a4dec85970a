package ui

import (
	"time"

	"picotop/house"
)

// A scene is everything that the panes draw from: what is known at one
// moment, and how the user wants to see it. All text in it is clean.
type scene struct {
	house  house.State
	health Health
	now    time.Time
	format format
	looks  looks
}

// clock writes when something was, as seen from now.
func (s *scene) clock(t time.Time) string { return s.format.clock(t, s.now) }
