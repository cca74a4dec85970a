package doctor

import (
	"slices"
	"time"

	"picotop/feed"
	"picotop/internal/host"
)

// evaluate makes the checks that need the traffic.
func (d *diagnosis) evaluate() {
	// What goes over lo is not for Picos: the demo, and tests.
	d.sniffer.keepLinks(networkLinks(d.links))
	unheard := d.sniffer.unheard(d.ports, d.traffic, d.sniffedUntil)
	rp := d.reversePathFacts(unheard)
	d.add(checkFirewall(d.firewallFacts(slices.DeleteFunc(slices.Clone(unheard), rp.dropsStream)), d.traffic))
	d.add(checkQuerier(d.querierFacts(), d.traffic))
	d.add(checkReversePath(rp, d.traffic))
	buffers := d.read("sys/net/core/rmem_max")
	d.add(checkBuffers(buffers.text, buffers.err))
	drops := dropFacts{
		ours: d.drops, ports: d.ports, before: d.before.snmp.text, after: d.after.snmp.text,
		err: d.after.snmp.err, rmemMax: buffers.text, cmdline: d.cmdline,
	}
	lost := checkDrops(drops)
	for _, missing := range feed.Unsupported() {
		lost.note("on this system " + missing)
	}
	d.add(lost)
	d.add(checkHeard(d.traffic, d.Group, d.ports, d.heardFacts(drops.oversized())))
	d.add(checkUnreadable(d.traffic, drops.oversized(), d.sniffer.oversized(), d.cmdline))

	var stores []store
	if d.Data != "" {
		stores = append(stores, inspectStore(d.Data, d.Proc))
	}
	for _, dir := range d.OthersData {
		s := inspectStore(dir, d.Proc)
		s.otherUser = true
		stores = append(stores, s)
	}
	var newest time.Time
	for _, s := range stores {
		if s.newest.After(newest) {
			newest = s.newest
		}
	}
	synced, err := host.ClockSynced()
	d.add(checkClock(d.Now(), newest, synced, err))
	d.add(checkData(stores, d.Running, d.cmdline))
	d.report.Seconds = d.traffic.duration.Round(pollInterval).Seconds()
}

func (d *diagnosis) reversePathFacts(unheard []stream) reversePathFacts {
	modes, err := readReversePathModes(d.Proc, d.links)
	return reversePathFacts{
		modes: modes, err: err, routes: parseRoutes(d.read("net/route").text),
		before: d.before.netstat.text, after: d.after.netstat.text, unheard: unheard,
		links: d.links, sniffed: d.sniffer.err == nil,
	}
}

func (d *diagnosis) firewallFacts(unheard []stream) firewallFacts {
	f := firewallFacts{
		links: d.links, testPackets: d.testPackets, err: d.testPacketsErr, unheard: unheard, noJoinReport: d.noJoinReport,
		remedy: allowGroup(d.Group, installed),
	}
	if d.probe != nil {
		f.filtered, f.probed = d.probe.filtered(d.ports, d.firewallLinks())
	}
	for _, l := range networkLinks(d.links) {
		if d.sniffer.unanswered[l.Name] && f.unansweredOn == "" {
			f.unansweredOn = l.Name
		}
	}
	return f
}

// firewallLinks lists the interfaces whose firewall matters: a rule about lo
// keeps no Pico out, unless lo is all that there is.
func (d *diagnosis) firewallLinks() []link {
	if network := networkLinks(d.links); len(network) > 0 {
		return network
	}
	return d.links
}

func (d *diagnosis) heardFacts(oversizedDropped uint64) heardFacts {
	ignored, _ := counterDelta(d.before.snmp.text, d.after.snmp.text, "Udp", "IgnoredMulti")
	f := heardFacts{
		otherPorts: d.sniffer.toOtherPorts(d.ports), otherAddrs: d.sniffer.toOtherAddrs(), oversized: d.sniffer.oversized(), oversizedDropped: oversizedDropped,
		snifferErr: d.sniffer.err, ignored: ignored, received: receivedSince(d.before.dev.text, d.after.dev.text),
		cause: d.report.first(Problem, idInterfaces, idMembership, idPorts, idFirewall, idReversePath, idQuerier),
		links: d.links, cmdline: d.cmdline,
	}
	if !slices.ContainsFunc(d.ports, func(p portFact) bool { return p.state == feed.Blocked }) {
		f.undelivered = undeliveredMulticast(d.before, d.after)
	}
	for _, st := range d.traffic.otherAddrs {
		if !slices.ContainsFunc(f.otherAddrs, func(other stream) bool { other.iface = ""; return other == st }) {
			f.otherAddrs = append(f.otherAddrs, st)
		}
	}
	f.snoopingSuspected = d.report.first(Warning, idQuerier) != nil
	if d.Running != nil {
		for _, s := range d.Running.Silent {
			f.silent = append(f.silent, s.String())
		}
	}
	return f
}

func (d *diagnosis) querierFacts() querierFacts {
	f := querierFacts{links: d.links, answering: d.answering, sniffer: d.sniffer, versions: map[string]string{}, memberBefore: d.memberBefore, cmdline: d.cmdline}
	for name, m := range parseMemberships(d.after.igmp.text, d.Group) {
		f.versions[name] = m.querier
	}
	for _, l := range networkLinks(d.links) {
		forced := d.read("sys/net/ipv4/conf/" + l.Name + "/force_igmp_version").text
		f.versionForced = f.versionForced || forced != "" && forced != "0\n"
	}
	return f
}
