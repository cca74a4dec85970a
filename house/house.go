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
	Rules Rules
}

// A House is safe for concurrent use.
type House struct {
	mu       sync.Mutex // guards the rest
	rules    Rules
	now      time.Time // the newest moment of which the house was told
	revision uint64
	sensors  map[string]*sensor    // by ID
	codes    map[string]*code      // by ROM code
	picos    map[netip.Addr]*pico  // the invalid address holds what only history knows
	order    []*sensor             // as in State; nil when out of date
	names    map[string]*namesakes // by SensorName; out of date when order is
	events   []Event               // oldest first, at most MaxEvents
	untaken  []Event               // since TakeEvents, as they were told, at most maxUntaken

	recalled      time.Time                // the newest moment of the past told by Recall
	resumed       time.Time                // when Resume ended the past; zero without one
	recalledSpans map[string]time.Duration // as told by RecallHeardFor, until Resume

	stands    stands // the conditions of the house as a whole
	hearing   hearing
	decisions decisions
	habits    map[string]bool // as told by RecallHabits
	past      past

	accepted []Reading // since the last call that returned them
	entrance entrance
	traces   traces

	refusedSensors, refusedPicos, displaced, others uint64
	refusedAt                                       time.Time
}

// New returns an empty House.
func New(cfg Config) *House {
	return &House{
		rules:    cfg.Rules,
		sensors:  map[string]*sensor{},
		codes:    map[string]*code{},
		picos:    map[netip.Addr]*pico{},
		entrance: newPicoEntrance(),
	}
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
	h.now = p.Heard
	h.heardAnyLocked(p.Heard)
	switch p.Kind {
	case feed.Temperature, feed.Impossible:
		h.observeLocked(observation{
			code: p.Sensor, name: p.Name, pico: p.From.Addr(),
			value: value{
				at: p.Heard, from: p.From, celsius: p.Celsius, offset: p.Offset,
				impossible: p.Kind == feed.Impossible,
			},
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

func (h *House) statusLocked(p feed.Packet) {
	from := h.picoLocked(p.From.Addr(), p.Heard, nil)
	if from == nil {
		return
	}
	from.hear(p.Heard)
	if p.Name != "" && p.Name != from.name {
		h.nameLocked(from, p.Name, p.Heard)
	}
	from.status(p)
	if from.failing > 0 && h.stoodLocked(Event{Kind: UploadFails, Label: from.label(), Pico: true}) {
		from.failing = max(from.failing, failsInARow) // as it was
	}
	h.turnLocked(&from.stands, from.subject(), change{
		kind: Upload, is: from.failing >= failsInARow, at: p.Heard, text: p.Text,
		event: Event{Label: from.label(), Pico: true, Text: p.Text},
	})
}

// nameLocked names a Pico. The name moves here from a Pico that has gone
// quiet: DHCP gave it a new address.
func (h *House) nameLocked(p *pico, name string, now time.Time) {
	for _, other := range h.picos {
		if other.name == name && (other.sensors == 0 || now.Sub(other.heard) > leastSilence(other.interval)) {
			other.name = ""
		}
	}
	p.name = name
	h.order = nil
}
