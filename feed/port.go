package feed

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"
)

const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
)

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
		if why != "" {
			p.cfg.Logger.Debug("refused", "from", from, "reason", string(why), "port", p.number)
		}
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
