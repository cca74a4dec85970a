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

// closePastLocked tells, some time after the start, of the conditions of the last run
// that are over. Of what is gone nothing is told.
func (h *House) closePastLocked(now time.Time) {
	if len(h.past.open) == 0 {
		return
	}
	if h.past.began.IsZero() {
		h.past.began = now
	}
	if now.Sub(h.past.began) < pastWaits {
		return
	}
	var over []pastEvent
	for key, e := range h.past.open {
		gone, decided := h.foundLocked(e, now)
		if decided {
			over = append(over, e)
		}
		if decided || gone && now.Sub(h.past.began) > pastGone {
			delete(h.past.open, key)
		}
	}
	slices.SortFunc(over, func(a, b pastEvent) int { return a.At.Compare(b.At) })
	for _, e := range over {
		h.addEventLocked(Event{
			At: now, Kind: endings[e.condition], Label: e.Label, Pico: e.Pico, Sensor: e.Sensor, Text: overText(e),
			For: max(now.Sub(e.At), 0), Celsius: e.Celsius, Sensors: e.Sensors,
		})
	}
}

// overText is the text of the event that ends a condition of the last run.
func overText(e pastEvent) string {
	if e.condition == Clash {
		return e.Text
	}
	return ""
}

// foundLocked reports whether what a condition of the last run is of is gone, and
// whether it was heard for long enough to be sure that the condition is over.
func (h *House) foundLocked(e pastEvent, now time.Time) (gone, decided bool) {
	switch {
	case e.Pico:
		p := h.labelledLocked(e.Label)
		return p == nil, p != nil && !p.silent && (e.condition != Upload || p.statusOK)
	case e.condition.OfHouse():
		return false, true
	case e.condition == Clash:
		return h.codes[keyOf(e.Event).sensor] == nil, true
	}
	s := h.sensors[e.Sensor]
	if s == nil {
		return true, false
	}
	return false, s.live && !s.silent && now.Sub(s.born) >= max(pastWaits, 2*s.silentAfter())
}

// foundAllLocked notes which conditions of the last run stand now, as the readings
// between show.
func (h *House) foundAllLocked() {
	if len(h.past.open) == 0 {
		return
	}
	found := func(on stands, key pastKey) {
		for i := range on {
			key.kind = beginOf(on[i].kind)
			if since, ok := h.past.take(key); ok {
				on[i].untold = nil
				if since.Before(on[i].since) {
					on[i].since = since
				}
			}
		}
	}
	for _, s := range h.sensors {
		h.stayCrossedLocked(s)
		found(s.stands, pastKey{sensor: s.id})
		if s.silentReported {
			h.past.take(pastKey{kind: Silent, sensor: s.id})
		}
	}
	for _, p := range h.picos {
		for _, label := range p.labels() {
			found(p.stands, pastKey{label: label})
			if p.silent {
				h.past.take(pastKey{kind: Silent, label: label})
			}
		}
	}
	for text, c := range h.codes {
		if !c.clash.IsZero() {
			h.past.take(pastKey{kind: Clash, sensor: text})
		}
	}
	found(h.stands, pastKey{}) // of the house
}

// stayCrossedLocked has a limit that was crossed in the last run stay so until a value
// has come back by as much as it takes.
func (h *House) stayCrossedLocked(s *sensor) {
	if !s.valid {
		return
	}
	stay := func(k Kind, is bool) {
		if was, ok := h.past.open[pastKey{kind: k, sensor: s.id}]; ok && is && !s.stands.has(k) {
			s.stands = append(s.stands, standing{kind: k, since: was.At})
		}
	}
	stay(Freezing, s.cold == "" && s.celsius < s.limit+ThawAbove)
	high := s.rule.High
	stay(TooWarm, high.Set && !high.Off && s.celsius > high.Celsius-ThawAbove)
}
