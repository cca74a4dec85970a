package doctor

import (
	"encoding/binary"
	"maps"
	"net/netip"
	"slices"
	"time"

	"picotop/feed"
)

// A seen is a stream of packets on the wire, before the kernel judged them: it
// shows what a firewall or the reverse-path filter throws away, and what goes
// to another port.
type seen struct {
	from  netip.Addr
	port  uint16 // that they go to
	iface string
}

type tally struct {
	packets int
	read    int // of these, temperatures and statuses of a Pico
	first   time.Time
}

// A query is a message of an IGMP querier.
type query struct {
	from  netip.Addr
	iface string
}

// wire is what went over the network while the doctor listened.
type wire struct {
	err     error // why it could not be looked at; then the rest is empty
	streams map[seen]*tally
	queries []query
}

func newWire() *wire { return &wire{streams: map[seen]*tally{}} }

const (
	protocolIGMP = 2
	protocolUDP  = 17
	igmpQuery    = 0x11 // RFC 2236, section 2.1
)

// packet notes an IPv4 packet that came through an interface.
func (w *wire) packet(b []byte, iface string, group netip.Addr, at time.Time) {
	const shortest = 20 // bytes of an IPv4 header
	if len(b) < shortest || b[0]>>4 != 4 {
		return
	}
	header := int(b[0]&0xf) * 4
	from, to := netip.AddrFrom4([4]byte(b[12:16])), netip.AddrFrom4([4]byte(b[16:20]))
	if len(b) < header+8 {
		return
	}
	body := b[header:]
	switch {
	case b[9] == protocolIGMP && body[0] == igmpQuery:
		if q := (query{from, iface}); !slices.Contains(w.queries, q) {
			w.queries = append(w.queries, q)
		}
	case b[9] == protocolUDP && to == group:
		key := seen{from, binary.BigEndian.Uint16(body[2:]), iface}
		t := w.streams[key]
		if t == nil {
			if len(w.streams) >= maxSenders {
				return
			}
			t = &tally{first: at}
			w.streams[key] = t
		}
		t.packets++
		if p, why := feed.Decode(body[8:]); why == "" && p.Kind != feed.Other {
			t.read++
		}
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
		return t.read > 0 && !slices.ContainsFunc(ports, func(p portFact) bool { return p.number == s.port })
	})
}

// kept lists the streams to ports that are listened to of which nothing was
// heard, not even through another interface.
func (w *wire) kept(ports []portFact, h heard, until time.Time) []seen {
	return w.pick(func(s seen, t *tally) bool {
		listening := slices.ContainsFunc(ports, func(p portFact) bool {
			return p.number == s.port && p.state == feed.Listening
		})
		// What has just come may still be on its way to the listener.
		return listening && h.from(s.from) == 0 && until.Sub(t.first) > 300*time.Millisecond
	})
}

func (w *wire) pick(want func(seen, *tally) bool) []seen {
	var all []seen
	for s, t := range w.streams {
		if want(s, t) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b seen) int {
		if c := a.from.Compare(b.from); c != 0 {
			return c
		}
		return int(a.port) - int(b.port)
	})
	return all
}
