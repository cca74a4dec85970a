package doctor

import (
	"fmt"
	"slices"
	"time"

	"picotop/feed"
	"picotop/internal/format"
)

// checkSilence judges that nothing came at all, and lists what can be the
// matter, likeliest first.
func checkSilence(c *Check, t traffic, f heardFacts) *Check {
	text := fmt.Sprintf("nothing came from any Pico in %s", format.Seconds(t.duration))
	if f.cause != nil {
		c.note("the likeliest reason is above")
		return c.set(Problem, text).try(f.cause.Remedy)
	}
	network := networkLinks(f.links)
	cutOff := f.received != nil && t.duration >= isolationTime && len(network) > 0 &&
		!slices.ContainsFunc(network, func(l link) bool { return f.received[l.Name] > 0 })
	switch {
	case len(f.oversized) > 0 || f.oversizedDropped > 0:
		text += ", but packets came that are far too long for a Pico's"
	case cutOff:
		text += fmt.Sprintf(", nor anything else through %s: this machine is cut off from the others", format.List(linkNames(network)))
		c.note("a guest Wi-Fi or an access point that keeps its clients apart (client or AP isolation), a switch port that is isolated, or another VLAN")
	case f.snifferErr != nil && f.ignored >= minUndelivered:
		text += fmt.Sprintf(", but %s came that no program here listens for: perhaps a Pico's, to another port", format.Count(int(f.ignored), "multicast or broadcast packet"))
	case f.snifferErr != nil && f.undelivered >= minUndelivered:
		text += fmt.Sprintf(", but %s reached this machine that no program got: perhaps a firewall here throws them away", format.Count(int(f.undelivered), "multicast packet"))
	}
	if f.snoopingSuspected {
		text += "; perhaps a switch or access point has forgotten that this machine listens"
	}
	remedy := f.cmdline.listenFor("2m")
	if f.snifferErr != nil {
		remedy = f.cmdline.sudo("")
	}
	for _, l := range f.links {
		if !l.loopback() && l.why == feed.IsDown {
			text += fmt.Sprintf("; %s is switched off (down), and the Picos may be there", l.Name)
			remedy = fmt.Sprintf("sudo ip link set %s up", l.Name)
		} else if !l.loopback() && (!l.joined && fixable(l) || l.joined && !l.running()) {
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
	return c.set(Problem, text).try(remedy)
}

// isolationTime is how long silence must last to mean that the machine is cut
// off: any network carries something within that.
const isolationTime = 20 * time.Second

// minUndelivered is how many packets that no program got are no accident.
const minUndelivered = 5
