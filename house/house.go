// Package house knows what is known of the house now: its sensors and Picos,
// their latest readings, learnt intervals, trends, and what is wrong.
//
// A [House] is told each packet with Apply and the passing of time with
// Advance, and gives a [State] to whoever asks. It does no I/O and never looks
// at a clock: every moment is handed in. After a start it is told of the past
// with Recall, so that it goes on where it stopped.
//
// A sensor is its ROM code; its name is a label and may repeat or change. A
// Pico is a source address; its name is learnt from its status packets. Both
// are bounded in number, and those known are never given up for new ones,
// since anybody on the network can make up new ones. Nor can one Pico take the
// places of all.
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
	maxEvents        = 100
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
	sensors  map[string]*sensor
	picos    map[netip.Addr]*pico // the invalid address holds what only history knows
	order    []*sensor            // as in State; nil when out of date
	events   []Event              // oldest first, at most maxEvents

	recalled time.Time // the newest moment of the past told by Recall

	refusedSensors, refusedPicos, others uint64
}

// New returns an empty House.
func New(cfg Config) *House {
	h := &House{
		limit:        cfg.Limit,
		coldIsNormal: map[string]bool{},
		sensors:      map[string]*sensor{},
		picos:        map[netip.Addr]*pico{},
	}
	for _, name := range cfg.ColdIsNormal {
		h.coldIsNormal[strings.ToLower(name)] = true
	}
	return h
}

// A Reading is a temperature that was accepted, with the names that go with
// it.
type Reading struct {
	Sensor       string // ROM code
	SensorName   string
	FriendlyName string
	At           time.Time
	Celsius      float64
}

// Apply tells the house of a packet. ok reports whether it held a temperature
// that was accepted: not one that was set aside, or of a sensor too many.
func (h *House) Apply(p feed.Packet) (r Reading, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.revision++
	switch p.Kind {
	case feed.Temperature:
		return h.observeLocked(observation{
			sensor: p.Sensor, name: p.Name, pico: p.From.Addr(), at: p.Heard, celsius: p.Celsius, offset: p.Offset,
		})
	case feed.Status:
		h.statusLocked(p)
	case feed.Other:
		h.others++
	}
	return Reading{}, false
}

// An observation is what one sensor said at one moment, heard now or recalled.
type observation struct {
	sensor  string // ROM code
	name    string // as the Pico calls it
	pico    netip.Addr
	at      time.Time
	celsius float64 // with offset applied
	offset  float64 // in kelvin; 0 in what is recalled
}

// observeLocked tells the house of a temperature, and reports whether it was
// accepted.
func (h *House) observeLocked(o observation) (Reading, bool) {
	s := h.sensors[o.sensor]
	if s == nil && !h.roomLocked(o.pico) {
		h.refusedSensors++
		return Reading{}, false
	}
	from := h.picoLocked(o.pico)
	if from == nil {
		if s == nil {
			return Reading{}, false
		}
		from = s.pico // a known sensor is never given up
	}
	if s == nil {
		s = &sensor{id: o.sensor}
		h.sensors[o.sensor] = s
		h.renameLocked(s, o.name)
		h.moveLocked(s, from)
		if !h.recallingLocked() {
			h.addEventLocked(Event{At: o.at, Kind: NewSensor, Label: s.friendlyName})
		}
	}
	if s.name != o.name {
		h.renamedLocked(s, o)
	}
	if s.pico != from {
		h.moveLocked(s, from)
	}
	h.heardLocked(s, o.at)
	if !s.accept(o, h.addEventLocked) {
		return Reading{}, false
	}
	return Reading{
		Sensor: s.id, SensorName: s.sensorName, FriendlyName: s.friendlyName,
		At: o.at, Celsius: o.celsius,
	}, true
}

// roomLocked reports whether an address may bring one more sensor. What only
// history knows comes from no address, and was let in once.
func (h *House) roomLocked(addr netip.Addr) bool {
	from := h.picos[addr]
	return len(h.sensors) < MaxSensors && (from == nil || !addr.IsValid() || from.sensors < MaxSensorsOfPico)
}

// renamedLocked notes a new name, and tells of it at most once a minute: two
// senders with one ROM code must not fill the list of events. White space
// alone is no change: history does not keep it.
func (h *House) renamedLocked(s *sensor, o observation) {
	old, oldName := s.friendlyName, s.sensorName
	h.renameLocked(s, o.name)
	if s.sensorName != oldName && !h.recallingLocked() && o.at.Sub(s.renamed) >= time.Minute {
		s.renamed = o.at
		h.addEventLocked(Event{At: o.at, Kind: Renamed, Label: s.friendlyName, Text: old})
	}
}

func (h *House) renameLocked(s *sensor, name string) {
	s.name, s.sensorName, s.friendlyName = name, SensorName(name), FriendlyName(name)
	s.limit, s.hasLimit = h.limit, !h.coldIsNormal[strings.ToLower(s.sensorName)]
	h.order = nil
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
		h.addEventLocked(Event{At: at, Kind: HeardAgain, Label: s.friendlyName})
	}
	s.pico.heard, s.pico.spoke = at, at
	s.hear(at)
}

func (h *House) statusLocked(p feed.Packet) {
	from := h.picoLocked(p.From.Addr())
	if from == nil {
		return
	}
	from.heard = p.Heard
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

// picoLocked returns the Pico of an address, new if need be; nil if there are
// too many.
func (h *House) picoLocked(addr netip.Addr) *pico {
	p := h.picos[addr]
	if p == nil {
		if len(h.picos) >= MaxPicos {
			h.refusedPicos++
			return nil
		}
		p = &pico{addr: addr}
		h.picos[addr] = p
	}
	return p
}

// addEventLocked adds an event, at its place in time: a silence is noticed later
// than it began.
func (h *House) addEventLocked(e Event) {
	i := len(h.events)
	for i > 0 && e.At.Before(h.events[i-1].At) {
		i--
	}
	h.events = append(h.events, Event{})
	copy(h.events[i+1:], h.events[i:])
	h.events[i] = e
	if len(h.events) > maxEvents {
		h.events = append(h.events[:0], h.events[1:]...)
	}
}
