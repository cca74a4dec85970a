// Package doctor finds out why a machine does not hear its Picos, or that it
// does, and says so in plain words.
//
// It looks at what lies on the way of a packet, from the network interface to
// the directory that keeps the history, listens for a while with the same
// listener as the program itself, and judges. Each check is a function of what
// was found: text of /proc, counts, errors; the finding is done in this file.
// It promises to change nothing, to put nothing on the network but what a
// listener does, and to need no privilege: what it may not see it says.
//
// It knows nothing of command lines and terminals.
package doctor

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	"picotop/feed"
)

// Config says what to examine.
type Config struct {
	Group      netip.Addr
	Ports      []uint16
	Interfaces []string      // names or addresses; empty means all that are able
	Data       string        // the directory of the history; empty if there is no place for one
	Listening  time.Duration // for how long at most
	Now        func() time.Time
	Proc       fs.FS // the file system /proc

	// Found is told of each check as soon as it is known, and Listened now and
	// then how the listening goes. Either may be nil.
	Found    func(Check)
	Listened func(Progress)
}

const (
	// settleIn is how long the listener may take to open and join.
	settleIn = 2 * time.Second
	// look is how often is looked whether enough was heard.
	look = 100 * time.Millisecond
	// packetsWaiting is how many packets may wait to be counted.
	packetsWaiting = 4096
)

// Run examines everything, in the order in which it is told. It listens until
// cfg.Listening is over, enough was heard, or ctx ends; it reports all the
// same.
func Run(ctx context.Context, cfg Config) Report {
	e := &examination{Config: cfg, report: Report{Schema: schema, At: cfg.Now(), Checks: []Check{}}}
	e.before = e.snapshot()
	for _, port := range e.Ports {
		holders, err := feed.Holders(e.Proc, port)
		e.ports = append(e.ports, portFact{number: port, holders: holders, err: err})
	}
	e.listen(ctx)
	e.judge()
	e.report.conclude()
	return e.report
}

// An examination is one run. Its fields are what was found.
type examination struct {
	Config
	report Report

	before, after snapshot
	igmp          file // when the listener had joined
	links         []link
	joinErr       error
	ports         []portFact
	fates         map[int]feed.OwnPacket
	fatesErr      error
	asked         map[string]bool
	wire          *wire
	wired         time.Time // when the wire was last looked at
	heard         heard
	drops         uint64
}

// A file is one that may not be there.
type file struct {
	text string
	err  error
}

// snapshot is what is compared from before to after.
type snapshot struct {
	igmp, snmp, netstat file
}

func (e *examination) read(name string) file {
	text, err := fs.ReadFile(e.Proc, name)
	return file{string(text), err}
}

func (e *examination) snapshot() snapshot {
	return snapshot{igmp: e.read("net/igmp"), snmp: e.read("net/snmp"), netstat: e.read("net/netstat")}
}

// listen opens the listener, tells of what can be judged at once, and hears.
func (e *examination) listen(ctx context.Context) {
	h := newHearing(e.Now())
	l := feed.New(feed.Config{
		Group: e.Group, Ports: e.Ports, Interfaces: e.Interfaces, Refused: h.refused,
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
	parts.Go(func() { ended <- l.Run(running, packets) })
	parts.Go(func() { take(running, packets, h) })

	e.joinErr = settled(l, ended)
	e.learn(l.Health())
	e.tell(checkInterfaces(e.links, e.joinErr))
	e.igmp = e.read("net/igmp")
	e.tell(checkMembership(e.Group, e.links, e.before.igmp.text, e.igmp.text, e.igmp.err))
	routes := e.read("net/route")
	e.tell(checkRoutes(e.Group, e.links, routes.text, routes.err))
	e.tell(checkPorts(e.ports, os.Getuid()))

	e.wire = newWire()
	e.fates, e.fatesErr = feed.SendOwnPackets(running, e.Group, joined(e.links))
	if e.canHear() {
		e.hear(ctx, running, l, h)
	}
	e.after = e.snapshot()
	e.drops = l.Health().Drops()
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
}

func joined(links []link) []net.Interface {
	var all []net.Interface
	for _, l := range links {
		if l.joined {
			all = append(all, l.Interface)
		}
	}
	return all
}

func (e *examination) canHear() bool {
	return e.joinErr == nil && len(joined(e.links)) > 0 &&
		slices.ContainsFunc(e.ports, func(p portFact) bool { return p.state == feed.Listening })
}

// hear listens until it is enough, and looks at the wire where that is
// permitted.
func (e *examination) hear(ctx, running context.Context, l *feed.Listener, h *hearing) {
	watching, stop := context.WithCancel(running)
	var watch sync.WaitGroup
	watch.Go(func() { e.wire.watch(watching, e.Group) })

	e.asked = map[string]bool{}
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
			done = h.enough(now)
			if e.Listened != nil {
				e.Listened(h.progress(now, e.Listening))
			}
			e.noteQueries(now.Sub(h.started))
			if len(toNetwork(e.links)) > 0 && h.dried(now, e.Listening) {
				l.Rejoin(ctx)
			}
		}
	}
	e.heard = h.end(e.Now())
	stop()
	watch.Wait()
	e.wired = e.Now()
}

// afterJoining is how long the kernel may go on reporting a membership by
// itself (RFC 2236, section 8.10: twice, ten seconds apart).
const afterJoining = 11 * time.Second

// noteQueries notes on which interfaces the kernel is about to answer a query.
func (e *examination) noteQueries(elapsed time.Duration) {
	if elapsed < afterJoining {
		return
	}
	for name, m := range memberships(e.read("net/igmp").text, e.Group) {
		if m.asked {
			e.asked[name] = true
		}
	}
}

// judge tells the checks that need what was heard.
func (e *examination) judge() {
	// What goes over lo is not for Picos: the demo, and tests.
	e.wire.only(toNetwork(e.links))
	kept := e.wire.kept(e.ports, e.heard, e.wired)
	modes, err := readReversePath(e.Proc, e.links)
	rp := reversePath{
		modes: modes, err: err, routes: readRoutes(e.read("net/route").text),
		before: e.before.netstat.text, after: e.after.netstat.text, kept: kept,
	}
	unexplained := slices.DeleteFunc(slices.Clone(kept), rp.filtered)
	e.tell(checkFirewall(e.links, e.fates, e.fatesErr, e.heard, unexplained, letIn(e.Group, installed)))
	e.tell(checkQuerier(e.querying(), e.heard))
	e.tell(rp.check(e.heard))
	buffers := e.read("sys/net/core/rmem_max")
	e.tell(checkBuffers(buffers.text, buffers.err))
	e.tell(checkDrops(e.drops, e.ports, e.before.snmp.text, e.after.snmp.text, e.after.snmp.err))
	ignored, _ := grown(e.before.snmp.text, e.after.snmp.text, "Udp", "IgnoredMulti")
	e.tell(checkHeard(e.heard, e.ports, elsewhere{streams: e.wire.elsewhere(e.ports), wireErr: e.wire.err, ignored: ignored}))
	e.tell(checkUnreadable(e.heard))

	data := lookAt(e.Data, e.Proc)
	synced, err := clockSynced()
	e.tell(checkClock(e.Now(), data.newest, synced, err))
	e.tell(checkData(data))
	e.report.Seconds = e.heard.lasted.Round(look).Seconds()
}

func (e *examination) querying() querying {
	q := querying{links: e.links, asked: e.asked, wire: e.wire, old: map[string]string{}}
	before := memberships(e.before.igmp.text, e.Group)
	for name, m := range memberships(e.after.igmp.text, e.Group) {
		q.old[name] = m.querier
	}
	for _, l := range toNetwork(e.links) {
		q.held = q.held || before[l.Name].users > 0
		forced := e.read("sys/net/ipv4/conf/" + l.Name + "/force_igmp_version").text
		q.forced = q.forced || forced != "" && forced != "0\n"
	}
	return q
}

// installed reports whether a program is there, also where only root looks
// for it.
func installed(name string) bool {
	if _, err := exec.LookPath(name); err == nil {
		return true
	}
	_, err := os.Stat("/usr/sbin/" + name)
	return err == nil
}

func (e *examination) tell(c *Check) {
	e.report.Checks = append(e.report.Checks, *c)
	if e.Found != nil {
		e.Found(*c)
	}
}
