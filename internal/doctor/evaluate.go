package doctor

import (
	"slices"
	"time"

	"picotop/feed"
	"picotop/internal/host"
)

// judge tells the checks that need what was heard.
func (e *examination) judge() {
	// What goes over lo is not for Picos: the demo, and tests.
	e.sniffer.keepLinks(toNetwork(e.links))
	kept := e.sniffer.unheard(e.ports, e.traffic, e.sniffedUntil)
	rp := e.reversePath(kept)
	e.tell(checkFirewall(e.gates(slices.DeleteFunc(slices.Clone(kept), rp.filtered)), e.traffic))
	e.tell(checkQuerier(e.querying(), e.traffic))
	e.tell(rp.check(e.traffic))
	buffers := e.read("sys/net/core/rmem_max")
	e.tell(checkBuffers(buffers.text, buffers.err))
	lost := losses{
		own: e.drops, ports: e.ports, before: e.before.snmp.text, after: e.after.snmp.text,
		err: e.after.snmp.err, limit: buffers.text, again: e.again,
	}
	drops := lost.check()
	for _, what := range feed.Unsupported() {
		drops.note("on this system " + what)
	}
	e.tell(drops)
	e.tell(checkHeard(e.traffic, e.Group, e.ports, e.elsewhere(lost.tooLong())))
	e.tell(checkUnreadable(e.traffic, lost.tooLong(), e.sniffer.oversized(), e.again))

	var stores []store
	if e.Data != "" {
		stores = append(stores, lookAt(e.Data, e.Proc))
	}
	for _, dir := range e.OthersData {
		s := lookAt(dir, e.Proc)
		s.others = true
		stores = append(stores, s)
	}
	var newest time.Time
	for _, s := range stores {
		if s.newest.After(newest) {
			newest = s.newest
		}
	}
	synced, err := host.ClockSynced()
	e.tell(checkClock(e.Now(), newest, synced, err))
	e.tell(checkData(stores, e.Running, e.again))
	e.report.Seconds = e.traffic.duration.Round(pollInterval).Seconds()
}

func (e *examination) reversePath(kept []stream) reversePath {
	modes, err := readReversePath(e.Proc, e.links)
	return reversePath{
		modes: modes, err: err, routes: readRoutes(e.read("net/route").text),
		before: e.before.netstat.text, after: e.after.netstat.text, kept: kept,
		links: e.links, sniffed: e.sniffer.err == nil,
	}
}

func (e *examination) gates(kept []stream) gates {
	g := gates{
		links: e.links, fates: e.ownPackets, err: e.ownPacketsErr, kept: kept, mute: e.noJoinReport,
		remedy: letIn(e.Group, installed),
	}
	if e.probe != nil {
		g.filtered, g.probed = e.probe.filtered(e.ports, e.firewalled())
	}
	for _, l := range toNetwork(e.links) {
		if e.sniffer.unanswered[l.Name] && g.deaf == "" {
			g.deaf = l.Name
		}
	}
	return g
}

// firewalled lists the interfaces whose firewall matters: a rule about lo
// keeps no Pico out, unless lo is all that there is.
func (e *examination) firewalled() []link {
	if network := toNetwork(e.links); len(network) > 0 {
		return network
	}
	return e.links
}

func (e *examination) elsewhere(tooLong uint64) elsewhere {
	ignored, _ := grown(e.before.snmp.text, e.after.snmp.text, "Udp", "IgnoredMulti")
	out := elsewhere{
		streams: e.sniffer.toOtherPorts(e.ports), astray: e.sniffer.toOtherAddrs(), giants: e.sniffer.oversized(), tooLong: tooLong,
		snifferErr: e.sniffer.err, ignored: ignored, arrived: arrivedSince(e.before.dev.text, e.after.dev.text),
		explained: e.report.first(Problem, idInterfaces, idMembership, idPorts, idFirewall, idReversePath, idQuerier),
		links:     e.links, again: e.again,
	}
	if !slices.ContainsFunc(e.ports, func(p portFact) bool { return p.state == feed.Blocked }) {
		out.strays = strays(e.before, e.after)
	}
	for _, s := range e.traffic.otherAddrs {
		if !slices.ContainsFunc(out.astray, func(o stream) bool { o.iface = ""; return o == s }) {
			out.astray = append(out.astray, s)
		}
	}
	out.forgotten = e.report.first(Warning, idQuerier) != nil
	if e.Running != nil {
		out.silent = e.Running.Silent
	}
	return out
}

func (e *examination) querying() querying {
	q := querying{links: e.links, asked: e.answering, sniffer: e.sniffer, old: map[string]string{}, held: e.memberBefore, again: e.again}
	for name, m := range memberships(e.after.igmp.text, e.Group) {
		q.old[name] = m.querier
	}
	for _, l := range toNetwork(e.links) {
		forced := e.read("sys/net/ipv4/conf/" + l.Name + "/force_igmp_version").text
		q.forced = q.forced || forced != "" && forced != "0\n"
	}
	return q
}
