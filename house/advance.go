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
		if !s.silent {
			alive[s.pico] = true
		}
		if d := s.gaps.median(); d > 0 {
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
			h.addEventLocked(Event{At: p.spoke, Kind: Silent, Label: p.label(), Pico: true, Sensors: p.sensors})
		}
	}
	for _, s := range h.sensors {
		if told := s.silent && s.pico.heardLately(now); told != s.silentReported {
			s.silentReported = told
			h.revision++
			if told {
				h.addEventLocked(Event{At: s.heard, Kind: Silent, Label: s.displayName})
			}
		}
	}
}
