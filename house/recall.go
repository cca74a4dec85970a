package house

import (
	"net/netip"
	"time"
)

// shortStop is how long the program may have been stopped before what it did
// not hear meanwhile counts as silence. An upgrade or a reboot must not raise
// an alarm for every sensor.
const shortStop = 10 * time.Minute

// Recall tells the house of a reading of the past, oldest first, before the
// first Apply. One that is not newer than what the house knows of the sensor
// is passed over. Its SensorName may be the name as it was sent, from which the
// labels follow. Resume ends the past.
func (h *House) Recall(r Reading, pico netip.Addr) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var code, id string
	s := h.sensors[r.Sensor]
	if s != nil {
		code, id = s.code.text, s.id
	} else {
		code, id = splitID(r.Sensor)
		s = h.sensors[id]
	}
	if s != nil && !r.At.After(s.heard) {
		return
	}
	h.revision++
	if r.At.After(h.recalled) {
		h.recalled = r.At
	}
	h.recallLocked(code, id, r, pico)
}

// recallLocked tells the house of a reading of the past. It returns its sensor,
// nil if there is no room for it.
func (h *House) recallLocked(code, id string, r Reading, addr netip.Addr) *sensor {
	from := h.picoLocked(addr, r.At, nil)
	s := h.sensors[id]
	if from == nil {
		return nil
	}
	if s == nil {
		if !h.makeRoomLocked(code, from, trust{heard: r.At, span: h.recalledSpans[id]}, r.At) {
			h.refusedSensors++
			return nil
		}
		s = h.addLocked(code, id, r.SensorName, from)
		s.trust.span = h.recalledSpans[id]
	}
	if s.pico != from {
		h.moveLocked(s, from)
	}
	h.readingLocked(s, observation{code: code, name: r.SensorName, pico: addr, value: value{at: r.At, celsius: r.Celsius, recalled: true}})
	return s
}

// RecallHeardFor tells the house for how long a sensor had been heard in all,
// as Sensor.HeardFor said, before Recall tells of its readings. Without that
// history's word is worth ten minutes, and what it tells.
func (h *House) RecallHeardFor(sensor string, d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, id := splitID(sensor)
	if len(h.recalledSpans) >= 2*MaxSensors {
		return
	}
	if h.recalledSpans == nil {
		h.recalledSpans = map[string]time.Duration{}
	}
	h.recalledSpans[id] = max(h.recalledSpans[id], d)
}

// RecallLate tells the house, while it runs, of a sensor that was heard in the
// past. A sensor that the house knows is left alone; one that it does not is
// silent until it is heard, without an event.
func (h *House) RecallLate(r Reading, pico netip.Addr) {
	h.mu.Lock()
	defer h.mu.Unlock()
	code, id := splitID(r.Sensor)
	if h.sensors[id] != nil || len(h.sensors) >= MaxSensors {
		return // nothing that is heard is given up for it
	}
	had := h.picos[pico]
	if had == nil && len(h.picos) >= MaxPicos {
		return
	}
	var was struct {
		heard, spoke, back time.Time
		silent             bool
		trust              trust
	}
	if had != nil {
		was.heard, was.spoke, was.back, was.silent, was.trust = had.heard, had.spoke, had.back, had.silent, had.trust
	}
	alive := had != nil && had.sensors > 0
	h.revision++
	h.recalled = r.At
	s := h.recallLocked(code, id, r, pico)
	h.recalled = time.Time{}
	if s == nil {
		return
	}
	p := s.pico
	switch {
	case alive: // or not, whatever its sensor said once
		p.heard, p.spoke, p.back, p.silent, p.trust = was.heard, was.spoke, was.back, was.silent, was.trust
	case pico.IsValid():
		p.silent = true
	}
	s.trust.span = max(s.trust.span, recalledTrust)
	s.silent, s.silentReported = true, !p.silent
}

// RecallPico tells the house the name that an address had in the past.
func (h *House) RecallPico(addr netip.Addr, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.picoLocked(addr, time.Time{}, nil); p != nil {
		p.name = name
		h.order = nil
	}
}

// Resume ends the past, if there was any, and decides what had gone silent
// before the program was stopped.
func (h *House) Resume(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	stopped := h.recalled
	h.recalledSpans = nil
	if stopped.IsZero() {
		return
	}
	h.advanceLocked(stopped)
	h.foundAllLocked()
	h.recalled, h.resumed = time.Time{}, now
	away := now.Sub(stopped)
	for _, s := range h.sensors {
		s.trust.span = max(s.trust.span, recalledTrust)
		switch {
		case s.silent:
		case away <= shortStop:
			s.unheard = away
		default:
			// Nobody knows whether it fell silent: it is told later.
			s.silent, s.silentReported = true, !s.pico.addr.IsValid()
			s.untold = s.silentReported
			if s.pico.addr.IsValid() && !s.pico.silent {
				s.pico.silent, s.pico.untold = true, true
			}
		}
	}
	h.advanceLocked(now)
	h.tellUntoldLocked()
}

// recallingLocked reports whether the past is being told.
func (h *House) recallingLocked() bool { return !h.recalled.IsZero() }
