package doctor

import (
	"fmt"
	"slices"
	"time"

	"picotop/feed"
)

// silent says what can be the matter when nothing came at all, likeliest
// first.
func silent(c *Check, t traffic, e elsewhere) *Check {
	text := fmt.Sprintf("nothing came from any Pico in %s", seconds(t.duration))
	if e.explained != nil {
		c.note("the likeliest reason is above")
		return c.be(Problem, text).try(e.explained.Remedy)
	}
	network := toNetwork(e.links)
	cutOff := e.arrived != nil && t.duration >= longEnough && len(network) > 0 &&
		!slices.ContainsFunc(network, func(l link) bool { return e.arrived[l.Name] > 0 })
	switch {
	case len(e.giants) > 0 || e.tooLong > 0:
		text += ", but packets came that are far too long for a Pico's"
	case cutOff:
		text += fmt.Sprintf(", nor anything else through %s: this machine is cut off from the others", list(namesOf(network)))
		c.note("a guest Wi-Fi or an access point that keeps its clients apart (client or AP isolation), a switch port that is isolated, or another VLAN")
	case e.snifferErr != nil && e.ignored >= manyStrays:
		text += fmt.Sprintf(", but %s came that no program here listens for: perhaps a Pico's, to another port", count(int(e.ignored), "multicast or broadcast packet"))
	case e.snifferErr != nil && e.strays >= manyStrays:
		text += fmt.Sprintf(", but %s reached this machine that no program got: perhaps a firewall here throws them away", count(int(e.strays), "multicast packet"))
	}
	if e.forgotten {
		text += "; perhaps a switch or access point has forgotten that this machine listens"
	}
	remedy := e.again.longer("2m")
	if e.snifferErr != nil {
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
