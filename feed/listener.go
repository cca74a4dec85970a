package feed

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"picotop/internal/sleep"
)

// pollInterfaces is how often the network interfaces are looked at. A look
// costs 0.2 ms, and unlike netlink works everywhere.
const pollInterfaces = 3 * time.Second

// Config says what to listen to.
type Config struct {
	Group      netip.Addr // an IPv4 multicast group
	Ports      []uint16
	Interfaces []string // names or addresses; empty means all that are able
	// Unicast accepts what is sent straight to this host too, for networks
	// that do not pass multicast. Only one program on a host gets it.
	Unicast bool
	// Bind is the only address here to which that may be sent; invalid means
	// any.
	Bind netip.Addr
	// Interval is the longest time between two packets of one sensor that is
	// normal here, 0 while that is not known. nil means that it never is.
	Interval func() time.Duration
	// Refused is told of every datagram that is refused, from the goroutine of
	// its port: it must not block. nil means that nobody wants to know.
	Refused func(Refusal)
	// Tap, if set, is shown every datagram that comes to the ports before it
	// is judged: also what is refused then. It is called by the goroutines
	// that read, one for each port, so it must be quick, safe for concurrent
	// use, and done with the payload when it returns.
	Tap    func(Datagram)
	Now    func() time.Time
	Logger *slog.Logger
}

// wants reports whether a datagram that was sent to an address is for us.
func (c *Config) wants(to netip.Addr) bool {
	switch {
	case to == c.Group:
		return true
	case !c.Unicast || !to.IsValid() || to.IsMulticast():
		return false
	}
	return !c.Bind.IsValid() || to == c.Bind
}

// A Listener hears the group on all its ports and interfaces.
type Listener struct {
	cfg     Config
	counts  *counts
	limits  *limits
	ports   []*port
	started time.Time
	silence time.Duration // in tests: instead of defaultSilence
	list    func(wanted []string) ([]iface, error)
	blind   bool          // whether list failed the last time
	ready   chan struct{} // closed once every port was tried
	untried atomic.Int64  // ports

	joining sync.Mutex // held while the memberships change

	mu          sync.Mutex // guards interfaces and own
	interfaces  []iface
	testPackets map[int]TestPacket // by the interface's index
}

// New returns a Listener that has opened nothing yet.
func New(cfg Config) *Listener {
	l := &Listener{
		cfg: cfg, counts: newCounts(), limits: newLimits(), started: cfg.Now(), ready: make(chan struct{}),
		list: interfaces,
	}
	l.untried.Store(int64(len(cfg.Ports)))
	for _, n := range cfg.Ports {
		l.ports = append(l.ports, &port{Listener: l, number: n, state: Opening})
	}
	return l
}

// Ready returns a channel that is closed once Run has looked at the interfaces
// and tried to open every port: each of them is then [Listening] or [Blocked]. It
// is never closed if Run ends before that.
func (l *Listener) Ready() <-chan struct{} { return l.ready }

// Run delivers packets to out until ctx ends, which makes it return nil. It
// returns a [*JoinError] at once if an interface that was asked for cannot
// hear the group, and a [*BindError] if the address is not here. A port held by
// another program is no error: it is tried again while the others go on. Nor is it
// one if the system does not list its interfaces, as when it has no descriptor
// left: it is asked again.
//
// It never closes out, and never waits for it either: if out is full the
// packet is dropped and counted as [QueueFull], for a newer one is seconds away.
func (l *Listener) Run(ctx context.Context, out chan<- Packet) error {
	list, ok := l.look()
	for ; !ok; list, ok = l.look() {
		if !sleep.For(ctx, pollInterfaces) {
			return nil
		}
	}
	if err := checkWanted(l.cfg.Group, l.cfg.Interfaces, list); err != nil {
		return err
	}
	if err := checkBind(ctx, l.cfg.Bind, list); err != nil {
		return err
	}
	l.setInterfaces(list)

	g, ctx := errgroup.WithContext(ctx)
	for _, p := range l.ports {
		g.Go(func() error { p.run(ctx, out); return nil })
	}
	g.Go(func() error { l.watchInterfaces(ctx); return nil })
	g.Go(func() error { l.watchSilence(ctx); return nil })
	g.Go(func() error { l.watchTestPackets(ctx); return nil })
	g.Go(func() error { l.barFlooders(ctx); return nil })
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
		if list, ok := l.look(); ok {
			l.setInterfaces(list)
		}
	}
}

// look lists the interfaces, if the system does. Of failures in a row it logs the
// first.
func (l *Listener) look() (list []iface, ok bool) {
	list, err := l.list(l.cfg.Interfaces)
	if err != nil && !l.blind {
		l.cfg.Logger.Warn("the network interfaces cannot be listed, and will be looked for again", "err", err)
	}
	l.blind = err != nil
	return list, err == nil
}

// setInterfaces makes every open socket a member on the interfaces in list.
func (l *Listener) setInterfaces(list []iface) {
	l.joining.Lock()
	defer l.joining.Unlock()
	for _, p := range l.ports {
		p.join(list)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.interfaces = list
	l.counts.forget(func(index int) bool {
		return slices.ContainsFunc(list, func(c iface) bool { return c.Index == index })
	})
}

func (l *Listener) currentInterfaces() []iface {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]iface(nil), l.interfaces...)
}

// Health tells how the listening goes.
func (l *Listener) Health() Health {
	h := Health{Group: l.cfg.Group, Since: l.started}
	var barred uint64
	for _, p := range l.ports {
		health, n := p.health()
		h.Ports = append(h.Ports, health)
		barred += n
	}
	l.mu.Lock()
	for _, c := range l.interfaces {
		c.health.TestPacket = l.testPackets[c.Index]
		h.Interfaces = append(h.Interfaces, c.health)
	}
	l.mu.Unlock()
	l.counts.addTo(&h, barred)
	return h
}
