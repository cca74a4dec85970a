package doctor

import (
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"picotop/feed"
)

// maxSenders bounds what is remembered: source addresses can be forged.
const maxSenders = 256

// An observer counts what the listener receives, by sender and by sensor. It is
// safe for concurrent use.
type observer struct {
	started time.Time

	group netip.Addr
	probe *portProbe

	mu         sync.Mutex     // guards the rest
	otherAddrs map[stream]int // Picos' packets that were not sent to the group
	senders    map[netip.Addr]*sender
	sensors    map[sensorKey]*intervals
	packets    int
	last       time.Time // the newest packet, a refused one included
	rejoins    []rejoin
}

func newObserver(group netip.Addr, now time.Time) *observer {
	return &observer{
		group: group, probe: newPortProbe(), otherAddrs: map[stream]int{}, started: now, last: now, senders: map[netip.Addr]*sender{}, sensors: map[sensorKey]*intervals{},
	}
}

// start sets the beginning of the listening proper. What came before still
// counts.
func (o *observer) start(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.started = now
	if o.packets == 0 {
		o.last = now
	}
}

// senderLocked returns the sender of an address, nil if there are too many.
func (o *observer) senderLocked(from netip.AddrPort) *sender {
	addr := from.Addr().Unmap()
	s := o.senders[addr]
	if s == nil && len(o.senders) < maxSenders {
		s = &sender{addr: addr, ports: map[uint16]int{}, names: map[string]bool{}, refused: map[feed.Reason]int{}, samples: map[feed.Reason]sample{}, types: map[string]bool{}}
		o.senders[addr] = s
	}
	return s
}

// countLocked counts a packet, and notes it if it is the first since a rejoin.
func (o *observer) countLocked(at time.Time) {
	o.packets++
	o.last = at
	if n := len(o.rejoins); n > 0 && o.rejoins[n-1].firstAfter == 0 {
		o.rejoins[n-1].firstAfter = max(at.Sub(o.rejoins[n-1].at), 1)
	}
}

// addPacket counts a packet that was understood.
func (o *observer) addPacket(p feed.Packet) {
	if o.probe.isProbe(p) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.countLocked(p.Heard)
	s := o.senderLocked(p.From)
	if s == nil {
		return
	}
	s.ports[p.Port]++
	switch p.Kind {
	case feed.Temperature:
		s.temperatures++
		s.names[p.Name] = true
		o.addIntervalLocked(sensorKey{s.addr, p.Sensor}, p.Heard)
	case feed.Status:
		s.statuses++
	case feed.Impossible: // the sensor speaks, though nobody can use it
		o.addIntervalLocked(sensorKey{s.addr, p.Sensor}, p.Heard)
	default:
		s.other++
		if len(s.types) < maxSenders {
			s.types[p.Text] = true
		}
	}
}

// tap looks at a datagram before the listener filters it: test packets, samples
// of what cannot be read, and what was not sent to the group.
func (o *observer) tap(d feed.Datagram) {
	if o.probe.receive(d) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	s := o.senderLocked(d.From)
	if s == nil {
		return
	}
	s.datagrams++
	if s.datagrams > maxDecoded {
		return // a flood is not worth the time
	}
	p, why := feed.Decode(d.Payload)
	switch {
	case why != "":
		if _, ok := s.samples[why]; !ok {
			s.samples[why] = newSample(d.Payload)
		}
	case why == "" && p.Kind != feed.Other && d.To.IsValid() && d.To.Addr() != o.group && len(o.otherAddrs) < maxSenders:
		o.otherAddrs[stream{from: s.addr, to: d.To.Addr(), port: d.To.Port()}]++
	}
}

// maxDecoded is how many packets of a sender tap decodes.
const maxDecoded = 1000

// addRefusal counts a packet that was refused.
func (o *observer) addRefusal(r feed.Refusal) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if r.Reason != feed.NotOurGroup {
		o.countLocked(r.At)
	}
	if s := o.senderLocked(r.From); s != nil {
		s.refused[r.Reason]++
	}
}

// A Progress is how far the listening has come.
type Progress struct {
	Elapsed, Total time.Duration // so far, and in all
	Senders        int           // addresses that were heard
	Sensors        int
	Packets        int
}

func (o *observer) progress(now time.Time, total time.Duration) Progress {
	o.mu.Lock()
	defer o.mu.Unlock()
	return Progress{
		Elapsed: now.Sub(o.started), Total: total,
		Senders: len(o.senders), Sensors: len(o.sensors), Packets: o.packets,
	}
}

// result returns what was counted until now.
func (o *observer) result(now time.Time) traffic {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := traffic{duration: now.Sub(o.started), packets: o.packets, slowestInterval: o.slowestIntervalLocked(), rejoins: slices.Clone(o.rejoins)}
	for _, addr := range slices.SortedFunc(maps.Keys(o.senders), netip.Addr.Compare) {
		if s := o.senders[addr]; s.packets()+s.unreadable() > 0 {
			out.senders = append(out.senders, s.clone())
		}
	}
	for st := range o.otherAddrs {
		out.otherAddrs = append(out.otherAddrs, st)
	}
	slices.SortFunc(out.otherAddrs, stream.compare)
	return out
}
