package doctor

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
	"time"

	"picotop/feed"
)

type tally struct {
	packets int
	read    int // of these, temperatures and statuses of a Pico
	longest int // payload in bytes
	first   time.Time
}

// A query is a message of an IGMP querier.
type query struct {
	from  netip.Addr
	iface string
}

// wire is what went over the network while the doctor listened.
type wire struct {
	group   netip.Addr
	fd      int
	err     error // why it could not be looked at; then the rest is empty
	streams map[seen]*tally
	queries []query

	asked map[string]time.Time // by interface: until when a query wants an answer
	deaf  map[string]bool      // by interface: whether one got none
}

func newWire(group netip.Addr) *wire {
	return &wire{
		group: group, fd: -1, streams: map[seen]*tally{},
		asked: map[string]time.Time{}, deaf: map[string]bool{},
	}
}

const (
	protocolIGMP = 2
	protocolUDP  = 17
	igmpQuery    = 0x11 // RFC 2236, section 2.1
	shortestIP   = 20   // bytes of an IPv4 header
	udpHeader    = 8    // bytes
	// giant is the length in bytes above which the listener has the kernel
	// throw packets away.
	giant = 2 * feed.MaxDatagram
)

// An arrival says how a packet was seen.
type arrival struct {
	iface    string
	outgoing bool // on its way out of this machine
	at       time.Time
}

// packet notes an IPv4 packet.
func (w *wire) packet(b []byte, a arrival) {
	if len(b) < shortestIP || b[0]>>4 != 4 {
		return
	}
	header := int(b[0]&0xf) * 4
	if len(b) < header+udpHeader {
		return
	}
	switch protocol := b[9]; {
	case protocol == protocolIGMP:
		w.igmp(b, b[header:], a)
	case protocol == protocolUDP && !a.outgoing && !laterFragment(b):
		w.udp(b, b[header:], a)
	}
}

func laterFragment(ip []byte) bool { return binary.BigEndian.Uint16(ip[6:])&0x1fff != 0 }

func (w *wire) udp(ip, body []byte, a arrival) {
	from, to := netip.AddrFrom4([4]byte(ip[12:16])), netip.AddrFrom4([4]byte(ip[16:20]))
	payload := body[udpHeader:]
	p, why := feed.Decode(payload)
	isPicos := why == "" && p.Kind != feed.Other
	if to != w.group && !isPicos {
		return // of what goes elsewhere only a Pico's matters
	}
	key := seen{from, to, binary.BigEndian.Uint16(body[2:]), a.iface}
	t := w.streams[key]
	if t == nil {
		if len(w.streams) >= maxSenders {
			return
		}
		t = &tally{first: a.at}
		w.streams[key] = t
	}
	t.packets++
	t.longest = max(t.longest, int(binary.BigEndian.Uint16(body[4:]))-udpHeader)
	if isPicos {
		t.read++
	}
}

// only forgets the streams that came through other interfaces.
func (w *wire) only(links []link) {
	maps.DeleteFunc(w.streams, func(s seen, _ *tally) bool {
		return !slices.ContainsFunc(links, func(l link) bool { return l.Name == s.iface })
	})
}

// elsewhere lists the streams of Picos to ports that are not listened to.
func (w *wire) elsewhere(ports []portFact) []seen {
	return w.pick(func(s seen, t *tally) bool {
		return t.read > 0 && s.to == w.group && !slices.ContainsFunc(ports, func(p portFact) bool { return p.number == s.port })
	})
}

// astray lists the streams of Picos that go to another address than the group.
func (w *wire) astray() []seen {
	return w.pick(func(s seen, t *tally) bool { return t.read > 0 && s.to != w.group })
}

// giants lists the streams that are too long to be let in.
func (w *wire) giants() []seen {
	return w.pick(func(s seen, t *tally) bool { return s.to == w.group && t.longest > giant })
}

// kept lists the streams to ports that are listened to of which nothing was
// heard, not even through another interface.
func (w *wire) kept(ports []portFact, h heard, until time.Time) []seen {
	return w.pick(func(s seen, t *tally) bool {
		listening := slices.ContainsFunc(ports, func(p portFact) bool {
			return p.number == s.port && p.state == feed.Listening
		})
		// What has just come may still be on its way to the listener.
		return listening && s.to == w.group && t.longest <= giant && h.from(s.from) == 0 && until.Sub(t.first) > 300*time.Millisecond
	})
}

func (w *wire) pick(want func(seen, *tally) bool) []seen {
	var all []seen
	for s, t := range w.streams {
		if want(s, t) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, seen.compare)
	return all
}
