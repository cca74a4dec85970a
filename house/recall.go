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
// is passed over. Resume ends the past.
func (h *House) Recall(r Reading, pico netip.Addr) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.sensors[r.Sensor]; s != nil && !r.At.After(s.heard) {
		return
	}
	h.revision++
	if r.At.After(h.recalled) {
		h.recalled = r.At
	}
	h.observeLocked(observation{sensor: r.Sensor, name: r.SensorName, pico: pico, at: r.At, celsius: r.Celsius})
}

// RecallLate tells the house, while it runs, of a sensor that was heard in the
// past. A sensor that the house knows is left alone; one that it does not is
// silent until it is heard, without an event.
func (h *House) RecallLate(r Reading, pico netip.Addr) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sensors[r.Sensor] != nil {
		return
	}
	p := h.picoLocked(pico)
	if p == nil {
		return
	}
	was := *p
	h.revision++
	h.recalled = r.At
	h.observeLocked(observation{sensor: r.Sensor, name: r.SensorName, pico: pico, at: r.At, celsius: r.Celsius})
	h.recalled = time.Time{}
	if was.sensors > 0 { // it is alive or not, whatever its sensor said once
		p.heard, p.spoke, p.silent, p.back = was.heard, was.spoke, was.silent, was.back
	} else if pico.IsValid() {
		p.silent = true
	}
	if s := h.sensors[r.Sensor]; s != nil {
		s.silent, s.silentReported = true, !p.silent
	}
}

// RecallPico tells the house the name that an address had in the past.
func (h *House) RecallPico(addr netip.Addr, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.picoLocked(addr); p != nil {
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
	if stopped.IsZero() {
		return
	}
	h.advanceLocked(stopped)
	h.recalled = time.Time{}
	away := now.Sub(stopped)
	for _, s := range h.sensors {
		switch {
		case s.silent:
		case away <= shortStop:
			s.unheard = away
		default:
			// Nobody knows when it fell silent, if it did: no event.
			s.silent, s.silentReported = true, !s.pico.addr.IsValid()
			s.pico.silent = s.pico.addr.IsValid()
		}
	}
	h.advanceLocked(now)
}

// recallingLocked reports whether the past is being told.
func (h *House) recallingLocked() bool { return !h.recalled.IsZero() }
