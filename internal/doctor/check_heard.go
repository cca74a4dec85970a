package doctor

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"picotop/internal/format"
)

// heardFacts is what is known beside the traffic that the listener received.
type heardFacts struct {
	otherPorts        []stream          // of Picos, to other ports
	otherAddrs        []stream          // of Picos, to other addresses than the group
	oversized         []stream          // to the group, and too long to be let in
	oversizedDropped  uint64            // packets that the kernel dropped for their length, as far as it is known
	snifferErr        error             // why the sniffer saw nothing
	ignored           uint64            // multicast and broadcast packets of any kind that no program here took
	undelivered       uint64            // multicast packets of groups that are heard here, which nobody here got
	received          map[string]uint64 // packets of any kind by interface; nil if not known
	silent            []string          // who the picotop that runs here misses
	snoopingSuspected bool              // a switch is suspected to have forgotten this machine
	cause             *Check            // what explains silence, nil if nothing does
	links             []link
	cmdline           cmdline
}

// checkHeard judges what came while the doctor listened.
func checkHeard(t traffic, group netip.Addr, ports []portFact, f heardFacts) *Check {
	c := newCheck(idHeard)
	if t.duration == 0 {
		return c.set(Unknown, "nothing could be listened to, so nothing was heard")
	}
	for i := range t.senders {
		c.note(t.senders[i].summary())
	}
	for _, st := range f.otherPorts {
		c.note(fmt.Sprintf("%s sends to port %d, which is not listened to", st.from, st.port))
	}
	for _, st := range f.otherAddrs {
		c.note(fmt.Sprintf("%s sends to %s, port %d, and not to %s", st.from, f.destination(st), st.port, group))
	}
	for _, who := range f.silent {
		c.note("the picotop that runs here misses " + who)
	}
	v := Problem
	if t.temperatures() > 0 {
		v = Warning
	}
	switch {
	case len(f.otherPorts) > 0:
		return otherPort(c, v, ports, f)
	case len(f.otherAddrs) > 0:
		return otherAddress(c, v, group, ports, f)
	case t.temperatures() > 0:
		return checkTemperatures(c, t, f)
	case t.packets == 0:
		return checkSilence(c, t, f)
	case countPicos(t) > 0:
		c.note("check the wiring of the DS18B20, its pull-up resistor, and the pin in the Pico's config.py")
		return c.set(Problem, fmt.Sprintf("%s here, but no temperature: the sensors of the Pico are not found", countAre(countPicos(t), "Pico"))).
			try("check the wiring of the DS18B20 and its pull-up resistor")
	}
	return foreignPackets(c, t)
}

// checkTemperatures judges traffic with temperatures in it: who is missing all
// the same, and who sends too much.
func checkTemperatures(c *Check, t traffic, f heardFacts) *Check {
	if len(f.silent) > 0 {
		return c.set(Problem, fmt.Sprintf("%s is silent, while %s heard", f.silent[0], otherPicos(countPicos(t)))).
			try("replug the Pico, and see whether its LED lights once a poll")
	}
	for _, s := range t.senders {
		if rate := float64(s.packets()+s.unreadable()) / t.duration.Seconds(); rate > maxRate {
			return c.set(Warning, fmt.Sprintf("%s sends %.0f packets a second, and a Pico sends one every few seconds", s.addr, rate)).
				try("ip neigh show " + s.addr.String())
		}
	}
	return c.set(OK, fmt.Sprintf("%s from %s in %s", format.Count(t.temperatures(), "temperature"), format.Count(countPicos(t), "Pico"), format.Seconds(t.duration)))
}

// maxRate is more packets a second than any Pico sends.
const maxRate = 200

func otherPicos(n int) string {
	if n == 1 {
		return "another Pico is"
	}
	return fmt.Sprintf("%d other Picos are", n)
}

// foreignPackets reports packets of which none is a Pico's.
func foreignPackets(c *Check, t traffic) *Check {
	for _, s := range t.senders {
		if types := slices.Sorted(maps.Keys(s.types)); len(types) > 0 {
			return c.set(Problem, fmt.Sprintf("%s sends packets, but none is a Pico's: their type is %q", s.addr, types[0])).
				try("ip neigh show " + s.addr.String())
		}
	}
	c.set(Problem, fmt.Sprintf("%s in %s, and none was a Pico's temperature", format.Count(t.packets, "packet"), format.Seconds(t.duration)))
	for _, s := range t.senders {
		return c.try("ip neigh show " + s.addr.String())
	}
	return c
}

// otherPort reports a Pico that sends to a port that is not listened to, and
// how to hear both.
func otherPort(c *Check, v Verdict, ports []portFact, f heardFacts) *Check {
	numbers := []string{}
	for _, p := range ports {
		numbers = append(numbers, fmt.Sprint(p.number))
	}
	for _, st := range f.otherPorts {
		if n := fmt.Sprint(st.port); !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	one := f.otherPorts[0]
	return c.set(v, fmt.Sprintf("%s sends to port %d, which is not listened to", one.from, one.port)).
		try(f.cmdline.withFlags("--port " + strings.Join(numbers, ",")))
}

// otherAddress reports a Pico that does not send to the group.
func otherAddress(c *Check, v Verdict, group netip.Addr, ports []portFact, f heardFacts) *Check {
	one := f.otherAddrs[0]
	port := ""
	if !slices.ContainsFunc(ports, func(p portFact) bool { return p.number == one.port }) {
		port = fmt.Sprintf(" --port %d", one.port)
	}
	text := fmt.Sprintf("%s sends to %s, and not to the group %s", one.from, f.destination(one), group)
	if one.to.IsMulticast() {
		return c.set(v, text).try(f.cmdline.withFlags("--group " + one.to.String() + port))
	}
	c.note("or set the group in the Pico's config.py: then every program here hears it")
	return c.set(v, text).try(f.cmdline.withFlags("--unicast" + port))
}

// destination says where a stream goes, in words.
func (f heardFacts) destination(st stream) string {
	switch {
	case st.to.IsMulticast():
		return "another group, " + st.to.String()
	case slices.ContainsFunc(f.links, func(l link) bool { return l.addr == st.to }):
		return "this machine alone (unicast to " + st.to.String() + ")"
	}
	return "every machine (broadcast to " + st.to.String() + ")"
}
