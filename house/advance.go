package house

import "time"

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
		if p.sensors == 0 && now.Sub(p.heard) > forgetPico {
			delete(h.picos, addr)
			h.revision++
			continue
		}
		if addr.IsValid() && p.sensors > 0 && !p.silent && !alive[p] {
			p.silent = true
			h.revision++
			h.silentLocked(p.spoke, p.event())
		}
		if p.untold && now.Sub(h.resumed) > leastSilence(p.interval) {
			p.untold = false
			h.silentLocked(p.spoke, p.event())
		}
	}
	h.judgeNamesLocked(now)
	for _, s := range h.sensors {
		told := s.silent && s.pico.heardLately(now) && !s.stands.has(Replaced)
		if told != s.silentReported {
			s.silentReported = told
			h.revision++
			if told {
				h.silentLocked(s.heard, s.event())
			} else if s.silent {
				h.heardAgainLocked(s.subject(), s.untold, now, s.heard, s.event())
			}
		}
		if s.untold && s.silentReported && now.Sub(h.resumed) > s.silentAfter() {
			s.untold = false
			h.silentLocked(s.heard, s.event())
		}
	}
	if !h.recallingLocked() {
		h.judgeHearingLocked(now)
		h.closePastLocked(now)
	}
}

// event is one about the Pico, to be completed.
func (p *pico) event() Event { return Event{Label: p.label(), Pico: true, Sensors: p.sensors} }

// silentLocked tells of a silence, unless the last run did.
func (h *House) silentLocked(since time.Time, e Event) {
	e.At, e.Kind = since, Silent
	if _, ok := h.past.goesOn(e); !ok {
		h.addEventLocked(e)
	}
}

// heardAgainLocked tells that a silence is over, if it was told.
func (h *House) heardAgainLocked(about subject, untold bool, at, since time.Time, e Event) {
	h.decisions.over(about, Silent)
	e.At, e.Kind, e.For = at, HeardAgain, at.Sub(since)
	if _, ok := h.past.goesOn(Event{At: e.At, Kind: Silent, Label: e.Label, Sensor: e.Sensor}); ok || !untold {
		h.addEventLocked(e)
	}
}
