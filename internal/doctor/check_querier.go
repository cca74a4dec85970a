package doctor

import (
	"fmt"
	"time"

	"picotop/internal/format"
)

// queryInterval is how often a querier asks unless it is told otherwise, and
// how long its question may come late (RFC 2236, section 8.2).
const queryInterval = 125*time.Second + 10*time.Second

// querierFacts is what was seen of IGMP while the doctor listened.
type querierFacts struct {
	links         []link
	memberBefore  bool              // another program was a member before the doctor joined
	answering     map[string]bool   // interfaces on which the kernel was about to answer a query
	versions      map[string]string // by interface: V1, V2 or V3, see membership
	sniffer       *sniffer
	versionForced bool // the IGMP version is set by hand, and so tells nothing
	cmdline       cmdline
}

// checkQuerier judges whether a switch or access point that filters multicast
// would go on letting packets through.
func checkQuerier(f querierFacts, t traffic) *Check {
	c := newCheck(idQuerier)
	const cure = "turn on the IGMP querier in the router, or turn off IGMP snooping in the switch or access point"
	const anew = "picotop then tells the network anew by itself when it hears nothing; with this it can at any time:"
	if len(networkLinks(f.links)) == 0 {
		return c.set(Unknown, "there is no network on which anybody could ask")
	}
	effective := t.effectiveRejoins()
	switch {
	case len(effective) > 0 && effective[0].packetsBefore > 0:
		c.note(cure)
		if f.sniffer.err != nil {
			c.note("it is the same if a firewall on this machine keeps IGMP out, which root can see")
		}
		c.note(anew)
		times := "when I told the network anew"
		if n := len(effective); n > 1 {
			times = fmt.Sprintf("each of the %d times that I told the network anew", n)
		}
		return f.cmdline.grantRaw(c.set(Problem, fmt.Sprintf("a switch or access point forgets that this machine listens: packets stopped for %s, and came again %s", format.Seconds(effective[0].silence), times)))
	case len(effective) > 0 && f.memberBefore:
		c.note(cure)
		c.note(anew)
		c.note("another program here was a member before, so that the network was told nothing when I joined")
		return f.cmdline.grantRaw(c.set(Problem, fmt.Sprintf("a switch or access point had forgotten that this machine listens: nothing came for %s, until I told the network anew", format.Seconds(effective[0].silence))))
	case t.duration > 0 && t.packets == 0 && f.memberBefore:
		c.note(cure)
		return c.set(Warning, "a switch or access point may have forgotten that this machine listens: another program here was a member before, so that the network was told nothing when I joined").
			try(f.cmdline.sudo(""))
	case len(effective) > 0:
		c.note(cure)
		return c.set(Warning, fmt.Sprintf("a switch or access point may have forgotten that this machine listens: nothing came for %s, until I told the network anew", format.Seconds(effective[0].silence))).
			try(f.cmdline.listenFor("2m"))
	}
	for _, one := range f.sniffer.queries {
		return c.set(OK, fmt.Sprintf("%s asks on %s who listens (IGMP querier), so a switch that filters multicast lets packets through", one.from, one.iface))
	}
	for _, l := range networkLinks(f.links) {
		if f.answering[l.Name] || !f.versionForced && f.versions[l.Name] != "" && f.versions[l.Name] != "V3" {
			return c.set(OK, fmt.Sprintf("somebody asks on %s who listens (IGMP querier), so a switch that filters multicast lets packets through", l.Name))
		}
	}
	if n := len(t.rejoins); n > 0 && t.slowestInterval > 0 && t.rejoins[n-1].firstAfter == 0 {
		c.note(cure)
		return c.set(Warning, fmt.Sprintf("packets stopped, and did not come again when I told the network anew %s later: the Picos stopped, or a switch filters multicast", format.Seconds(t.rejoins[n-1].silence))).
			try(f.cmdline.listenFor("2m"))
	}
	if t.duration >= queryInterval {
		c.note(cure)
		c.note(anew)
		return f.cmdline.grantRaw(c.set(Warning, fmt.Sprintf("nobody asked in %s who listens (no IGMP querier): a switch or access point that filters multicast stops after some minutes", format.Seconds(t.duration))))
	}
	c.note("a querier asks about every two minutes; if packets stop after five minutes each time, it is this")
	if f.sniffer.err != nil {
		return c.set(Unknown, fmt.Sprintf("whether anybody asks who listens (IGMP querier) could not be seen: %v", f.sniffer.err)).
			try(f.cmdline.sudo("140s"))
	}
	return c.set(Unknown, fmt.Sprintf("nobody asked who listens (IGMP querier) in %s, which is too short to tell", format.Seconds(t.duration))).
		try(f.cmdline.sudo("140s"))
}
