package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// pollInterfaces is how often the network interfaces are looked at. A
	// look costs 0.2 ms, and unlike netlink works everywhere.
	pollInterfaces = 3 * time.Second
	firstRetry     = time.Second
	lastRetry      = 30 * time.Second
)

// Config says what to listen to.
type Config struct {
	Group      netip.Addr // an IPv4 multicast group
	Ports      []uint16
	Interfaces []string // names or addresses; empty means all that are able
	Now        func() time.Time
	Logger     *slog.Logger
}

// A Listener hears the group on all its ports and interfaces.
type Listener struct {
	cfg     Config
	counts  *counts
	ports   []*port
	started time.Time

	mu         sync.Mutex // guards interfaces
	interfaces []iface
}

// New returns a Listener that has opened nothing yet.
func New(cfg Config) *Listener {
	l := &Listener{cfg: cfg, counts: newCounts(), started: cfg.Now()}
	for _, n := range cfg.Ports {
		l.ports = append(l.ports, &port{Listener: l, number: n, state: Opening})
	}
	return l
}

// Run delivers packets to out until ctx ends, which makes it return nil. It
// returns a [*JoinError] at once if an interface that was asked for cannot
// hear the group. A port held by another program is no error: it is tried
// again while the others go on.
//
// It never closes out, and never waits for it either: if out is full the
// packet is dropped and counted as [Behind], for a newer one is seconds away.
func (l *Listener) Run(ctx context.Context, out chan<- Packet) error {
	list, err := interfaces(l.cfg.Interfaces)
	if err != nil {
		return err
	}
	if err := checkWanted(l.cfg.Group, l.cfg.Interfaces, list); err != nil {
		return err
	}
	l.setInterfaces(list)

	g, ctx := errgroup.WithContext(ctx)
	for _, p := range l.ports {
		g.Go(func() error { p.run(ctx, out); return nil })
	}
	g.Go(func() error { l.watchInterfaces(ctx); return nil })
	return g.Wait()
}

// watchInterfaces keeps the memberships in step with the interfaces that come
// and go.
func (l *Listener) watchInterfaces(ctx context.Context) {
	tick := time.NewTicker(pollInterfaces)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		list, err := interfaces(l.cfg.Interfaces)
		if err != nil {
			l.cfg.Logger.Warn("looking at the network interfaces", "err", err)
			continue
		}
		l.setInterfaces(list)
	}
}

// setInterfaces makes every open socket a member on the interfaces in list.
func (l *Listener) setInterfaces(list []iface) {
	for _, p := range l.ports {
		p.join(list)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.interfaces = list
}

func (l *Listener) currentInterfaces() []iface {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]iface(nil), l.interfaces...)
}

// Health tells how the listening goes.
func (l *Listener) Health() Health {
	h := Health{Group: l.cfg.Group, Since: l.started}
	for _, p := range l.ports {
		h.Ports = append(h.Ports, p.health())
	}
	for _, c := range l.currentInterfaces() {
		h.Interfaces = append(h.Interfaces, c.health)
	}
	l.counts.tell(&h)
	return h
}

// A port is one UDP port of a Listener, and its socket while it has one.
type port struct {
	*Listener
	number uint16

	mu        sync.Mutex // guards the rest
	socket    *socket    // nil unless state is Listening
	state     PortState
	why       string
	datagrams uint64
}

// run keeps the port open until ctx ends.
func (p *port) run(ctx context.Context, out chan<- Packet) {
	retry := firstRetry
	for ctx.Err() == nil {
		err := p.listen(ctx, out)
		if ctx.Err() != nil {
			return
		}
		if !p.blocked() {
			retry = firstRetry
			p.cfg.Logger.Warn("port blocked, trying again", "port", p.number, "err", err)
		}
		p.set(nil, Blocked, cause(err))
		select {
		case <-ctx.Done():
		case <-time.After(retry):
		}
		retry = min(2*retry, lastRetry)
	}
}

// cause is the part of an error that a person needs.
func cause(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "held by another program"
	case errors.Is(err, syscall.EACCES):
		return "not permitted"
	}
	return err.Error()
}

// listen opens the socket and reads from it until ctx ends or an error.
func (p *port) listen(ctx context.Context, out chan<- Packet) error {
	s, err := openSocket(ctx, p.cfg.Group, p.number)
	if err != nil {
		return fmt.Errorf("opening port %d: %w", p.number, err)
	}
	defer s.conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = s.conn.SetReadDeadline(time.Unix(0, 1)) })
	defer stop()

	if p.blocked() {
		p.cfg.Logger.Info("port free again", "port", p.number)
	}
	p.set(s, Listening, "")
	defer p.set(nil, Opening, "")
	p.join(p.currentInterfaces())
	return p.read(s, out)
}

// read turns datagrams into packets until the socket fails or is told to
// stop.
func (p *port) read(s *socket, out chan<- Packet) error {
	// One byte more than allowed, so that an oversize shows.
	buf := make([]byte, MaxDatagram+1)
	oob := newControlMessage()
	for {
		n, from, toGroup, err := s.read(buf, oob)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading from port %d: %w", p.number, err)
		}
		heard := p.cfg.Now()
		p.count()
		packet, why := Packet{}, NotOurGroup
		if toGroup {
			packet, why = Decode(buf[:n])
		}
		if why == "" {
			packet.From, packet.Port, packet.Heard = from, p.number, heard
			select {
			case out <- packet:
			default:
				why = Behind
			}
		}
		p.counts.heard(from, why, heard)
	}
}

func (p *port) count() {
	p.mu.Lock()
	p.datagrams++
	p.mu.Unlock()
}

func (p *port) set(s *socket, state PortState, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.socket, p.state, p.why = s, state, why
}

func (p *port) blocked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state == Blocked
}

func (p *port) join(list []iface) {
	p.mu.Lock()
	s := p.socket
	p.mu.Unlock()
	if s != nil {
		s.join(list)
	}
}

func (p *port) health() PortHealth {
	p.mu.Lock()
	defer p.mu.Unlock()
	return PortHealth{Port: p.number, State: p.state, Why: p.why, Datagrams: p.datagrams}
}
