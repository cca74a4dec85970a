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
	// openTimeout is how long the listener may take to open and join.
	openTimeout = 2 * time.Second
	// joinReportTimeout is how long the kernel may take to tell the network of it.
	joinReportTimeout = 1500 * time.Millisecond
	// pollInterval is how often is looked how the listening goes.
	pollInterval = 100 * time.Millisecond
	// packetQueue is how many packets may wait to be counted.
	packetQueue = 4096
)

// listen opens the listener, tells of what can be judged at once, and hears.
func (e *examination) listen(ctx context.Context) {
	o := newObserver(e.Group, e.Now())
	e.probe = o.probe
	l := feed.New(feed.Config{
		Group: e.Group, Ports: e.Ports, Interfaces: e.Interfaces, Refused: o.addRefusal, Tap: o.tap,
		Now: e.Now, Logger: slog.New(slog.DiscardHandler),
		// The doctor alone decides when to join anew, to see what comes of it.
		Interval: func() time.Duration { return time.Hour },
	})
	// The listener outlives ctx until everything was judged that needs it.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	packets := make(chan feed.Packet, packetQueue)
	ended := make(chan error, 1)
	var parts sync.WaitGroup
	defer parts.Wait()
	defer stop()
	// Before joining, to see the kernel tell the network of it.
	e.sniffer = newSniffer(e.Group)
	e.sniffer.open()
	stopSniffer := e.startSniffer(running, &parts)
	parts.Go(func() { ended <- l.Run(running, packets) })
	parts.Go(func() { countPackets(running, packets, o) })

	e.joinErr = waitForPorts(l, ended)
	e.recordHealth(l.Health())
	e.tell(checkInterfaces(e.links, len(e.Interfaces) > 0, installed, e.joinErr))
	e.igmp = e.read("net/igmp")
	e.tell(checkMembership(e.Group, e.links, e.joinErr != nil || e.anyOpen(), e.before.igmp.text, e.igmp.text, e.igmp.err))
	routes := e.read("net/route")
	e.tell(checkRoutes(e.Group, e.links, routes.text, routes.err))
	e.tell(checkPorts(e.ports, os.Getuid()))

	if e.canListen() {
		e.noJoinReport = e.joinReportMissing(ctx)
		e.probeFirewall(running)
		e.observe(ctx, l, o)
	}
	stopSniffer()
	e.sniffedUntil = e.Now()
	e.after = e.snapshot()
	e.drops = l.Health().Drops()
}

// startSniffer looks at the wire until the returned function is called, which waits
// for the end of it.
func (e *examination) startSniffer(ctx context.Context, parts *sync.WaitGroup) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	parts.Go(func() { e.sniffer.run(ctx); close(done) })
	return func() { cancel(); <-done }
}

// countPackets counts packets until ctx ends.
func countPackets(ctx context.Context, packets <-chan feed.Packet, o *observer) {
	for {
		select {
		case <-ctx.Done():
			return
		case p := <-packets:
			o.addPacket(p)
		}
	}
}

// waitForPorts waits until the listener has opened all its ports or given up on
// them, and returns its error if it ended.
func waitForPorts(l *feed.Listener, ended <-chan error) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(openTimeout)
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

// recordHealth turns what the listener says of itself into links and ports.
func (e *examination) recordHealth(h feed.Health) {
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
		e.memberBefore = e.memberBefore || before[l.Name].users > 0
	}
}

// canListen reports whether there is anything to wait for.
func (e *examination) canListen() bool {
	return e.report.find(idInterfaces).Verdict != Problem && len(joinedInterfaces(e.links)) > 0 && e.anyOpen()
}

func (e *examination) anyOpen() bool {
	return slices.ContainsFunc(e.ports, func(p portFact) bool { return p.state == feed.Listening })
}

// joinReportMissing reports whether the kernel sent nothing to any group when the
// listener joined, although nobody here was a member before.
func (e *examination) joinReportMissing(ctx context.Context) bool {
	if e.memberBefore || len(toNetwork(e.links)) == 0 {
		return false
	}
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for over := time.Now().Add(joinReportTimeout); time.Now().Before(over); {
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

// probeFirewall sends test packets from this machine to itself.
func (e *examination) probeFirewall(ctx context.Context) {
	// Only where the group was joined: elsewhere the kernel would put on the
	// network even what has a TTL of 0.
	through := slices.DeleteFunc(slices.Clone(e.links), func(l link) bool { return !l.joined })
	// Without them the other ones tell nearly as much.
	_ = e.probe.run(ctx, e.Group, e.ports, through)
	e.ownPackets, e.ownPacketsErr = feed.SendOwnPackets(ctx, e.Group, joinedInterfaces(e.links))
}

// observe listens for as long as it was asked for.
func (e *examination) observe(ctx context.Context, l *feed.Listener, o *observer) {
	e.sniffer.enableAllMulticast(e.links)
	e.answering = map[string]bool{}
	began := e.Now()
	o.start(began)
	rejoined := began // when the kernel was last made to report a membership
	tick := time.NewTicker(pollInterval)
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
				e.Listened(o.progress(now, e.Listening))
			}
			if now.Sub(rejoined) >= unsolicitedReportTime {
				e.noteQueries()
			}
			if len(toNetwork(e.links)) > 0 && o.startRejoin(now, e.Listening) {
				l.Rejoin(ctx)
				rejoined = e.Now()
			}
		}
	}
	e.traffic = o.result(e.Now())
	e.traffic.addRateLimited(l.Health())
}

// unsolicitedReportTime is how long the kernel may go on reporting a membership by
// itself (RFC 2236, section 8.10: twice, ten seconds apart).
const unsolicitedReportTime = 11 * time.Second

// noteQueries notes on which interfaces the kernel is about to answer a query.
func (e *examination) noteQueries() {
	for name, m := range memberships(e.read("net/igmp").text, e.Group) {
		if m.asked {
			e.answering[name] = true
		}
	}
}
