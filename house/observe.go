package house

import (
	"net/netip"
	"time"
)

// An observation is what one sensor said at one moment, heard now or recalled.
type observation struct {
	code string
	name string // as the Pico calls it
	pico netip.Addr
	value
}

// observeLocked finds the sensor that a temperature is from, and tells it.
func (h *House) observeLocked(o observation) {
	c := h.codeLocked(o.code)
	if c == nil {
		if s := h.newSensorLocked(o); s != nil {
			h.readingLocked(s, o)
		}
		return
	}
	if from := h.picos[o.pico]; from != nil {
		from.hear(o.at)
	}
	if s := c.at(o.pico); s != nil {
		h.readingLocked(s, o)
	} else {
		h.noticeLocked(o.pico, o.at)
		h.claimLocked(c, o)
	}
	if len(c.rows)+len(c.claims) > 1 {
		h.settleLocked(c, o.at)
	}
}

// moveToLocked moves a sensor to the Pico of an address, if there is room for
// that one.
func (h *House) moveToLocked(s *sensor, addr netip.Addr, now time.Time) {
	if to := h.picoLocked(addr, now, s.pico); to != nil && to != s.pico {
		h.moveLocked(s, to)
	}
}

// codeLocked returns what is known of a ROM code, nil if nothing is. A recalled
// sensor whose ID only looks as if it were the second of its code is found too.
func (h *House) codeLocked(text string) *code {
	c, s := h.codes[text], h.sensors[text]
	if c != nil || s == nil || s.live {
		return c
	}
	s.code.remove(s)
	if len(s.code.rows) == 0 {
		delete(h.codes, s.code.text)
	}
	c = &code{text: text, rows: []*sensor{s}}
	s.code, h.codes[text] = c, c
	return c
}

// newSensorLocked adds a sensor of a code; nil if there is no room.
func (h *House) newSensorLocked(o observation) *sensor {
	from := h.picoLocked(o.pico, o.at, nil)
	if from == nil {
		return nil
	}
	known, ok := h.admitLocked(o.code, from, o.at)
	if !ok {
		return nil
	}
	s := h.addLocked(o.code, h.newID(o.code), o.name, from)
	s.trust = known
	if !h.past.known[s.id] {
		h.addEventLocked(Event{At: o.at, Kind: NewSensor, Label: s.displayName, Sensor: s.id})
	}
	return s
}

func (h *House) addLocked(text, id, name string, from *pico) *sensor {
	c := h.codes[text]
	if c == nil {
		c = &code{text: text}
		h.codes[text] = c
	}
	s := &sensor{id: id, code: c}
	s.habit.isCold = h.habits[id]
	c.rows = append(c.rows, s)
	h.sensors[id] = s
	h.renameLocked(s, name)
	h.moveLocked(s, from)
	return s
}

// readingLocked tells a sensor what it said.
func (h *House) readingLocked(s *sensor, o observation) {
	h.takeNameLocked(s, o)
	h.heardLocked(s, o.at)
	recalling := h.recallingLocked()
	if !recalling && !s.live {
		s.live, s.born = true, o.at
	}
	var d decision
	if recalling && !s.valid {
		d = s.filter.trust(o.value) // it was believed once
	} else {
		d = s.filter.weigh(o.value)
	}
	h.setAsideLocked(s, d)
	if !recalling {
		h.impossibleLocked(s, o.at, d.count > 0)
	}
	for _, v := range d.believed[:d.count] {
		h.believedLocked(s, v)
		h.recordLocked(s, v)
		if !v.recalled {
			h.accepted = append(h.accepted, Reading{
				Sensor: s.id, SensorName: s.sensorName, FriendlyName: s.friendlyName,
				At: v.at, Celsius: v.celsius,
			})
		}
	}
}

// setAsideLocked notes which values are not believed, and tells of those about
// which that is certain. A power-on value is told at once: no other of its kind
// can confirm it.
func (h *House) setAsideLocked(s *sensor, d decision) {
	before := s.setAside
	if !d.dropped.isZero() && !h.recallingLocked() {
		s.setAside.count++
		if d.why != PowerOn {
			h.tellSetAsideLocked(s, d.dropped, d.why)
		}
	}
	held := s.filter.held
	if s.setAside.now = !held.isZero() || d.why == Beyond; !s.setAside.now {
		return
	}
	if d.why == Beyond {
		s.setAside.at, s.setAside.value, s.setAside.why = d.dropped.at, d.dropped.celsius, Beyond
		return
	}
	s.setAside.at, s.setAside.value, s.setAside.why = held.at, held.celsius, s.filter.why
	if held.fault() == PowerOn && (!before.now || before.why != PowerOn) {
		h.tellSetAsideLocked(s, held, PowerOn)
	}
}

// believedLocked tells that a sensor is believed again.
func (h *House) believedLocked(s *sensor, v value) {
	since := s.setAside.told
	if since.IsZero() && !v.recalled && len(h.past.open) > 0 {
		since, _ = h.past.take(pastKey{kind: SetAside, sensor: s.id})
	}
	if since.IsZero() {
		return
	}
	e := s.event()
	e.At, e.Kind, e.For = v.at, SetAsideOver, max(v.at.Sub(since), 0)
	s.setAside.told = time.Time{}
	h.addEventLocked(e)
}

// tellSetAsideLocked tells that a sensor is not believed, until it is once and for all
// that it says.
func (h *House) tellSetAsideLocked(s *sensor, v value, why Doubt) {
	if !s.setAside.told.IsZero() || h.recallingLocked() {
		return
	}
	e := s.event()
	e.At, e.Kind, e.Celsius, e.Text = v.at, SetAside, v.celsius, why.Text()
	if since, ok := h.goesOnLocked(e); ok {
		s.setAside.told = since
		return
	}
	if s.tellings == nil {
		s.tellings = newTeller()
	}
	if s.tellings.AllowN(v.at, 1) {
		h.addEventLocked(e)
		s.setAside.told = v.at
	}
}

func (h *House) moveLocked(s *sensor, to *pico) {
	if s.pico != nil {
		s.pico.sensors--
	}
	s.pico = to
	to.sensors++
	h.order = nil
}

// heardLocked notes that a sensor spoke, whatever it said, and that its Pico
// therefore lives.
func (h *House) heardLocked(s *sensor, at time.Time) {
	past := !h.recallingLocked() && len(h.past.open) > 0
	if s.pico.silent || past && h.stoodLocked(Event{Kind: Silent, Label: s.pico.label(), Pico: true}) {
		h.heardAgainLocked(s.pico, at)
	}
	if s.silent || past && h.stoodLocked(Event{Kind: Silent, Sensor: s.id}) {
		h.silenceOverLocked(s, at)
	}
	s.pico.hear(at)
	s.pico.spoke = at
	s.hear(at)
}
