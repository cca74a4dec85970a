package house

import (
	"cmp"
	"time"
)

// Advance tells the house what time it is, so that it notices what has gone
// silent, and returns the readings that are believed since the last call of
// Apply or Advance. Call it about once a second.
func (h *House) Advance(now time.Time) []Reading {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.advanceLocked(now)
	return h.takeAcceptedLocked()
}

func (h *House) advanceLocked(now time.Time) {
	h.now = now
	if !h.recallingLocked() {
		if h.hearing.began.IsZero() {
			h.hearing.began = now
		}
		h.decisions.advance(now)
	}
	for _, c := range h.codes {
		if len(c.rows)+len(c.claims) > 1 || !c.clash.IsZero() {
			h.settleLocked(c, now)
		}
	}
	alive := map[*pico]bool{}
	intervals := map[*pico][]time.Duration{}
	for _, s := range h.sensors {
		if s.advance(now) {
			h.revision++
		}
		if s.unsure && !h.recallingLocked() && now.Sub(h.hearing.began) > s.silentAfter() {
			s.unsure = false
			h.revision++
		}
		if len(s.stands) > 0 || s.silent {
			h.judgeLocked(s, now)
		}
		if !s.silent {
			alive[s.pico] = true
		}
		if d := s.interval(); d > 0 {
			intervals[s.pico] = append(intervals[s.pico], d)
		}
	}
	for addr, p := range h.picos {
		if len(intervals[p]) > 0 {
			p.interval = median(intervals[p])
		}
		if p.silent && p.sensors == 0 { // they have moved
			h.heardAgainLocked(p, now)
			h.revision++
		}
		if p.sensors == 0 && now.Sub(p.heard) > forgetPico {
			delete(h.picos, addr)
			h.revision++
			continue
		}
		if addr.IsValid() && p.sensors > 0 && !p.silent && !alive[p] {
			p.silent, p.silenced = true, p.sensors
			h.revision++
			h.picoSilentLocked(p)
		}
		if p.untold && now.Sub(h.resumed) > leastSilence(p.interval) {
			p.untold = false
			h.picoSilentLocked(p)
		}
	}
	h.judgeNamesLocked(now)
	for _, s := range h.sensors {
		h.judgeSilenceLocked(s, now)
	}
	if !h.recallingLocked() {
		h.judgeHearingLocked(now)
		h.closePastLocked(now)
	}
}

// judgeSilenceLocked decides whether the silence of a sensor is a trouble of its own. If
// it is it stays so, unless its whole Pico falls silent; it is told once all the same.
func (h *House) judgeSilenceLocked(s *sensor, now time.Time) {
	own := s.silent && !s.stands.has(Replaced) &&
		(s.pico.heardLately(now) || s.silentReported && !s.pico.silent)
	if own != s.silentReported {
		s.silentReported = own
		h.revision++
	}
	switch {
	case s.untold && now.Sub(h.resumed) <= s.silentAfter():
	case own && !s.silentTold:
		s.untold, s.silentTold = false, true
		h.silentLocked(s.heard, s.event())
	case s.silentTold && s.stands.has(Replaced): // which takes its place
		h.silenceOverLocked(s, now)
	}
}

// silenceOverLocked tells that the silence of a sensor is over, if it was told.
func (h *House) silenceOverLocked(s *sensor, at time.Time) {
	h.decisions.over(s.subject(), Silent)
	since, before := h.past.take(pastKey{kind: Silent, sensor: s.id})
	if !s.silentTold && !before {
		return
	}
	if !before {
		since = s.heard
	}
	s.silentTold = false
	e := s.event()
	e.At, e.Kind, e.For = at, HeardAgain, at.Sub(since)
	h.addEventLocked(e)
}

// event is one about the Pico, to be completed.
func (p *pico) event() Event { return Event{Label: p.label(), Pico: true, Sensors: p.sensors} }

// picoSilentLocked tells that a Pico is silent.
func (h *House) picoSilentLocked(p *pico) {
	p.silentAs = h.toldAsLocked(Event{Kind: Silent, Label: p.label(), Pico: true})
	h.silentLocked(p.spoke, p.event())
}

// silentLocked tells of a silence, unless the last run did.
func (h *House) silentLocked(since time.Time, e Event) {
	e.At, e.Kind = since, Silent
	if _, ok := h.goesOnLocked(e); !ok {
		h.addEventLocked(e)
	}
}

// heardAgainLocked tells that the silence of a Pico is over, if it was told.
func (h *House) heardAgainLocked(p *pico, at time.Time) {
	h.decisions.over(p.subject(), Silent)
	told := Event{Kind: Silent, Label: p.label(), Pico: true}
	label := cmp.Or(p.silentAs, h.toldAsLocked(told))
	since, before := h.past.take(h.keyLocked(told))
	if before || !p.untold {
		if !before {
			since = p.spoke
		}
		e := p.event()
		e.At, e.Kind, e.For = at, HeardAgain, at.Sub(since)
		e.Sensors = max(e.Sensors, p.silenced)
		e.Label = label
		h.addEventLocked(e)
	}
	p.silent, p.silentAs, p.untold, p.back = false, "", false, at
}
