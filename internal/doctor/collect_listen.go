package doctor

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"picotop/feed"
)

const (
	// settleIn is how long the listener may take to open and join.
	settleIn = 2 * time.Second
	// reportIn is how long the kernel may take to tell the network of it.
	reportIn = 1500 * time.Millisecond
	// look is how often is looked how the listening goes.
	look = 100 * time.Millisecond
	// packetsWaiting is how many packets may wait to be counted.
	packetsWaiting = 4096
)

// listen opens the listener, tells of what can be judged at once, and hears.
func (e *examination) listen(ctx context.Context) {
	h := newHearing(e.Group, e.Now())
	e.probe = h.probe
	l := feed.New(feed.Config{
		Group: e.Group, Ports: e.Ports, Interfaces: e.Interfaces, Refused: h.refused, Tap: h.tap,
		Now: e.Now, Logger: slog.New(slog.DiscardHandler),
		// The doctor alone decides when to join anew, to see what comes of it.
		Interval: func() time.Duration { return time.Hour },
	})
	// The listener outlives ctx until everything was judged that needs it.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	packets := make(chan feed.Packet, packetsWaiting)
	ended := make(chan error, 1)
	var parts sync.WaitGroup
	defer parts.Wait()
	defer stop()
	// Before joining, to see the kernel tell the network of it.
	e.sniffer = newSniffer(e.Group)
	e.sniffer.open()
	watched := e.watch(running, &parts)
	parts.Go(func() { ended <- l.Run(running, packets) })
	parts.Go(func() { take(running, packets, h) })

	e.joinErr = settled(l, ended)
	e.learn(l.Health())
	e.tell(checkInterfaces(e.links, len(e.Interfaces) > 0, installed, e.joinErr))
	e.igmp = e.read("net/igmp")
	e.tell(checkMembership(e.Group, e.links, e.joinErr != nil || e.anyOpen(), e.before.igmp.text, e.igmp.text, e.igmp.err))
	routes := e.read("net/route")
	e.tell(checkRoutes(e.Group, e.links, routes.text, routes.err))
	e.tell(checkPorts(e.ports, os.Getuid()))

	if e.canHear() {
		e.mute = e.tellsNothing(ctx)
		e.tryFirewall(running)
		e.hear(ctx, l, h)
	}
	watched()
	e.sniffedUntil = e.Now()
	e.after = e.snapshot()
	e.drops = l.Health().Drops()
}

// watch looks at the wire until the returned function is called, which waits
// for the end of it.
func (e *examination) watch(ctx context.Context, parts *sync.WaitGroup) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	parts.Go(func() { e.sniffer.run(ctx); close(done) })
	return func() { cancel(); <-done }
}

// take counts packets until ctx ends.
func take(ctx context.Context, packets <-chan feed.Packet, h *hearing) {
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-packets:
			h.packet(p)
		}
	}
}

// settled waits until the listener has opened all its ports or given up on
// them, and returns its error if it ended.
func settled(l *feed.Listener, ended <-chan error) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(settleIn)
	for {
		select {
		case err := <-ended:
			return cmp.Or(err, errors.New("the listener ended"))
		case <-late:
			return nil
		case <-tick.C:
		}
		if !slices.ContainsFunc(l.Health().Ports, func(p feed.PortHealth) bool { return p.State == feed.Opening }) {
			return nil
		}
	}
}

// learn turns what the listener says of itself into links and ports.
func (e *examination) learn(h feed.Health) {
	all, _ := net.Interfaces()
	for _, in := range all {
		l := link{Interface: in}
		for _, health := range h.Interfaces {
			if health.Name == in.Name {
				l.addr, l.joined, l.why = health.Addr, health.Joined, health.Why
			}
		}
		e.links = append(e.links, l)
	}
	for i, p := range h.Ports { // in the order in which they were asked for
		e.ports[i].state, e.ports[i].why = p.State, p.Why
	}
	before := memberships(e.before.igmp.text, e.Group)
	for _, l := range toNetwork(e.links) {
		e.held = e.held || before[l.Name].users > 0
	}
}

// canHear reports whether there is anything to wait for.
func (e *examination) canHear() bool {
	return e.report.find(idInterfaces).Verdict != Problem && len(joined(e.links)) > 0 && e.anyOpen()
}

func (e *examination) anyOpen() bool {
	return slices.ContainsFunc(e.ports, func(p portFact) bool { return p.state == feed.Listening })
}

// tellsNothing reports whether the kernel sent nothing to any group when the
// listener joined, although nobody here was a member before.
func (e *examination) tellsNothing(ctx context.Context) bool {
	if e.held || len(toNetwork(e.links)) == 0 {
		return false
	}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for over := time.Now().Add(reportIn); time.Now().Before(over); {
		sent, known := grown(e.before.netstat.text, e.read("net/netstat").text, "IpExt", "OutMcastPkts")
		if sent > 0 || !known {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
	return true
}

// tryFirewall sends test packets from this machine to itself.
func (e *examination) tryFirewall(ctx context.Context) {
	// Only where the group was joined: elsewhere the kernel would put on the
	// network even what has a TTL of 0.
	through := slices.DeleteFunc(slices.Clone(e.links), func(l link) bool { return !l.joined })
	// Without them the other ones tell nearly as much.
	_ = e.probe.run(ctx, e.Group, e.ports, through)
	e.fates, e.fatesErr = feed.SendOwnPackets(ctx, e.Group, joined(e.links))
}

// hear listens for as long as it was asked for.
func (e *examination) hear(ctx context.Context, l *feed.Listener, h *hearing) {
	e.sniffer.enableAllMulticast(e.links)
	e.asked = map[string]bool{}
	began := e.Now()
	h.begin(began)
	told := began // when the kernel was last made to report a membership
	tick := time.NewTicker(look)
	defer tick.Stop()
	over := time.After(e.Listening)
	for done := false; !done; {
		select {
		case <-ctx.Done():
			done = true
		case <-over:
			done = true
		case <-tick.C:
			now := e.Now()
			if e.Listened != nil {
				e.Listened(h.progress(now, e.Listening))
			}
			if now.Sub(told) >= afterJoining {
				e.noteQueries()
			}
			if len(toNetwork(e.links)) > 0 && h.dried(now, e.Listening) {
				l.Rejoin(ctx)
				told = e.Now()
			}
		}
	}
	e.heard = h.end(e.Now())
	e.heard.addBarred(l.Health())
}

// afterJoining is how long the kernel may go on reporting a membership by
// itself (RFC 2236, section 8.10: twice, ten seconds apart).
const afterJoining = 11 * time.Second

// noteQueries notes on which interfaces the kernel is about to answer a query.
func (e *examination) noteQueries() {
	for name, m := range memberships(e.read("net/igmp").text, e.Group) {
		if m.asked {
			e.asked[name] = true
		}
	}
}
