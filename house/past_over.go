package house

import (
	"slices"
	"time"
)

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
