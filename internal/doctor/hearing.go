package doctor

import (
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"picotop/feed"
)

// A sender is what was heard from one address.
type sender struct {
	addr                          netip.Addr
	temperatures, statuses, other int
	ports                         map[uint16]int
	names                         map[string]bool // of its sensors
	refused                       map[feed.Reason]int
}

func (s *sender) packets() int { return s.temperatures + s.statuses + s.other }

func (s *sender) unreadable() int {
	n := 0
	for _, count := range s.refused {
		n += count
	}
	return n
}

// A voice is one sensor of one sender.
type voice struct {
	addr   netip.Addr
	sensor string
}

type rhythm struct {
	count int
	last  time.Time
}

// maxSenders bounds what is remembered: source addresses can be forged.
const maxSenders = 256

// A hearing adds up what is heard while the doctor listens.
type hearing struct {
	started time.Time

	mu      sync.Mutex // guards the rest
	senders map[netip.Addr]*sender
	voices  map[voice]*rhythm
	packets int
	last    time.Time     // the newest packet, a refused one included
	pause   time.Duration // the longest time between two packets of anyone
	between time.Duration // the longest time between two packets of one sensor
	newest  time.Time     // when a sensor was heard for the first time

	toldAnew    time.Time // when the network was told of the membership again
	beforeAnew  int       // packets until then
	droughtAnew time.Duration
}

func newHearing(now time.Time) *hearing {
	return &hearing{started: now, last: now, newest: now, senders: map[netip.Addr]*sender{}, voices: map[voice]*rhythm{}}
}

// senderLocked returns nil if there are too many.
func (h *hearing) senderLocked(from netip.AddrPort) *sender {
	addr := from.Addr().Unmap()
	s := h.senders[addr]
	if s == nil && len(h.senders) < maxSenders {
		s = &sender{addr: addr, ports: map[uint16]int{}, names: map[string]bool{}, refused: map[feed.Reason]int{}}
		h.senders[addr] = s
	}
	return s
}

func (h *hearing) countLocked(at time.Time) {
	if h.packets > 0 {
		h.pause = max(h.pause, at.Sub(h.last))
	}
	h.packets++
	h.last = at
}

// packet notes one that was understood.
func (h *hearing) packet(p feed.Packet) {
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
	}
}

func (h *hearing) voiceLocked(v voice, at time.Time) {
	r := h.voices[v]
	if r == nil {
		r = &rhythm{}
		h.voices[v] = r
		h.newest = at
	} else {
		h.between = max(h.between, at.Sub(r.last))
	}
	r.count++
	r.last = at
}

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

// settle is how long nobody new must have been heard to believe that this is
// everyone.
const settle = 2 * time.Second

// enough reports whether every sensor was heard twice, and for long enough
// that another one would have been heard too.
func (h *hearing) enough(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.voices {
		if r.count < 2 {
			return false
		}
	}
	return len(h.voices) > 0 && now.Sub(h.newest) >= max(settle, h.between*3/2)
}

// dried reports whether packets stopped, or never came, for so long that it
// is worth telling the network again that this machine listens. It is true at
// most once.
func (h *hearing) dried(now time.Time, listening time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	drought := now.Sub(h.last)
	wait := listening / 2
	if h.packets >= 3 {
		wait = max(listening/4, 3*h.pause)
	}
	if !h.toldAnew.IsZero() || drought < wait {
		return false
	}
	h.toldAnew, h.beforeAnew, h.droughtAnew = now, h.packets, drought
	return true
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

// heard is what a hearing came to. It is a copy.
type heard struct {
	lasted   time.Duration // 0 if nothing could be listened to
	senders  []sender      // by address
	packets  int
	toldAnew bool // the network was told of the membership again,
	before   int  // after so many packets
	drought  time.Duration
	after    int // and then so many came
}

func (h *hearing) end(now time.Time) heard {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := heard{lasted: now.Sub(h.started), packets: h.packets}
	for _, addr := range slices.SortedFunc(maps.Keys(h.senders), netip.Addr.Compare) {
		out.senders = append(out.senders, *h.senders[addr])
	}
	if !h.toldAnew.IsZero() {
		out.toldAnew, out.before, out.drought = true, h.beforeAnew, h.droughtAnew
		out.after = h.packets - h.beforeAnew
	}
	return out
}

func (h heard) temperatures() int {
	n := 0
	for _, s := range h.senders {
		n += s.temperatures
	}
	return n
}

// from returns how many packets of any kind an address sent.
func (h heard) from(addr netip.Addr) int {
	for _, s := range h.senders {
		if s.addr == addr {
			return s.packets() + s.unreadable()
		}
	}
	return 0
}
