package house

import (
	"slices"
	"time"
)

const (
	// maxPast bounds how many conditions of the last run may wait to be found again.
	maxPast = 1024
	// pastWaits is how long after the start a condition of the last run may take to
	// be found again, before it is told that it is over.
	pastWaits = 10 * time.Minute
)

// A past is what the last run told, so that this one tells none of it again. The zero
// value knows nothing.
type past struct {
	until time.Time             // the newest event
	open  map[pastKey]pastEvent // told, and not yet that it is over
}

type pastKey struct {
	kind          Kind // of the event that begins it
	sensor, label string
}

type pastEvent struct {
	Event
	condition Kind
}

func keyOf(e Event) pastKey {
	k := pastKey{kind: e.Kind, sensor: e.Sensor}
	if e.Sensor == "" {
		k.label = e.Label
	}
	return k
}

// RecallEvents tells the house what the last run told, before Recall tells of its
// readings. These are then among the events of the State, and nothing of it is told
// again: a condition that stood then and stands now goes on.
func (h *House) RecallEvents(events []Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b Event) int { return a.At.Compare(b.At) })
	for _, e := range sorted {
		h.past.add(e)
		h.listLocked(e)
	}
	h.revision++
}

func (p *past) add(e Event) {
	if e.At.After(p.until) {
		p.until = e.At
	}
	if p.open == nil {
		p.open = map[pastKey]pastEvent{}
	}
	for _, condition := range Kinds() {
		begin := beginOf(condition)
		switch e.Kind {
		case begin:
			if len(p.open) < maxPast {
				p.open[keyOf(e)] = pastEvent{e, condition}
			}
		case endings[condition]:
			e.Kind = begin
			delete(p.open, keyOf(e))
		}
	}
}

func beginOf(k Kind) Kind {
	if b, ok := beginnings[k]; ok {
		return b
	}
	return k
}

// goesOn reports whether an event tells again of what began in the last run, and
// when it did.
func (p *past) goesOn(e Event) (since time.Time, ok bool) {
	if len(p.open) == 0 || !e.At.After(p.until) && e.Kind != Silent {
		return time.Time{}, false
	}
	key := keyOf(e)
	was, ok := p.open[key]
	delete(p.open, key)
	return was.At, ok
}

// knows reports whether an event of the past was told by the last run.
func (p *past) knows(e Event) bool { return !e.At.After(p.until) }

// closePastLocked tells, some time after the start, of the conditions of the last run
// that are over.
func (h *House) closePastLocked(now time.Time) {
	if len(h.past.open) == 0 || now.Sub(h.resumed) < pastWaits || h.recallingLocked() {
		return
	}
	var over []pastEvent
	for _, e := range h.past.open {
		over = append(over, e)
	}
	h.past.open = nil
	slices.SortFunc(over, func(a, b pastEvent) int { return a.At.Compare(b.At) })
	for _, e := range over {
		h.addEventLocked(Event{
			At: now, Kind: endings[e.condition], Label: e.Label, Pico: e.Pico, Sensor: e.Sensor,
			For: max(now.Sub(e.At), 0), Celsius: e.Celsius, Sensors: e.Sensors,
		})
	}
}

// foundAllLocked notes which conditions of the last run stand now, as the readings
// between show.
func (h *House) foundAllLocked() {
	for _, s := range h.sensors {
		for _, x := range s.stands {
			delete(h.past.open, pastKey{kind: beginOf(x.kind), sensor: s.id})
		}
	}
}
