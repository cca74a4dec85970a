package doctor

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"picotop/feed"
	"picotop/internal/format"
)

// A sender is what the listener received from one address.
type sender struct {
	addr                          netip.Addr
	temperatures, statuses, other int
	ports                         map[uint16]int
	names                         map[string]bool // of its sensors
	refused                       map[feed.Reason]int
	datagrams                     int // of any kind, refused ones included
	samples                       map[feed.Reason]sample
	types                         map[string]bool // of packets of another kind
}

// clone returns a copy that does not change while more comes.
func (s *sender) clone() sender {
	c := *s
	c.ports, c.names, c.refused, c.types = maps.Clone(s.ports), maps.Clone(s.names), maps.Clone(s.refused), maps.Clone(s.types)
	c.samples = maps.Clone(s.samples)
	return c
}

func (s *sender) packets() int { return s.temperatures + s.statuses + s.other }

func (s *sender) unreadable() int {
	n := 0
	for _, count := range s.refused {
		n += count
	}
	return n
}

// traffic is what came while the doctor listened. It is a copy: nothing is added
// to it later.
type traffic struct {
	duration        time.Duration // 0 if nothing could be listened to
	senders         []sender      // by address
	packets         int
	slowestInterval time.Duration // between two packets of the slowest sensor; 0 if not known
	rejoins         []rejoin
	otherAddrs      []stream // Picos' packets that were not sent to the group
}

// addRateLimited adds the packets that the kernel kept out because their sender
// had sent too much. The kernel does not say whose they were: they are taken to
// be the worst one's.
func (t traffic) addRateLimited(health feed.Health) {
	var worst *sender
	known := 0
	for i := range t.senders {
		s := &t.senders[i]
		known += s.refused[feed.SourceRateLimited]
		if worst == nil || s.refused[feed.SourceRateLimited] > worst.refused[feed.SourceRateLimited] {
			worst = s
		}
	}
	for _, r := range health.Refused {
		if r.Reason == feed.SourceRateLimited && known > 0 && int(r.Count) > known {
			worst.refused[feed.SourceRateLimited] += int(r.Count) - known
		}
	}
}

// temperatures counts the readings of all senders.
func (t traffic) temperatures() int {
	n := 0
	for _, s := range t.senders {
		n += s.temperatures
	}
	return n
}

// packetsToPort returns how many packets that could be read came to a port.
func (t traffic) packetsToPort(port uint16) int {
	n := 0
	for _, s := range t.senders {
		n += s.ports[port]
	}
	return n
}

// packetsFrom returns how many packets of any kind an address sent.
func (t traffic) packetsFrom(addr netip.Addr) int {
	for _, s := range t.senders {
		if s.addr == addr {
			return s.packets() + s.unreadable()
		}
	}
	return 0
}

// countPicos counts the addresses that sent what a Pico sends.
func countPicos(t traffic) int {
	n := 0
	for _, s := range t.senders {
		if s.temperatures+s.statuses > 0 {
			n++
		}
	}
	return n
}

// summary describes a sender in one line.
func (s *sender) summary() string {
	ports := slices.Sorted(maps.Keys(s.ports))
	var parts []string
	add := func(n int, noun string) {
		if n > 0 {
			parts = append(parts, format.Count(n, noun))
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
		text += " on port " + format.List(ports)
	}
	if names := slices.Sorted(maps.Keys(s.names)); len(names) > 0 {
		text += " (" + strings.Join(names, ", ") + ")"
	}
	return text
}
