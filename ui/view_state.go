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

// sensor returns the one with an ID.
func (s *viewState) sensor(id string) (house.Sensor, bool) {
	for _, sensor := range s.house.Sensors {
		if sensor.ID == id {
			return sensor, true
		}
	}
	return house.Sensor{}, false
}

// picoOf is the label of the Pico that a sensor is at.
func (s *viewState) picoOf(sensor house.Sensor) string {
	for _, p := range s.house.Picos {
		if p.Addr == sensor.Pico {
			return p.Label()
		}
	}
	return ""
}

// moment is a time with its day, unless it was today.
func (s *viewState) moment(t time.Time) string {
	t, now := t.In(s.locale.zone), s.now.In(s.locale.zone)
	switch {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
		return t.Format("15:04")
	case now.Sub(t) < 6*24*time.Hour:
		return t.Format("Mon 15:04")
	}
	return t.Format("2 Jan 15:04")
}

// span names a part of time. What is shorter than two minutes is a moment.
func (s *viewState) span(from, to time.Time) string {
	switch a, b := s.moment(from), s.moment(to); {
	case to.Sub(from) < 2*time.Minute:
		return a
	case to.In(s.locale.zone).YearDay() == from.In(s.locale.zone).YearDay():
		return a + "-" + to.In(s.locale.zone).Format("15:04")
	default:
		return a + "-" + b
	}
}
