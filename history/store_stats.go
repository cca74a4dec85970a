package history

import (
	"fmt"
	"slices"
	"time"
)

// A Reason says why a sample was refused. It is also a metric label value, so
// its text is part of the program's interface.
type Reason string

// The reasons for refusing a sample.
const (
	Duplicate Reason = "duplicate" // there is another of the same millisecond
	TooOften  Reason = "too_often" // sooner after the last than a sensor can measure
	TooOld    Reason = "too_old"   // more than 2 hours before the newest of any sensor
	TooMany   Reason = "too_many"  // of a new sensor or name, and there is no room
	Invalid   Reason = "invalid"   // without a sensor, or not a finite number
)

var reasons = [...]Reason{Duplicate, TooOften, TooOld, TooMany, Invalid}

// Reasons lists every Reason, so that a counter can be shown before it counts.
func Reasons() []Reason { return slices.Clone(reasons[:]) }

func (r Reason) index() int { return slices.Index(reasons[:], r) }

// Refusals counts the samples refused for one reason.
type Refusals struct {
	Reason Reason
	Count  uint64
}

// Stats reports the state of a store. It is a copy: the reader owns it.
type Stats struct {
	Oldest, Newest time.Time // samples; Oldest to within a block; zero if there are none
	Bytes          int64     // on disk, as of the last minute
	Series         int       // held in memory, as of the last minute: those of the last hours

	Waiting  int        // samples not yet committed
	Appended uint64     // samples committed since Open
	Dropped  uint64     // because the queue was full, or the store closed first
	Refused  []Refusals // one for each Reason, in the order of Reasons

	Failures uint64    // commits and syncs that failed
	Err      string    // why the last one did; empty if it did not
	Since    time.Time // when that trouble began; zero if there is none
	Full     string    // why readings of new sensors were not stored lately; empty if they were
	Tried    time.Time // when it last came round to save what waits, also if that failed; zero before
	Clock    string    // why the clock is not believed, and samples wait; empty if it is
	Notes    []Note    // of what was damaged, oldest first; the last few

	Retention time.Duration // as in Config
	MaxBytes  int64
}

// Trouble says in one line why samples wait in memory rather than being stored;
// empty if they do not.
func (st Stats) Trouble() string {
	why := st.Err
	if why == "" && st.Clock != "" {
		why = "clock not set"
	}
	if why == "" {
		return ""
	}
	switch st.Waiting {
	case 0:
	case 1:
		why += ": 1 reading waits"
	default:
		why += fmt.Sprintf(": %d readings wait", st.Waiting)
	}
	if st.Dropped > 0 {
		why += fmt.Sprintf(", %d lost", st.Dropped)
	}
	return why
}

// A Note says in one line what happened to the store, such as damage.
type Note struct {
	At   time.Time
	Text string
}

// Stats returns in microseconds and touches no disk. After Close it reports the
// state at the end.
func (s *Store) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.counts
	st := Stats{
		Bytes: c.bytes, Series: c.series,
		Waiting: len(s.batch) + len(s.queue), Appended: c.appended, Dropped: c.dropped,
		Failures: c.failures, Err: c.err, Since: c.since, Tried: c.tried,
		Full: s.places.full, Clock: string(s.clockFault), Notes: slices.Clone(c.notes),
		Retention: s.cfg.Retention, MaxBytes: s.cfg.MaxBytes,
	}
	if c.hasSamples {
		st.Oldest, st.Newest = time.UnixMilli(c.oldest), time.UnixMilli(c.newest)
	}
	for i, n := range c.refused {
		st.Refused = append(st.Refused, Refusals{reasons[i], n})
	}
	return st
}

const maxNotes = 20

// counts is what a Store counts and remembers for its Stats.
type counts struct {
	hasSamples     bool  // whether there is an oldest and a newest
	oldest, newest int64 // Unix ms
	bytes          int64
	series         int

	appended, dropped, failures uint64
	refused                     [len(reasons)]uint64 // by Reason.index

	err   string
	since time.Time
	tried time.Time

	notes []Note // at most maxNotes
}

func (c *counts) refuse(why Reason) { c.refused[why.index()]++ }

// includeTime extends oldest and newest to the time of a sample, in Unix ms.
func (c *counts) includeTime(at int64) {
	if !c.hasSamples {
		c.hasSamples, c.oldest, c.newest = true, at, at
	}
	c.oldest, c.newest = min(c.oldest, at), max(c.newest, at)
}

// setErr keeps the result of a save, and reports whether that changes anything:
// trouble began, or ended.
func (c *counts) setErr(err error, now time.Time) (changed bool) {
	if err == nil {
		changed = c.err != ""
		c.err, c.since = "", time.Time{}
		return changed
	}
	c.failures++
	if changed = c.err == ""; changed {
		c.since = now
	}
	c.err = err.Error()
	return changed
}

// addNote adds a line for Stats, and logs it.
func (s *Store) addNote(text string) {
	s.logger.Warn(text)
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.notes = append(s.counts.notes, Note{now, text})
	if n := len(s.counts.notes) - maxNotes; n > 0 {
		s.counts.notes = s.counts.notes[n:]
	}
}
