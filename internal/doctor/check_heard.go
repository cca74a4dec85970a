package doctor

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// elsewhere is what is known beside what was heard.
type elsewhere struct {
	streams    []stream          // of Picos, to other ports
	astray     []stream          // of Picos, to other addresses than the group
	giants     []stream          // that are too long to be let in
	tooLong    uint64            // packets that were, as far as it is known
	snifferErr error             // why the wire could not be looked at
	ignored    uint64            // multicast and broadcast packets of any kind that no program here took
	strays     uint64            // multicast packets of groups that are heard here, which nobody here got
	arrived    map[string]uint64 // packets of any kind by interface; nil if not known
	silent     []string          // who the picotop that runs here misses
	forgotten  bool              // a switch is suspected to have forgotten this machine
	explained  *Check            // what explains silence, nil if nothing does
	links      []link
	again      again
}

// checkHeard judges what came while the doctor listened.
func checkHeard(t traffic, group netip.Addr, ports []portFact, e elsewhere) *Check {
	c := finding(idHeard)
	if t.duration == 0 {
		return c.be(Unknown, "nothing could be listened to, so nothing was heard")
	}
	for i := range t.senders {
		c.note(t.senders[i].summary())
	}
	for _, s := range e.streams {
		c.note(fmt.Sprintf("%s sends to port %d, which is not listened to", s.from, s.port))
	}
	for _, s := range e.astray {
		c.note(fmt.Sprintf("%s sends to %s, port %d, and not to %s", s.from, e.whither(s), s.port, group))
	}
	for _, who := range e.silent {
		c.note("the picotop that runs here misses " + who)
	}
	v := Problem
	if t.temperatures() > 0 {
		v = Warning
	}
	switch {
	case len(e.streams) > 0:
		return otherPort(c, v, ports, e)
	case len(e.astray) > 0:
		return otherAddress(c, v, group, ports, e)
	case t.temperatures() > 0:
		return well(c, t, e)
	case t.packets == 0:
		return silent(c, t, e)
	case countPicos(t) > 0:
		c.note("check the wiring of the DS18B20, its pull-up resistor, and the pin in the Pico's config.py")
		return c.be(Problem, fmt.Sprintf("%s here, but no temperature: the sensors of the Pico are not found", isAre(countPicos(t), "Pico"))).
			try("check the wiring of the DS18B20 and its pull-up resistor")
	}
	return strangers(c, t)
}

// well tells of temperatures that came, and what is odd all the same.
func well(c *Check, t traffic, e elsewhere) *Check {
	if len(e.silent) > 0 {
		return c.be(Problem, fmt.Sprintf("%s is silent, while %s heard", e.silent[0], others(countPicos(t)))).
			try("replug the Pico, and see whether its LED lights once a poll")
	}
	for _, s := range t.senders {
		if rate := float64(s.packets()+s.unreadable()) / t.duration.Seconds(); rate > tooMany {
			return c.be(Warning, fmt.Sprintf("%s sends %.0f packets a second, and a Pico sends one every few seconds", s.addr, rate)).
				try("ip neigh show " + s.addr.String())
		}
	}
	return c.be(OK, fmt.Sprintf("%s from %s in %s", count(t.temperatures(), "temperature"), count(countPicos(t), "Pico"), seconds(t.duration)))
}

// tooMany packets a second are no Pico's.
const tooMany = 200

func others(n int) string {
	if n == 1 {
		return "another Pico is"
	}
	return fmt.Sprintf("%d other Picos are", n)
}

// strangers tells of packets that are none of a Pico's.
func strangers(c *Check, t traffic) *Check {
	for _, s := range t.senders {
		if types := slices.Sorted(maps.Keys(s.types)); len(types) > 0 {
			return c.be(Problem, fmt.Sprintf("%s sends packets, but none is a Pico's: their type is %q", s.addr, types[0])).
				try("ip neigh show " + s.addr.String())
		}
	}
	c.be(Problem, fmt.Sprintf("%s in %s, and none was a Pico's temperature", count(t.packets, "packet"), seconds(t.duration)))
	for _, s := range t.senders {
		return c.try("ip neigh show " + s.addr.String())
	}
	return c
}

// otherPort tells of a Pico that sends to a port that is not listened to, and
// how to hear both.
func otherPort(c *Check, v Verdict, ports []portFact, e elsewhere) *Check {
	numbers := []string{}
	for _, p := range ports {
		numbers = append(numbers, fmt.Sprint(p.number))
	}
	for _, s := range e.streams {
		if n := fmt.Sprint(s.port); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	one := e.streams[0]
	return c.be(v, fmt.Sprintf("%s sends to port %d, which is not listened to", one.from, one.port)).
		try(e.again.show("--port " + strings.Join(numbers, ",")))
}

// otherAddress tells of a Pico that does not send to the group.
func otherAddress(c *Check, v Verdict, group netip.Addr, ports []portFact, e elsewhere) *Check {
	one := e.astray[0]
	port := ""
	if !slices.ContainsFunc(ports, func(p portFact) bool { return p.number == one.port }) {
		port = fmt.Sprintf(" --port %d", one.port)
	}
	text := fmt.Sprintf("%s sends to %s, and not to the group %s", one.from, e.whither(one), group)
	if one.to.IsMulticast() {
		return c.be(v, text).try(e.again.show("--group " + one.to.String() + port))
	}
	c.note("or set the group in the Pico's config.py: then every program here hears it")
	return c.be(v, text).try(e.again.show("--unicast" + port))
}

// whither says where a stream goes, in words.
func (e elsewhere) whither(s stream) string {
	switch {
	case s.to.IsMulticast():
		return "another group, " + s.to.String()
	case slices.ContainsFunc(e.links, func(l link) bool { return l.addr == s.to }):
		return "this machine alone (unicast to " + s.to.String() + ")"
	}
	return "every machine (broadcast to " + s.to.String() + ")"
}
