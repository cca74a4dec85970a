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

// A hearing adds up what is heard while the doctor listens.
type hearing struct {
	started time.Time

	group netip.Addr
	probe *portProbe

	mu      sync.Mutex     // guards the rest
	strays  map[stream]int // Picos' packets that were not sent to the group
	senders map[netip.Addr]*sender
	voices  map[voice]*rhythm
	packets int
	last    time.Time // the newest packet, a refused one included
	rounds  []round
}

func newHearing(group netip.Addr, now time.Time) *hearing {
	return &hearing{
		group: group, probe: newPortProbe(), strays: map[stream]int{}, started: now, last: now, senders: map[netip.Addr]*sender{}, voices: map[voice]*rhythm{},
	}
}

// begin says that the listening proper begins now.
func (h *hearing) begin(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.started = now
	if h.packets == 0 {
		h.last = now
	}
}

// senderLocked returns nil if there are too many.
func (h *hearing) senderLocked(from netip.AddrPort) *sender {
	addr := from.Addr().Unmap()
	s := h.senders[addr]
	if s == nil && len(h.senders) < maxSenders {
		s = &sender{addr: addr, ports: map[uint16]int{}, names: map[string]bool{}, refused: map[feed.Reason]int{}, types: map[string]bool{}}
		h.senders[addr] = s
	}
	return s
}

func (h *hearing) countLocked(at time.Time) {
	h.packets++
	h.last = at
	if n := len(h.rounds); n > 0 && h.rounds[n-1].first == 0 {
		h.rounds[n-1].first = max(at.Sub(h.rounds[n-1].at), 1)
	}
}

// packet notes one that was understood.
func (h *hearing) packet(p feed.Packet) {
	if h.probe.isProbe(p) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.countLocked(p.Heard)
	s := h.senderLocked(p.From)
	if s == nil {
		return
	}
	s.ports[p.Port]++
	switch p.Kind {
	case feed.Temperature:
		s.temperatures++
		s.names[p.Name] = true
		h.voiceLocked(voice{s.addr, p.Sensor}, p.Heard)
	case feed.Status:
		s.statuses++
	default:
		s.other++
		if len(s.types) < maxSenders {
			s.types[p.Text] = true
		}
	}
}

// sampleRunes is how much is shown of a packet that cannot be read.
const sampleRunes = 60

// tap looks at a datagram before the listener judges it.
func (h *hearing) tap(d feed.Datagram) {
	if h.probe.receive(d) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.senderLocked(d.From)
	if s == nil {
		return
	}
	s.seen++
	if s.seen > enoughSeen {
		return // a flood is not worth the time
	}
	p, why := feed.Decode(d.Payload)
	switch {
	case why != "" && s.sample == "":
		s.sample = feed.Clean(string(d.Payload), sampleRunes)
	case why == "" && p.Kind != feed.Other && d.To.IsValid() && d.To.Addr() != h.group && len(h.strays) < maxSenders:
		h.strays[stream{from: s.addr, to: d.To.Addr(), port: d.To.Port()}]++
	}
}

// enoughSeen is how many packets of a sender are looked at.
const enoughSeen = 1000

// refused notes one that was not.
func (h *hearing) refused(r feed.Refusal) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Reason != feed.NotOurGroup {
		h.countLocked(r.At)
	}
	if s := h.senderLocked(r.From); s != nil {
		s.refused[r.Reason]++
	}
}

// A Progress is how the listening goes.
type Progress struct {
	Elapsed, Listening time.Duration
	Senders            int // addresses that were heard
	Sensors            int
	Packets            int
}

func (h *hearing) progress(now time.Time, listening time.Duration) Progress {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Progress{
		Elapsed: now.Sub(h.started), Listening: listening,
		Senders: len(h.senders), Sensors: len(h.voices), Packets: h.packets,
	}
}

func (h *hearing) end(now time.Time) heard {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := heard{lasted: now.Sub(h.started), packets: h.packets, between: h.betweenLocked(), rounds: slices.Clone(h.rounds)}
	for _, addr := range slices.SortedFunc(maps.Keys(h.senders), netip.Addr.Compare) {
		if s := h.senders[addr]; s.packets()+s.unreadable() > 0 {
			out.senders = append(out.senders, s.clone())
		}
	}
	for s := range h.strays {
		out.strays = append(out.strays, s)
	}
	slices.SortFunc(out.strays, stream.compare)
	return out
}
