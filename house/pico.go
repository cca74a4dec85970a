package house

import (
	"cmp"
	"net/netip"
	"strings"
	"time"

	"picotop/feed"
)

const (
	// forgetPico is how long an address without sensors is remembered: DHCP
	// leaves such addresses behind.
	forgetPico = 10 * time.Minute
	// failsInARow is how many feed calls must fail before it is worth an
	// event: one in five fails in a house where all is well.
	failsInARow = 3
)

// A pico is what the house knows of one sender.
type pico struct {
	addr     netip.Addr // invalid for what only history knows
	name     string     // from its status packets
	given    string     // by the owner; empty if he gave it none
	heard    time.Time  // any packet
	spoke    time.Time  // a packet of one of its sensors
	trust    trust
	sensors  int
	silent   bool
	silentAs string    // the label with which that was told
	silenced int       // sensors, when it fell silent
	untold   bool      // silent since before the program began, as far as it knows
	back     time.Time // when its last silence ended

	interval time.Duration // the median of its sensors' intervals

	statusText string
	statusAt   time.Time
	statusOK   bool
	oks, fails uint64
	failing    int // failed feed calls in a row
	stands     stands

	entrance entrance // of new sensors
}

// hear notes a packet of any kind.
func (p *pico) hear(at time.Time) {
	p.trust.hear(at)
	p.heard = at
}

func (p *pico) label() string { return Pico{Addr: p.addr, Name: cmp.Or(p.given, p.name)}.Label() }

// heardLately reports whether the Pico is certainly alive, so that a sensor of it
// that is silent is a trouble of its own. It is not while the Pico may be about
// to be found silent as a whole, or has only just come back.
func (p *pico) heardLately(now time.Time) bool {
	if !p.addr.IsValid() {
		return true
	}
	after := leastSilence(p.interval)
	return !p.silent && now.Sub(p.heard) <= after/2 && now.Sub(p.back) > after
}

// snapshot is the Pico as others see it.
func (p *pico) snapshot() Pico {
	return Pico{
		Addr: p.addr, Name: cmp.Or(p.given, p.name), Heard: p.heard, Sensors: p.sensors,
		Interval: p.interval, Silent: p.silent,
		StatusText: p.statusText, StatusAt: p.statusAt, StatusOK: p.statusOK,
		OKs: p.oks, Errors: p.fails,
	}
}

// status notes how a feed call went.
func (p *pico) status(packet feed.Packet) {
	p.statusText, p.statusAt = packet.Text, packet.Heard
	// The Pico sends "API " and the HTTP status, or "API Exception".
	p.statusOK = strings.HasPrefix(packet.Text, "API 2")
	if !p.statusOK {
		p.fails++
		p.failing++
		return
	}
	p.oks++
	p.failing = 0
}
