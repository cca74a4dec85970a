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
		return h.temperatureLocked(p)
	case feed.Status:
		h.statusLocked(p)
	case feed.Other:
		h.others++
	}
	return Reading{}, false
}

func (h *House) temperatureLocked(p feed.Packet) (Reading, bool) {
	s := h.sensors[p.Sensor]
	if s == nil && !h.roomLocked(p.From.Addr()) {
		h.refusedSensors++
		return Reading{}, false
	}
	from := h.picoLocked(p.From.Addr())
	if from == nil {
		if s == nil {
			return Reading{}, false
		}
		from = s.pico // a known sensor is never given up
	}
	if s == nil {
		s = &sensor{id: p.Sensor}
		h.sensors[p.Sensor] = s
		h.renameLocked(s, p.Name)
		h.moveLocked(s, from)
		if !h.recallingLocked() {
			h.tellLocked(Event{At: p.Heard, Kind: NewSensor, Label: s.friendlyName})
		}
	}
	if s.name != p.Name {
		h.renamedLocked(s, p)
	}
	if s.pico != from {
		h.moveLocked(s, from)
	}
	h.heardLocked(s, p.Heard)
	if !s.accept(p, h.tellLocked) {
		return Reading{}, false
	}
	return Reading{
		Sensor: s.id, SensorName: s.sensorName, FriendlyName: s.friendlyName,
		At: p.Heard, Celsius: p.Celsius,
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
func (h *House) renamedLocked(s *sensor, p feed.Packet) {
	old, oldName := s.friendlyName, s.sensorName
	h.renameLocked(s, p.Name)
	if s.sensorName != oldName && !h.recallingLocked() && p.Heard.Sub(s.renamed) >= time.Minute {
		s.renamed = p.Heard
		h.tellLocked(Event{At: p.Heard, Kind: Renamed, Label: s.friendlyName, Text: old})
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
		h.tellLocked(Event{At: at, Kind: HeardOf, Label: s.pico.label(), Pico: true, Sensors: s.pico.sensors})
		s.pico.silent, s.pico.back = false, at
	} else if s.silentTold {
		h.tellLocked(Event{At: at, Kind: HeardOf, Label: s.friendlyName})
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
	from.status(p, h.tellLocked)
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

// tellLocked adds an event, at its place in time: a silence is noticed later
// than it began.
func (h *House) tellLocked(e Event) {
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
