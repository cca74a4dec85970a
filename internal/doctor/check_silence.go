package doctor

import (
	"bufio"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"picotop/feed"
)

// silent says what can be the matter when nothing came at all, likeliest
// first.
func silent(c *Check, h heard, e elsewhere) *Check {
	text := fmt.Sprintf("nothing came from any Pico in %s", seconds(h.lasted))
	if e.explained != nil {
		c.note("the likeliest reason is above")
		return c.be(Problem, text).try(e.explained.Remedy)
	}
	network := toNetwork(e.links)
	cutOff := e.arrived != nil && h.lasted >= longEnough && len(network) > 0 &&
		!slices.ContainsFunc(network, func(l link) bool { return e.arrived[l.Name] > 0 })
	switch {
	case len(e.giants) > 0 || e.tooLong > 0:
		text += ", but packets came that are far too long for a Pico's"
	case cutOff:
		text += fmt.Sprintf(", nor anything else through %s: this machine is cut off from the others", list(namesOf(network)))
		c.note("a guest Wi-Fi or an access point that keeps its clients apart (client or AP isolation), a switch port that is isolated, or another VLAN")
	case e.wireErr != nil && e.ignored >= manyStrays:
		text += fmt.Sprintf(", but %s came that no program here listens for: perhaps a Pico's, to another port", count(int(e.ignored), "multicast or broadcast packet"))
	case e.wireErr != nil && e.strays >= manyStrays:
		text += fmt.Sprintf(", but %s reached this machine that no program got: perhaps a firewall here throws them away", count(int(e.strays), "multicast packet"))
	}
	if e.forgotten {
		text += "; perhaps a switch or access point has forgotten that this machine listens"
	}
	remedy := e.again.longer("2m")
	if e.wireErr != nil {
		remedy = e.again.root("")
	}
	for _, l := range e.links {
		if !l.loopback() && l.why == feed.IsDown {
			text += fmt.Sprintf("; %s is switched off (down), and the Picos may be there", l.Name)
			remedy = fmt.Sprintf("sudo ip link set %s up", l.Name)
		} else if !l.loopback() && (!l.joined && leftOutByFault(l) || l.joined && !l.running()) {
			c.note(fmt.Sprintf("%s is not heard; the Picos may be there", l.Name))
		}
	}
	for _, text := range []string{
		"the Pico has stopped: its LED should light once a poll; if not, replug it",
		"another network: what Picos send goes one hop, so no guest Wi-Fi, no VLAN, and no router in between",
		"another port or group in the Pico's config.py",
		"a switch or access point that filters multicast (IGMP snooping), or keeps its clients apart (AP isolation)",
		"running in Docker: it needs --network host",
	} {
		c.note(text)
	}
	return c.be(Problem, text).try(remedy)
}

// longEnough is how long it takes until any network carries something.
const longEnough = 20 * time.Second

// manyStrays is how many packets it takes to be no accident.
const manyStrays = 5

func namesOf(links []link) []string {
	var names []string
	for _, l := range links {
		names = append(names, l.Name)
	}
	return names
}

// arrivals reads in /proc/net/dev how many packets of any kind have come
// through each interface: a line for each, of which the second number after
// the name counts them.
func arrivals(table string) map[string]uint64 {
	all := map[string]uint64{}
	for lines := bufio.NewScanner(strings.NewReader(table)); lines.Scan(); {
		name, numbers, ok := strings.Cut(lines.Text(), ":")
		f := strings.Fields(numbers)
		if !ok || len(f) < 2 {
			continue // a heading
		}
		if n, err := strconv.ParseUint(f[1], 10, 64); err == nil {
			all[strings.TrimSpace(name)] = n
		}
	}
	return all
}

// arrivedSince tells how many packets came through each interface; nil if
// that is not told.
func arrivedSince(before, after string) map[string]uint64 {
	was, is := arrivals(before), arrivals(after)
	if len(is) == 0 {
		return nil
	}
	for name := range is {
		is[name] -= min(was[name], is[name])
	}
	return is
}

// strays estimates how many multicast packets came from elsewhere, to groups
// that somebody here has joined, and did not get to any program: they were
// thrown away in between. What this machine multicasts itself comes back to
// it, so that is taken off.
func strays(before, after snapshot) uint64 {
	n, ok := grown(before.netstat.text, after.netstat.text, "IpExt", "InMcastPkts")
	if !ok {
		return 0
	}
	less := func(b, a file, group, name string) {
		m, _ := grown(b.text, a.text, group, name)
		n -= min(m, n)
	}
	less(before.netstat, after.netstat, "IpExt", "OutMcastPkts")
	less(before.snmp, after.snmp, "Ip", "ReasmReqds")
	for _, name := range []string{"InDatagrams", "IgnoredMulti", "InErrors"} {
		less(before.snmp, after.snmp, "Udp", name)
	}
	return n
}
