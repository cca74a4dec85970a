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
	// joinReportTimeout is how long the kernel may take to send a membership
	// report for that.
	joinReportTimeout = 1500 * time.Millisecond
	// pollInterval is how often the doctor looks how the listening goes.
	pollInterval = 100 * time.Millisecond
	// packetQueue is how many packets may wait to be counted.
	packetQueue = 4096
)

// listen opens the listener, makes the checks that need no traffic, and listens.
func (d *diagnosis) listen(ctx context.Context) {
	o := newObserver(d.Group, d.Now())
	d.probe = o.probe
	l := feed.New(feed.Config{
		Group: d.Group, Ports: d.Ports, Interfaces: d.Interfaces, Refused: o.addRefusal, Tap: o.tap,
		Now: d.Now, Logger: slog.New(slog.DiscardHandler),
		// The doctor alone decides when to rejoin, to see what comes of it.
		Interval: func() time.Duration { return time.Hour },
	})
	// The listener outlives ctx until everything was judged that needs it.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	packets := make(chan feed.Packet, packetQueue)
	ended := make(chan error, 1)
	var parts sync.WaitGroup
	defer parts.Wait()
	defer stop()
	// Before joining, to see the membership report.
	d.sniffer = newSniffer(d.Group)
	d.sniffer.open()
	stopSniffer := d.startSniffer(running, &parts)
	parts.Go(func() { ended <- l.Run(running, packets) })
	parts.Go(func() { countPackets(running, packets, o) })

	d.joinErr = waitForPorts(l, ended)
	d.recordHealth(l.Health())
	d.add(checkInterfaces(d.links, len(d.Interfaces) > 0, installed, d.joinErr))
	igmp := d.read("net/igmp")
	d.add(checkMembership(d.Group, d.links, d.joinErr != nil || d.anyOpen(), d.before.igmp.text, igmp.text, igmp.err))
	routes := d.read("net/route")
	d.add(checkRoutes(d.Group, d.links, routes.text, routes.err))
	d.add(checkPorts(d.ports, os.Getuid()))

	if d.canListen() {
		d.noJoinReport = d.joinReportMissing(ctx)
		d.probeFirewall(running)
		d.observe(ctx, l, o)
	}
	stopSniffer()
	d.sniffedUntil = d.Now()
	d.after = d.readSnapshot()
	d.drops = l.Health().Drops()
}

// startSniffer runs the sniffer until the returned function is called, which
// waits for its end.
func (d *diagnosis) startSniffer(ctx context.Context, parts *sync.WaitGroup) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	parts.Go(func() { d.sniffer.run(ctx); close(done) })
	return func() { cancel(); <-done }
}

// countPackets hands packets to the observer until ctx ends.
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
	select {
	case err := <-ended:
		return cmp.Or(err, errors.New("the listener ended"))
	case <-l.Ready():
	case <-time.After(openTimeout):
	}
	return nil
}

// recordHealth notes what the listener says of interfaces and ports.
func (d *diagnosis) recordHealth(h feed.Health) {
	all, _ := net.Interfaces()
	for _, in := range all {
		l := link{Interface: in}
		for _, health := range h.Interfaces {
			if health.Name == in.Name {
				l.addr, l.joined, l.why = health.Addr, health.Joined, health.Why
			}
		}
		d.links = append(d.links, l)
	}
	for i, p := range h.Ports { // in the order in which they were asked for
		d.ports[i].state, d.ports[i].why = p.State, p.Why
	}
	before := parseMemberships(d.before.igmp.text, d.Group)
	for _, l := range networkLinks(d.links) {
		d.memberBefore = d.memberBefore || before[l.Name].users > 0
	}
}

// canListen reports whether there is anything to wait for.
func (d *diagnosis) canListen() bool {
	return d.report.find(idInterfaces).Verdict != Problem && len(joinedInterfaces(d.links)) > 0 && d.anyOpen()
}

// anyOpen reports whether the listener has at least one port open.
func (d *diagnosis) anyOpen() bool {
	return slices.ContainsFunc(d.ports, func(p portFact) bool { return p.state == feed.Listening })
}

// joinReportMissing reports whether the kernel sent nothing to any group when the
// listener joined, although nobody here was a member before.
func (d *diagnosis) joinReportMissing(ctx context.Context) bool {
	if d.memberBefore || len(networkLinks(d.links)) == 0 {
		return false
	}
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for over := time.Now().Add(joinReportTimeout); time.Now().Before(over); {
		sent, known := counterDelta(d.before.netstat.text, d.read("net/netstat").text, "IpExt", "OutMcastPkts")
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
func (d *diagnosis) probeFirewall(ctx context.Context) {
	// Only where the group was joined: elsewhere the kernel would put on the
	// network even what has a TTL of 0.
	through := slices.DeleteFunc(slices.Clone(d.links), func(l link) bool { return !l.joined })
	// If these fail, the packets below tell nearly as much.
	_ = d.probe.run(ctx, d.Group, d.ports, through)
	d.testPackets, d.testPacketsErr = feed.SendTestPackets(ctx, d.Group, joinedInterfaces(d.links))
}

// observe listens for as long as it was asked for, and rejoins when packets stop.
func (d *diagnosis) observe(ctx context.Context, l *feed.Listener, o *observer) {
	d.sniffer.enableAllMulticast(d.links)
	d.answering = map[string]bool{}
	began := d.Now()
	o.start(began)
	rejoined := began // when the kernel was last made to report a membership
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	over := time.After(d.ListenFor)
	for done := false; !done; {
		select {
		case <-ctx.Done():
			done = true
		case <-over:
			done = true
		case <-tick.C:
			now := d.Now()
			if d.OnProgress != nil {
				d.OnProgress(o.progress(now, d.ListenFor))
			}
			if now.Sub(rejoined) >= unsolicitedReportTime {
				d.noteQueries()
			}
			if len(networkLinks(d.links)) > 0 && o.startRejoin(now, d.ListenFor) {
				l.Rejoin(ctx)
				rejoined = d.Now()
			}
		}
	}
	d.traffic = o.result(d.Now())
	d.traffic.addRateLimited(l.Health())
}

// unsolicitedReportTime is how long after joining the kernel may go on reporting
// a membership by itself (RFC 2236, section 8.10: twice, ten seconds apart).
const unsolicitedReportTime = 11 * time.Second

// noteQueries notes on which interfaces the kernel is about to answer a query.
func (d *diagnosis) noteQueries() {
	for name, m := range parseMemberships(d.read("net/igmp").text, d.Group) {
		if m.reportPending {
			d.answering[name] = true
		}
	}
}
