package doctor

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// elsewhere is what is known of packets that nobody here listens for.
type elsewhere struct {
	streams []seen // of Picos, to other ports
	wireErr error  // why the wire could not be looked at
	ignored uint64 // multicast and broadcast packets of any kind that no program here took
}

// checkHeard judges what came while the doctor listened.
func checkHeard(h heard, ports []portFact, e elsewhere) *Check {
	c := finding(idHeard)
	if h.lasted == 0 {
		return c.be(Unknown, "nothing could be listened to, so nothing was heard")
	}
	for i := range h.senders {
		c.note(h.senders[i].summary())
	}
	for _, s := range e.streams {
		c.note(fmt.Sprintf("%s sends to port %d, which is not listened to", s.from, s.port))
	}
	picos := picosOf(h)
	switch {
	case h.temperatures() > 0 && len(e.streams) > 0:
		return otherPort(c, Warning, ports, e.streams)
	case h.temperatures() > 0:
		return c.be(OK, fmt.Sprintf("%s from %s in %s", count(h.temperatures(), "temperature"), count(picos, "Pico"), seconds(h.lasted)))
	case len(e.streams) > 0:
		return otherPort(c, Problem, ports, e.streams)
	case h.packets == 0:
		return silent(c, h, e)
	case picos > 0:
		c.note("check the wiring of the DS18B20, its pull-up resistor, and the pin in the Pico's config.py")
		return c.be(Problem, fmt.Sprintf("%s here, but no temperature: the sensors of the Pico are not found", isAre(picos, "Pico")))
	}
	return c.be(Problem, fmt.Sprintf("%s in %s, and none was a Pico's temperature", count(h.packets, "packet"), seconds(h.lasted))).
		try("picotop doctor --for 2m")
}

func isAre(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " is"
	}
	return count(n, noun) + " are"
}

// picosOf counts the addresses that sent what a Pico sends.
func picosOf(h heard) int {
	n := 0
	for _, s := range h.senders {
		if s.temperatures+s.statuses > 0 {
			n++
		}
	}
	return n
}

// summary is one sender in one line.
func (s *sender) summary() string {
	ports := slices.Sorted(maps.Keys(s.ports))
	var parts []string
	add := func(n int, noun string) {
		if n > 0 {
			parts = append(parts, count(n, noun))
		}
	}
	add(s.temperatures, "temperature")
	if n := s.statuses; n > 0 {
		parts = append(parts, fmt.Sprintf("%d status", n))
	}
	add(s.other, "packet of another kind")
	if n := s.unreadable(); n > 0 {
		parts = append(parts, fmt.Sprintf("%d refused", n))
	}
	text := fmt.Sprintf("%s: %s", s.addr, strings.Join(parts, ", "))
	if len(ports) > 0 {
		text += " on port " + list(ports)
	}
	if names := slices.Sorted(maps.Keys(s.names)); len(names) > 0 {
		text += " (" + strings.Join(names, ", ") + ")"
	}
	return text
}

// otherPort tells of a Pico that sends to a port that is not listened to, and
// how to hear both.
func otherPort(c *Check, v Verdict, ports []portFact, streams []seen) *Check {
	numbers := []uint16{}
	for _, p := range ports {
		numbers = append(numbers, p.number)
	}
	for _, s := range streams {
		if !slices.Contains(numbers, s.port) {
			numbers = append(numbers, s.port)
		}
	}
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = fmt.Sprint(n)
	}
	return c.be(v, fmt.Sprintf("%s sends to port %d, which is not listened to", streams[0].from, streams[0].port)).
		try("picotop --port " + strings.Join(words, ","))
}

// silent says what can be the matter when nothing came at all, likeliest
// first.
func silent(c *Check, h heard, e elsewhere) *Check {
	for _, text := range []string{
		"the Pico has stopped: its LED should light once a poll; if not, replug it",
		"another network: what Picos send goes one hop, so no guest Wi-Fi and no VLAN",
		"another port or group in the Pico's config.py",
		"a switch or access point that filters multicast (IGMP snooping)",
		"running in Docker: it needs --network host",
	} {
		c.note(text)
	}
	c.be(Problem, fmt.Sprintf("nothing came from any Pico in %s", seconds(h.lasted)))
	if e.wireErr == nil {
		return c.try("picotop doctor --for 2m")
	}
	if e.ignored > 0 {
		c.note(fmt.Sprintf("%s came that no program here listens for; some may be a Pico's, to another port, which root can see", count(int(e.ignored), "multicast or broadcast packet")))
	}
	return c.try("sudo picotop doctor")
}
