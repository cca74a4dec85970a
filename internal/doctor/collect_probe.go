package doctor

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/ipv4"

	"picotop/feed"
)

// A trial sends test packets to the very ports that Picos send to, and sees in
// the listener which come back: a firewall may let in some ports and not
// others.
//
// It is sent only to ports that no other program here has open, for that would
// hear it, too. TTL 0 keeps it on this machine, if the group was joined on the
// interface.
type trial struct {
	token string

	mu   sync.Mutex // guards the rest
	from uint16     // port that they come from; 0 before that is known
	sent map[gate]bool
	back map[gate]bool
}

// A gate is a way in: a port on an interface.
type gate struct {
	index int // of the interface
	port  uint16
}

func newTrial() *trial {
	return &trial{token: rand.Text(), sent: map[gate]bool{}, back: map[gate]bool{}}
}

// payload is a packet of a type that no listener takes for anything.
func (t *trial) payload() []byte { return []byte(`{"type":"` + t.token + `"}`) }

// trialWait is how long a test packet may take from this machine to itself.
const trialWait = 500 * time.Millisecond

// run sends the test packets and waits for them.
func (t *trial) run(ctx context.Context, group netip.Addr, ports []portFact, links []link) error {
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	p := ipv4.NewPacketConn(conn)
	if err := errors.Join(p.SetMulticastTTL(0), p.SetMulticastLoopback(true)); err != nil {
		return err
	}
	t.mu.Lock()
	t.from = conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	t.mu.Unlock()
	for _, l := range links {
		if p.SetMulticastInterface(&l.Interface) != nil {
			continue
		}
		for _, port := range ports {
			if port.state != feed.Listening || len(port.holders) > 0 || port.err != nil {
				continue
			}
			t.expect(gate{l.Index, port.number}, true)
			if _, err := conn.WriteToUDPAddrPort(t.payload(), netip.AddrPortFrom(group, port.number)); err != nil {
				t.expect(gate{l.Index, port.number}, false)
			}
		}
	}
	for over := time.Now().Add(trialWait); t.missing() && time.Now().Before(over); {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

func (t *trial) expect(g gate, yes bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if yes {
		t.sent[g] = true
	} else {
		delete(t.sent, g)
	}
}

func (t *trial) missing() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.back) < len(t.sent)
}

// took reports whether a datagram is a test packet, and notes that it came.
func (t *trial) took(d feed.Datagram) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.from == 0 || d.From.Port() != t.from || string(d.Payload) != string(t.payload()) {
		return false
	}
	t.back[gate{d.Interface, d.To.Port()}] = true
	return true
}

// isOwn reports whether a packet is a test packet.
func (t *trial) isOwn(p feed.Packet) bool { return p.Kind == feed.Other && p.Text == t.token }

// A shut gate is one through which a test packet did not come.
type shut struct {
	link link
	port uint16
}

// shut lists the gates that are, and says how many were tried.
func (t *trial) shut(ports []portFact, links []link) (all []shut, tried int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, p := range ports {
		for _, l := range links {
			g := gate{l.Index, p.number}
			if t.sent[g] {
				tried++
			}
			if t.sent[g] && !t.back[g] {
				all = append(all, shut{l, p.number})
			}
		}
	}
	return all, tried
}
