package feed

import (
	"net/netip"
	"time"
)

// A Datagram is one UDP datagram as it arrived, before it is judged.
type Datagram struct {
	From netip.AddrPort // who sent it; may be forged
	// To is what it was sent to. The address is invalid where the system does
	// not tell.
	To        netip.AddrPort
	Interface int       // index of the network interface; 0 if not known
	Heard     time.Time // when it was read
	// Payload is at most one byte longer than MaxDatagram: of longer ones the
	// rest was not read.
	Payload []byte
}

// A Player judges datagrams of the past as a [Listener] judges those that
// arrive: it makes the same packets of them, refuses the same and passes over
// the same copies. It opens nothing. It is not safe for concurrent use, but
// for Health.
type Player struct {
	l    *Listener
	seen []*duplicates // one for each of the Listener's ports
}

// NewPlayer returns a Player for cfg, of which it uses all but the interfaces
// and the tap.
func NewPlayer(cfg Config) *Player {
	p := &Player{l: New(cfg)}
	for range p.l.ports {
		p.seen = append(p.seen, newDuplicates())
	}
	return p
}

// Play judges a datagram as of d.Heard, and hands on what is understood. A
// datagram to another port is none of ours: it is not even counted.
func (p *Player) Play(d Datagram, emit func(Packet)) {
	for i, port := range p.l.ports {
		if port.number == d.To.Port() {
			port.receive(d, p.seen[i], func(k Packet) bool { emit(k); return true })
		}
	}
}

// Health tells what was played, as if all ports were listening.
func (p *Player) Health() Health {
	h := p.l.Health()
	for i := range h.Ports {
		h.Ports[i].State = Listening
	}
	return h
}
