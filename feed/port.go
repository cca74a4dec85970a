package feed

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"picotop/internal/host"
)

const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
	// drainFor is how long is read on at the end: for a recording, what has
	// arrived by then belongs to it.
	drainFor = 20 * time.Millisecond
)

// A port is one UDP port of a Listener, and its socket while it has one.
type port struct {
	*Listener
	number uint16

	mu        sync.Mutex // guards the rest
	socket    *socket    // nil unless state is Listening
	state     PortState
	tried     bool // it was Listening or Blocked once
	why       string
	holder    string
	stop      string
	datagrams uint64
	copies    uint64
	repeats   uint64
	drops     uint64 // of the sockets before this one
	barred    uint64 // likewise
}

// run keeps the port open until ctx ends.
func (p *port) run(ctx context.Context, out chan<- Packet) {
	retry := firstRetry
	for ctx.Err() == nil {
		err := p.listen(ctx, out)
		if ctx.Err() != nil {
			return
		}
		p.findOwner(err)
		if !p.blocked() {
			retry = firstRetry
			h, _ := p.health()
			p.cfg.Logger.Warn("port blocked, trying again", "port", p.number, "err", err, "holder", h.Holder, "to_free_it", h.Stop)
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

// findOwner looks which program has the port, if that is why it cannot be
// opened.
func (p *port) findOwner(err error) {
	var name, stop string
	if errors.Is(err, syscall.EADDRINUSE) {
		// Several sockets may have it by now, but only one that did not share
		// it could keep us out: the first.
		owners, _ := host.UDPSocketOwners(os.DirFS("/proc"), p.number)
		name = host.SocketOwnerNames(owners)
		if len(owners) > 0 {
			stop = owners[0].StopCommand(os.Getuid())
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.holder, p.stop = name, stop
}

// listen opens the socket and reads from it until ctx ends or an error.
func (p *port) listen(ctx context.Context, out chan<- Packet) error {
	s, err := openSocket(ctx, p.cfg.Group, p.number)
	if err != nil {
		return fmt.Errorf("opening port %d: %w", p.number, err)
	}
	defer s.conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = s.conn.SetReadDeadline(time.Now().Add(drainFor)) })
	defer stop()

	if p.blocked() {
		p.cfg.Logger.Info("port free again", "port", p.number)
	}
	s.join(p.currentInterfaces())
	p.set(s, Listening, "")
	defer p.set(nil, Opening, "")
	return p.read(s, out)
}

// read turns datagrams into packets until the socket fails or is told to
// stop.
func (p *port) read(s *socket, out chan<- Packet) error {
	// One byte more than allowed, so that an oversize shows.
	buf := make([]byte, MaxDatagram+1)
	oob := newControlMessage()
	seen := newDuplicates()
	emit := func(packet Packet) bool {
		if len(out) > cap(out)/2 {
			// On a machine of one core whoever takes them waits for us to wait.
			runtime.Gosched()
		}
		select {
		case out <- packet:
			return true
		default:
			return false
		}
	}
	for {
		d, err := s.read(buf, oob)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading from port %d: %w", p.number, err)
		}
		d.Heard = p.cfg.Now()
		if p.cfg.Tap != nil {
			p.cfg.Tap(d)
		}
		p.receive(d, seen, emit)
	}
}

// receive judges a datagram, hands on what is understood and counts the rest.
// emit reports whether there was room for it.
func (p *port) receive(d Datagram, seen *duplicates, emit func(Packet) bool) {
	why := p.limits.check(d.From.Addr(), d.Heard)
	isCopy, isRepeat := false, false
	if why == "" {
		isCopy, isRepeat = seen.check(d.From, d.Payload, d.Interface, d.Heard)
	}
	p.count(isCopy, isRepeat)
	if d.To.Addr() == p.cfg.Group {
		p.counts.arrived(d.Interface, d.Heard)
	}
	if isCopy {
		return
	}
	if why == "" {
		why = p.deliver(d, emit)
	}
	if why == "" {
		p.counts.delivered(d.Heard)
		return
	}
	p.refuse(d, why)
}

// refuse counts a datagram and tells those who want to know of it.
func (p *port) refuse(d Datagram, why Reason) {
	r := Refusal{From: d.From, Reason: why, At: d.Heard}
	if why == NotJSON || why == NotUTF8 {
		r.Place = Locate(d.Payload)
	}
	p.counts.refuse(r)
	if p.cfg.Refused != nil {
		p.cfg.Refused(r)
	}
	p.cfg.Logger.Debug("refused", "from", d.From, "reason", string(why), "byte", r.Place.Offset, "found", r.Place.Found, "port", p.number)
}

// deliver decodes a datagram and hands it on, or says why it does not.
func (p *port) deliver(d Datagram, emit func(Packet) bool) Reason {
	if !p.cfg.wants(d.To.Addr()) {
		return NotOurGroup
	}
	packet, why := Decode(d.Payload)
	if why != "" && packet.Kind != Impossible {
		return why
	}
	packet.From, packet.Port, packet.Heard = d.From, p.number, d.Heard
	if !emit(packet) {
		return QueueFull
	}
	return why
}

func (p *port) count(isCopy, isRepeat bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.datagrams++
	if isCopy {
		p.copies++
	}
	if isRepeat {
		p.repeats++
	}
}

func (p *port) set(s *socket, state PortState, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.socket != nil {
		barred, drops := p.socket.kernelDrops()
		p.barred, p.drops = p.barred+barred, p.drops+drops
	}
	if state != Opening && !p.tried {
		p.tried = true
		if p.untried.Add(-1) == 0 {
			close(p.ready)
		}
	}
	p.socket, p.state, p.why = s, state, why
	if state != Blocked {
		p.holder, p.stop = "", ""
	}
}

func (p *port) blocked() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state == Blocked
}

func (p *port) join(list []iface) {
	if s := p.open(); s != nil {
		s.join(list)
	}
}

func (p *port) leave(list []iface) {
	if s := p.open(); s != nil {
		s.leave(list)
	}
}

func (p *port) bar(addrs []netip.Addr) {
	s := p.open()
	if s == nil {
		return
	}
	if err := s.bar(addrs); err != nil {
		p.cfg.Logger.Debug("keeping out those that send too much", "port", p.number, "err", err)
	}
}

// open returns the socket, nil if there is none.
func (p *port) open() *socket {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.socket
}

// health tells how the port is, and how many datagrams the kernel kept out
// because their senders had sent too much. It counts them as arrived.
func (p *port) health() (h PortHealth, barred uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	drops, barred := p.drops, p.barred
	if p.socket != nil {
		more, others := p.socket.kernelDrops()
		drops, barred = drops+others, barred+more
	}
	return PortHealth{
		Port: p.number, State: p.state, Why: p.why, Holder: p.holder, Stop: p.stop,
		Datagrams: p.datagrams + barred, Copies: p.copies, Repeats: p.repeats, Drops: drops,
	}, barred
}
