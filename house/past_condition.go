package house

import (
	"slices"
	"strings"
	"time"
)

// A PastCondition is a condition that stood for a time, as a history tells it: one that
// lasted too long ago for State to hold its events.
type PastCondition struct {
	Kind   Kind
	Label  string // DisplayName of the sensor, or label of the Pico; empty if it is of the house
	Pico   bool   // whether Label is a Pico's
	Sensor string // ID of the sensor; empty if it is not of one

	From, To time.Time // To is when it was last known to stand, if nobody saw its end
	Lasts    bool      // it is not over
}

// MaxPast is how many of them are told at once.
const MaxPast = 1000

// toldWithin is how far an event may be from what history has of its condition: that
// has one sample a minute.
const toldWithin = 2 * time.Minute

// Untold leaves out of the past what the events of a State, newest first, tell already.
// It returns a new slice.
func Untold(past []PastCondition, events []Event) []PastCondition {
	told := toldTimes(events)
	var out []PastCondition
	for _, c := range past {
		known := false
		for _, s := range told[c.key()] {
			known = known || !c.From.After(s.to.Add(toldWithin)) && !c.To.Before(s.from.Add(-toldWithin))
		}
		if !known {
			out = append(out, c)
		}
	}
	return out
}

// A placedKind is a kind of condition and what it is of.
type placedKind struct {
	kind  Kind
	place string
}

func (c PastCondition) key() placedKind {
	place := c.Sensor
	switch {
	case c.Kind == Clash: // of all sensors of one ROM code
		place, _, _ = strings.Cut(c.Sensor, "~")
	case c.Kind == NameClash, c.Pico: // of all that have the name; of a Pico
		place = c.Label
	case c.Kind.OfHouse():
		place = ""
	}
	return placedKind{c.Kind, place}
}

// A toldTime is a time for which events tell that something stood.
type toldTime struct{ from, to time.Time }

// toldTimes are those times by what stood. One whose end was not told goes on until the
// next begins, or for ever.
func toldTimes(events []Event) map[placedKind][]toldTime {
	conditions := map[Kind]Kind{} // by the kind of the event that begins it or ends it
	for _, k := range Kinds() {
		conditions[beginOf(k)], conditions[endings[k]] = k, k
	}
	told := map[placedKind][]toldTime{}
	open := map[placedKind]bool{}
	for _, e := range slices.Backward(events) {
		kind, ok := conditions[e.Kind]
		if !ok {
			continue
		}
		key := PastCondition{Kind: kind, Label: e.Label, Pico: e.Pico, Sensor: e.Sensor}.key()
		if kind == Clash {
			key.place = keyOf(e).sensor
		}
		spans := told[key]
		begins := e.Kind == beginOf(kind)
		switch {
		case open[key]:
			spans[len(spans)-1].to = e.At
		case !begins:
			spans = append(spans, toldTime{e.At.Add(-e.For), e.At})
		}
		if open[key] = begins; begins {
			spans = append(spans, toldTime{e.At, e.At.AddDate(1000, 0, 0)})
		}
		told[key] = spans
	}
	return told
}
