package doctor

import (
	"context"
	"crypto/rand"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/ipv4"

	"picotop/feed"
	"picotop/internal/multicast"
)

// A portProbe sends test packets to the very ports that Picos send to, and sees
// in the listener which come back: a firewall may let in some ports and not
// others.
//
// It sends only to ports that no other program here has open, for that would hear
// it, too. TTL 0 keeps it on this machine, if the group was joined on the
// interface.
type portProbe struct {
	token string

	mu       sync.Mutex // guards the rest
	srcPort  uint16     // of the test packets; 0 before that is known
	sent     map[probeTarget]bool
	returned map[probeTarget]bool
}

// A probeTarget is a port on an interface.
type probeTarget struct {
	index int // of the interface
	port  uint16
}

func newPortProbe() *portProbe {
	return &portProbe{token: rand.Text(), sent: map[probeTarget]bool{}, returned: map[probeTarget]bool{}}
}

// payload is a packet of a type that no listener takes for anything.
func (p *portProbe) payload() []byte { return []byte(`{"type":"` + p.token + `"}`) }

// probeTimeout is how long a test packet may take from this machine to itself.
const probeTimeout = 500 * time.Millisecond

// run sends the test packets and waits for them.
func (p *portProbe) run(ctx context.Context, group netip.Addr, ports []portFact, links []link) error {
	conn, err := net.ListenUDP("udp4", nil)
	if err != nil {
		return err
	}
	defer conn.Close()
	pc := ipv4.NewPacketConn(conn)
	if err := multicast.StayLocal(pc); err != nil {
		return err
	}
	p.mu.Lock()
	p.srcPort = conn.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	p.mu.Unlock()
	for _, l := range links {
		if pc.SetMulticastInterface(&l.Interface) != nil {
			continue
		}
		for _, port := range ports {
			if port.state != feed.Listening || len(port.holders) > 0 || port.err != nil {
				continue
			}
			p.expect(probeTarget{l.Index, port.number}, true)
			if _, err := conn.WriteToUDPAddrPort(p.payload(), netip.AddrPortFrom(group, port.number)); err != nil {
				p.expect(probeTarget{l.Index, port.number}, false)
			}
		}
	}
	for over := time.Now().Add(probeTimeout); p.pending() && time.Now().Before(over); {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// expect notes that a test packet was sent to a target, or was not after all.
func (p *portProbe) expect(target probeTarget, yes bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if yes {
		p.sent[target] = true
	} else {
		delete(p.sent, target)
	}
}

// pending reports whether some test packets are still on their way.
func (p *portProbe) pending() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.returned) < len(p.sent)
}

// receive reports whether a datagram is a test packet, and notes that it came.
func (p *portProbe) receive(d feed.Datagram) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.srcPort == 0 || d.From.Port() != p.srcPort || string(d.Payload) != string(p.payload()) {
		return false
	}
	p.returned[probeTarget{d.Interface, d.To.Port()}] = true
	return true
}

// isProbe reports whether a packet is a test packet.
func (p *portProbe) isProbe(packet feed.Packet) bool {
	return packet.Kind == feed.Other && packet.Text == p.token
}

// A filteredPort is a port on an interface from which a test packet did not come
// back.
type filteredPort struct {
	link link
	port uint16
}

// filtered lists the ports that are, and returns how many were probed.
func (p *portProbe) filtered(ports []portFact, links []link) (all []filteredPort, tried int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, port := range ports {
		for _, l := range links {
			target := probeTarget{l.Index, port.number}
			if p.sent[target] {
				tried++
			}
			if p.sent[target] && !p.returned[target] {
				all = append(all, filteredPort{l, port.number})
			}
		}
	}
	return all, tried
}
