// Package house knows what is known of the house now: its sensors and Picos,
// their latest readings, learnt intervals, trends, and what is wrong.
//
// A [House] is told each packet with Apply and the passing of time with
// Advance, and gives a [State] to whoever asks. It does no I/O and never looks
// at a clock: every moment is handed in. After a start it is told of the past
// with Recall, so that it goes on where it stopped.
//
// A sensor is its ROM code; its name is a label and may repeat or change. Two
// that send one ROM code from two Picos at the same time clash, and are kept
// apart. A Pico is a source address; its name is learnt from its status packets.
//
// Anybody on the network can make up sensors and Picos, so both are bounded in
// number. When there are too many those that were heard for the shortest time
// give their places to others, and what was heard for a day never does. Nor can
// one Pico take the places of all.
//
// What a sensor says is believed unless it leaps away from what it said before
// and back again: such a value is set aside, and counts for nothing.
//
// The package knows nothing of sockets, storage, Prometheus or screens.
package house

import (
	"net/netip"
	"strings"
	"sync"
	"time"

	"picotop/feed"
)

// Bounds on what one house can hold.
const (
	MaxSensors       = 512
	MaxSensorsOfPico = MaxSensors / 2
	MaxPicos         = 256
)

// DefaultLimit is the temperature that warns, in Celsius: water in a tank is
// about to freeze.
const DefaultLimit = 3.0

// Config says what is wrong and what is not.
type Config struct {
	Limit float64 // in Celsius; at or below it a sensor is freezing
	// ColdIsNormal names the sensors without a limit, by SensorName in any
	// letter case.
	ColdIsNormal []string
}

// A House is safe for concurrent use.
type House struct {
	limit        float64
	coldIsNormal map[string]bool // by lower-case SensorName

	mu       sync.Mutex // guards the rest
	revision uint64
	sensors  map[string]*sensor   // by ID
	codes    map[string]*code     // by ROM code
	picos    map[netip.Addr]*pico // the invalid address holds what only history knows
	order    []*sensor            // as in State; nil when out of date
	events   []Event              // oldest first, at most maxEvents

	recalled      time.Time                // the newest moment of the past told by Recall
	resumed       time.Time                // when Resume ended the past; zero without one
	recalledSpans map[string]time.Duration // as told by RecallHeardFor, until Resume

	accepted []Reading // since the last call that returned them
	entrance entrance
	traces   traces

	refusedSensors, refusedPicos, displaced, others uint64
	refusedAt                                       time.Time
}

// New returns an empty House.
func New(cfg Config) *House {
	h := &House{
		limit:        cfg.Limit,
		coldIsNormal: map[string]bool{},
		sensors:      map[string]*sensor{},
		codes:        map[string]*code{},
		picos:        map[netip.Addr]*pico{},
		entrance:     newPicoEntrance(),
	}
	for _, name := range cfg.ColdIsNormal {
		h.coldIsNormal[strings.ToLower(name)] = true
	}
	return h
}

// A Reading is a temperature that is believed, with the names that go with
// it.
type Reading struct {
	Sensor       string // Sensor.ID: the ROM code
	SensorName   string
	FriendlyName string
	At           time.Time
	Celsius      float64
}

// Apply tells the house of a packet, and returns the readings that are believed
// since the last call of Apply or Advance: usually the one in the packet, but
// also none, or earlier ones that it confirms. Those of one sensor come in the
// order of their times. The caller owns them.
func (h *House) Apply(p feed.Packet) []Reading {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.revision++
	switch p.Kind {
	case feed.Temperature:
		h.observeLocked(observation{
			code: p.Sensor, name: p.Name, pico: p.From.Addr(),
			value: value{at: p.Heard, from: p.From, celsius: p.Celsius, offset: p.Offset},
		})
	case feed.Status:
		h.statusLocked(p)
	case feed.Other:
		h.others++
	}
	return h.takeAcceptedLocked()
}

func (h *House) takeAcceptedLocked() []Reading {
	out := h.accepted
	h.accepted = nil
	return out
}

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
	s := c.at(o.pico)
	if s == nil {
		s = h.freeLocked(c, &claim{since: o.at, readings: []observation{o}}, o.at)
		if s != nil {
			h.moveToLocked(s, o.pico, o.at)
		}
	}
	if s != nil {
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
	h.addEventLocked(Event{At: o.at, Kind: NewSensor, Label: s.displayName})
	return s
}

func (h *House) addLocked(text, id, name string, from *pico) *sensor {
	c := h.codes[text]
	if c == nil {
		c = &code{text: text}
		h.codes[text] = c
	}
	s := &sensor{id: id, code: c}
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
	s.live = s.live || !recalling
	var d decision
	if recalling && !s.valid {
		d = s.filter.trust(o.value) // it was believed once
	} else {
		d = s.filter.weigh(o.value)
	}
	h.setAsideLocked(s, d)
	for _, v := range d.believed[:d.count] {
		s.record(v, h.addEventLocked)
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
	s.setAside.now = !held.isZero()
	if !s.setAside.now {
		return
	}
	s.setAside.at, s.setAside.value, s.setAside.why = held.at, held.celsius, s.filter.why
	if held.fault() == PowerOn && !(before.now && before.why == PowerOn) {
		h.tellSetAsideLocked(s, held, PowerOn)
	}
}

func (h *House) tellSetAsideLocked(s *sensor, v value, why Doubt) {
	if s.tellings == nil {
		s.tellings = newTeller()
	}
	if s.tellings.AllowN(v.at, 1) {
		h.addEventLocked(Event{At: v.at, Kind: SetAside, Label: s.displayName, Celsius: v.celsius, Text: why.Text()})
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
	if s.pico.silent {
		h.addEventLocked(Event{At: at, Kind: HeardAgain, Label: s.pico.label(), Pico: true, Sensors: s.pico.sensors})
		s.pico.silent, s.pico.back = false, at
	} else if s.silentReported {
		h.addEventLocked(Event{At: at, Kind: HeardAgain, Label: s.displayName})
	}
	s.pico.hear(at)
	s.pico.spoke = at
	s.hear(at)
}

func (h *House) statusLocked(p feed.Packet) {
	from := h.picoLocked(p.From.Addr(), p.Heard, nil)
	if from == nil {
		return
	}
	from.hear(p.Heard)
	if p.Name != "" && p.Name != from.name {
		h.nameLocked(from, p.Name, p.Heard)
	}
	from.status(p, h.addEventLocked)
}

// nameLocked names a Pico. The name moves here from a Pico that has gone
// quiet: DHCP gave it a new address.
func (h *House) nameLocked(p *pico, name string, now time.Time) {
	for _, other := range h.picos {
		if other.name == name && (other.sensors == 0 || now.Sub(other.heard) > silentAfter(other.interval)) {
			other.name = ""
		}
	}
	p.name = name
	h.order = nil
}
