package app

import (
	"time"

	"picotop/house"
)

const (
	// judgedPerSecond bounds how fast a recording is judged: it is as fast as it can be.
	judgedPerSecond = 100_000_000
	// The house is told the time each second, as in the live program, and each minute
	// once nothing was recorded for an hour.
	judgedEvery       = time.Second
	judgedSeldomEvery = time.Minute
	judgedSeldomAfter = time.Hour
)

// A RecordedEvent is an event of a recording's house, with the times of the recording.
type RecordedEvent struct {
	house.Event
	// Noticed is when the house noticed it: of a silence, for one, later than when it
	// began. It is when a person would have been told.
	Noticed time.Time
}

// Judge returns a new house for the recording, which is told the recording's own time,
// second by second, and so finds what picotop would have found at the time. Run calls
// tell for each event as the house notices it. The time ends with the last packet.
func (r *Replay) Judge(tell func(RecordedEvent)) *Playback { return r.playback(&judge{tell: tell}) }

// A judge walks a house through the time of a recording, and tells what it notices.
type judge struct {
	clock recordedClock
	tell  func(RecordedEvent)
}

// advance has the house live up to the moment at which something was recorded, and
// returns that moment in the time of the house.
func (j *judge) advance(h *house.House, heard time.Time) time.Time {
	last := j.clock.now()
	now := j.clock.reached(heard)
	if last.IsZero() {
		return now
	}
	for at := last.Add(judgedEvery); at.Before(now); {
		h.Advance(at)
		j.tellAt(h, at)
		if at.Sub(last) < judgedSeldomAfter {
			at = at.Add(judgedEvery)
		} else {
			at = at.Add(judgedSeldomEvery)
		}
	}
	return now
}

// tellNew tells what the house noticed in what was just recorded.
func (j *judge) tellNew(h *house.House) { j.tellAt(h, j.clock.now()) }

func (j *judge) tellAt(h *house.House, now time.Time) {
	for _, e := range h.TakeEvents() {
		e.At = j.clock.recorded(e.At)
		j.tell(RecordedEvent{Event: e, Noticed: j.clock.recorded(now)})
	}
}
