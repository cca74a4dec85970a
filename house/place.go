package house

import (
	"cmp"
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

// Whoever is on the network can make up sensors and Picos as fast as the network
// carries them. These bound how many get a place: a whole house at once, then
// few; and of those that were heard before and found none, more.
const (
	newPicoEvery      = time.Second
	newSensorEvery    = time.Minute // of one Pico
	returnedEvery     = 10 * time.Second
	returnedAtOnce    = 32
	returnedPicoEvery = time.Second
)

// An entrance lets in so many at once and so many later.
type entrance struct{ strangers, returned *rate.Limiter }

func newPicoEntrance() entrance {
	return entrance{
		rate.NewLimiter(rate.Every(newPicoEvery), MaxPicos),
		rate.NewLimiter(rate.Every(returnedPicoEvery), returnedAtOnce),
	}
}

func newSensorEntrance() entrance {
	return entrance{
		rate.NewLimiter(rate.Every(newSensorEvery), MaxSensorsOfPico),
		rate.NewLimiter(rate.Every(returnedEvery), returnedAtOnce),
	}
}

func (e entrance) admits(known trust, now time.Time) bool {
	return e.strangers.AllowN(now, 1) || known.span > 0 && e.returned.AllowN(now, 1)
}

// picoLocked returns the Pico of an address, new if need be; nil if there is no
// room for it. A Pico to keep is not given up for it.
func (h *House) picoLocked(addr netip.Addr, now time.Time, keep *pico) *pico {
	p := h.picos[addr]
	if p != nil {
		return p
	}
	key := traceKey{addr: addr}
	known := h.traces.get(key, now)
	if !h.recallingLocked() && addr.IsValid() && !h.entrance.admits(known, now) || !h.makePicoRoomLocked(known, now, keep) {
		h.traces.put(key, known)
		h.refusedPicos++
		h.refusedAt = now
		return nil
	}
	return h.addPicoLocked(addr, known)
}

// noticeLocked notes an address from which only codes came that are alive
// elsewhere: it is shown while there is plenty of room.
func (h *House) noticeLocked(addr netip.Addr, now time.Time) {
	if h.picos[addr] == nil && len(h.picos) < MaxPicos/2 {
		h.addPicoLocked(addr, trust{heard: now})
	}
}

func (h *House) addPicoLocked(addr netip.Addr, known trust) *pico {
	p := &pico{addr: addr, given: h.rules.Picos[addr], trust: known, heard: known.heard, entrance: newSensorEntrance()}
	h.picos[addr] = p
	return p
}

// makePicoRoomLocked makes room for a Pico by giving up one without sensors or
// else the least trusted one with its sensors, unless all are trusted more. Of
// equals the one goes that was heard for the shortest time, and then the one that
// has been quiet for longest.
func (h *House) makePicoRoomLocked(known trust, now time.Time, keep *pico) bool {
	if len(h.picos) < MaxPicos {
		return true
	}
	levels := make(map[*pico]int, len(h.picos))
	for _, p := range h.picos {
		levels[p] = p.trust.level(now, h.resumed)
	}
	for _, s := range h.sensors {
		levels[s.pico] = max(levels[s.pico], s.trust.level(now, h.resumed))
	}
	var worst *pico
	for p, level := range levels {
		if !p.addr.IsValid() || p == keep {
			continue
		}
		if worst == nil || cmp.Or(
			cmp.Compare(min(p.sensors, 1), min(worst.sensors, 1)), cmp.Compare(level, levels[worst]),
			p.trust.compare(worst.trust)) < 0 {
			worst = p
		}
	}
	if worst == nil || levels[worst] == heardDays || levels[worst] > known.level(now, h.resumed) {
		return false
	}
	for _, s := range h.sensors {
		if s.pico == worst {
			h.removeLocked(s)
		}
	}
	delete(h.picos, worst.addr)
	h.traces.put(traceKey{addr: worst.addr}, worst.trust)
	return true
}

// admitLocked reports whether there is a place for one more sensor, and what is
// known of it. If not it counts that.
func (h *House) admitLocked(code string, from *pico, now time.Time) (trust, bool) {
	key := traceKey{code: code}
	known := h.traces.get(key, now)
	if !h.recallingLocked() && !from.entrance.admits(known, now) || !h.makeRoomLocked(code, from, known, now) {
		h.traces.put(key, known)
		h.refusedSensors++
		h.refusedAt = now
		return trust{}, false
	}
	return known, true
}

// makeRoomLocked makes room for a sensor by giving up the least trusted one,
// unless all are trusted more. Of equals one of the Pico goes that has the most
// sensors, of these the one that was heard for the shortest time, and then the
// one that has been quiet for longest. Those of the same code stay.
func (h *House) makeRoomLocked(code string, from *pico, known trust, now time.Time) bool {
	crowded := from.addr.IsValid() && from.sensors >= MaxSensorsOfPico
	if !crowded && len(h.sensors) < MaxSensors {
		return true
	}
	var worst *sensor
	level := known.level(now, h.resumed)
	for _, s := range h.sensors {
		if crowded && s.pico != from || s.code.text == code {
			continue
		}
		l := s.trust.level(now, h.resumed)
		switch {
		case l == heardDays || l > level:
			continue
		case worst == nil, l < level:
		case s.pico.sensors < worst.pico.sensors:
			continue
		case s.pico.sensors == worst.pico.sensors && s.trust.compare(worst.trust) >= 0:
			continue
		}
		worst, level = s, l
	}
	if worst == nil {
		return false
	}
	h.traces.put(traceKey{code: worst.code.text}, worst.trust)
	h.removeLocked(worst)
	return true
}

// removeLocked forgets a sensor.
func (h *House) removeLocked(s *sensor) {
	s.pico.sensors--
	delete(h.sensors, s.id)
	s.code.remove(s)
	if len(s.code.rows) == 0 {
		delete(h.codes, s.code.text)
	}
	h.order = nil
	h.displaced++
}
