package house

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

const (
	// maxPast bounds how many conditions of the last run may wait to be found again.
	maxPast = 1024
	// pastWaits is how long a condition of the last run may take at the least to be
	// found again, before it is told that it is over.
	pastWaits = 10 * time.Minute
	// pastGone is how long it is kept if nothing is known of what it is of: who sends
	// nothing but impossible values is not in the history.
	pastGone = 24 * time.Hour
)

// A past is what the last run told, so that this one tells none of it again. The zero
// value knows nothing.
type past struct {
	until time.Time             // the newest event
	open  map[pastKey]pastEvent // told, and not yet that it is over
	began time.Time             // when the house began to find them again; zero before
	known map[string]bool       // sensors that were told as new
}

type pastKey struct {
	kind          Kind // of the event that begins it
	sensor, label string
}

type pastEvent struct {
	Event
	condition Kind
}

// keyLocked is the key of an event of the past that begins a condition: of a Pico whose
// name was learnt meanwhile that with the older label, if there is one.
func (h *House) keyLocked(e Event) pastKey {
	key := keyOf(e)
	if _, ok := h.past.open[key]; ok || !e.Pico {
		return key
	}
	if p := h.labelledLocked(e.Label); p != nil {
		for _, label := range p.labels() {
			key.label = label
			if _, ok := h.past.open[key]; ok {
				return key
			}
		}
	}
	return keyOf(e)
}

// labelledLocked is the Pico that was told of with a label, nil if none is known.
func (h *House) labelledLocked(label string) *pico {
	for _, p := range h.picos {
		if slices.Contains(p.labels(), label) {
			return p
		}
	}
	return nil
}

// labels are all that a Pico may have been told of with.
func (p *pico) labels() []string { return []string{cmp.Or(p.given, p.name), p.name, p.addr.String()} }

func keyOf(e Event) pastKey {
	switch {
	case e.Kind == Clash || e.Kind == ClashOver: // whatever its sensors are called now
		code, _, _ := strings.Cut(e.Text, " ")
		return pastKey{kind: e.Kind, sensor: code}
	case e.Sensor != "":
		return pastKey{kind: e.Kind, sensor: e.Sensor}
	}
	return pastKey{kind: e.Kind, label: e.Label}
}

// RecallEvents tells the house what the last run told, in the order in which TakeEvents
// gave it, after RecallPico and before Recall tells of its readings. These are then among the events of the State, and nothing of it is told
// again: a condition that stood then and stands now goes on.
func (h *House) RecallEvents(events []Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range events {
		h.pastLocked(e)
		h.listLocked(e)
	}
	h.foundAllLocked()
	h.revision++
}

func (h *House) pastLocked(e Event) {
	p := &h.past
	if e.At.After(p.until) {
		p.until = e.At
	}
	if p.open == nil {
		p.open, p.known = map[pastKey]pastEvent{}, map[string]bool{}
	}
	if e.Kind == NewSensor && e.Sensor != "" && len(p.known) < maxPast {
		p.known[e.Sensor] = true
	}
	for _, condition := range Kinds() {
		begin := beginOf(condition)
		switch e.Kind {
		case begin:
			if len(p.open) < maxPast {
				p.open[h.keyLocked(e)] = pastEvent{e, condition}
			}
		case endings[condition]:
			e.Kind = begin
			delete(p.open, h.keyLocked(e))
		}
	}
}

func beginOf(k Kind) Kind {
	if b, ok := beginnings[k]; ok {
		return b
	}
	return k
}

// goesOnLocked reports whether an event tells again of what began in the last run, and
// when it did.
func (h *House) goesOnLocked(e Event) (since time.Time, ok bool) {
	if len(h.past.open) == 0 || h.recallingLocked() && h.past.knows(e) && e.Kind != Silent {
		return time.Time{}, false
	}
	return h.past.take(h.keyLocked(e))
}

// toldAsLocked is the label with which what an event begins was told: by the last run, if
// it goes on since.
func (h *House) toldAsLocked(e Event) string {
	if was, ok := h.past.open[h.keyLocked(e)]; ok {
		return was.Label
	}
	return e.Label
}

// take is when a condition of the last run began, from which on it is no longer one of
// the past.
func (p *past) take(key pastKey) (since time.Time, ok bool) {
	was, ok := p.open[key]
	delete(p.open, key)
	return was.At, ok
}

// stoodLocked reports whether a condition stood at the end of the last run, and nobody
// knows yet whether it still does.
func (h *House) stoodLocked(e Event) bool {
	if len(h.past.open) == 0 {
		return false
	}
	_, ok := h.past.open[h.keyLocked(e)]
	return ok
}

// knows reports whether an event of the past was told by the last run.
func (p *past) knows(e Event) bool { return !e.At.After(p.until) }
