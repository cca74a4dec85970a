package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"picotop/feed"
	"picotop/internal/format"
)

// firstRunTopLine is the top line while no sensor was heard.
func firstRunTopLine(s *viewState, width int) string {
	since := max(s.now.Sub(s.health.Feed.Since), 0)
	listening := fmt.Sprintf("listening %d:%02d", since/time.Minute, since%time.Minute/time.Second)
	clock := s.now.In(s.locale.zone)
	if since >= time.Hour {
		listening = "listening " + format.Age(since)
	}
	return firstFitting(s, width, "", []topLineText{
		{"no sensors yet", listening + "    " + clock.Format("Mon 15:04")},
		{"no sensors yet", listening},
		{"no sensors yet", ""},
	})
}

// resultWidth is the width of the column with "ok" and "!!" on the first-run
// page.
const resultWidth = 5

// firstRunPage is the page while no sensor was heard: what was opened and joined,
// what was received, what is missing and what to do about it. doctor says whether a key
// has it looked into.
func firstRunPage(s *viewState, width int, doctor bool) []string {
	p := &page{width: width, theme: s.theme}
	if s.health.Origin.Engine {
		p.blankLine()
		p.paragraph("No readings of a Pico are there.")
		return p.lines
	}
	h := s.health.Feed
	p.blankLine()
	p.paragraph("Waiting for the first reading. A pico sends one reading per sensor, each poll, about every 10 to 20 seconds.")
	p.blankLine()
	addListening(p, h)
	addReceived(p, s)
	p.blankLine()
	addAdvice(p, s, doctor)
	return p.lines
}

func addOK(p *page, text string)      { p.entry("", "ok", resultWidth, text) }
func addProblem(p *page, text string) { p.entry(p.theme.near, "!!", resultWidth, text) }

// addListening says which ports were opened and which interfaces joined.
func addListening(p *page, h feed.Health) {
	var open, opening []string
	for _, port := range h.Ports {
		number := fmt.Sprint(port.Port)
		switch port.State {
		case feed.Listening:
			open = append(open, number)
		case feed.Blocked:
			addProblem(p, portHolderText(port)+", trying again")
		default:
			opening = append(opening, number)
		}
	}
	if len(open) > 0 {
		addOK(p, fmt.Sprintf("listening for group %s on %s", h.Group, portList(open)))
	}
	if len(opening) > 0 {
		p.entry("", "..", resultWidth, "opening "+portList(opening))
	}
	widest := 0
	for _, i := range h.Interfaces {
		if i.Joined {
			widest = max(widest, textWidth(i.Name))
		}
	}
	for _, i := range h.Interfaces {
		switch {
		case i.Joined && i.Addr.IsValid():
			addOK(p, fmt.Sprintf("joined on %s%s  %s", i.Name, spaces(widest-textWidth(i.Name)), i.Addr))
		case i.Joined:
			addOK(p, "joined on "+i.Name)
		default:
			p.entry(p.theme.faint, "--", resultWidth, fmt.Sprintf("%s left out (%s)", i.Name, i.Why))
		}
	}
	if noInterfaceJoined(h) {
		addProblem(p, "joined on no network, so nothing can be heard")
	}
	switch lost, back := ownPacketResult(h); {
	case lost != "":
		addProblem(p, fmt.Sprintf("my own test packet did not come back on %s: a firewall here keeps it out", lost))
	case back:
		addOK(p, "my own test packet came back, so this machine's firewall lets them in")
	}
}

// ownPacketResult names the interface on which a test packet was lost, if nothing
// else was heard, and reports whether one came back on any. A firewall that lets
// in the picos' ports alone loses the test packet too.
func ownPacketResult(h feed.Health) (lost string, back bool) {
	for _, i := range h.Interfaces {
		back = back || i.TestPacket == feed.CameBack
		if i.TestPacket == feed.Lost && h.Datagrams() == 0 {
			lost = i.Name
		}
	}
	return lost, back
}

func portList(ports []string) string {
	if len(ports) == 1 {
		return "port " + ports[0]
	}
	last := len(ports) - 1
	return "ports " + strings.Join(ports[:last], ", ") + " and " + ports[last]
}

// addReceived says which packets have arrived; none of them was a temperature.
func addReceived(p *page, s *viewState) {
	h := s.health.Feed
	n := h.Datagrams()
	since := format.Span(s.now.Sub(h.Since))
	if d := s.now.Sub(h.Since); d < 2*time.Minute {
		since = fmt.Sprintf("%d s", max(int(d/time.Second), 0))
	}
	switch {
	case n == 0 && tooEarly(s):
		p.entry("", "..", resultWidth, "no packet yet, in "+since)
		return
	case n == 0:
		addProblem(p, "0 packets from anyone in "+since)
		return
	}
	for _, pico := range s.house.Picos {
		addOK(p, fmt.Sprintf("%s is there, but sent no temperature yet, only: %s", pico.Label(), pico.StatusText))
	}
	packets := "packets"
	if n == 1 {
		packets = "packet"
	}
	addProblem(p, fmt.Sprintf("%d %s in %s, none of them a temperature", n, packets, since))
	if text := refusedText(s); text != "" {
		addProblem(p, text)
	}
}

// addAdvice says what to do, the likeliest cause first.
func addAdvice(p *page, s *viewState, doctor bool) {
	h := s.health.Feed
	var intro string
	var steps []string
	switch {
	case allPortsBlocked(h):
		intro = "So another program has the port that the picos send to. It shares it only if it asks to:"
		stop := h.Ports[0].Stop
		if stop == "" {
			stop = "see which one with  sudo ss -ulpn 'sport = :" + fmt.Sprint(h.Ports[0].Port) + "'"
		}
		steps = []string{
			"stop it, and this screen goes on by itself:  " + stop,
			"if it is the older exporter:  picotop --exporter  serves what it served",
			"or have it share the port: before it binds, it has to set SO_REUSEADDR",
		}
	case noInterfaceJoined(h):
		intro = "So this machine is on no network that can carry the picos' packets. To check:"
		steps = []string{
			"is the cable in, or the Wi-Fi connected:  ip address",
			"name the interface to use:  picotop --interface eth0",
		}
	case len(s.house.Picos) > 0:
		intro = "So the picos reach this machine, but read no sensor. In order of likelihood:"
		steps = []string{
			"no DS18B20 is found: check its wiring and the pull-up resistor",
			"the pin in the pico's config.py is another one",
		}
	case h.RefusedTotal() > 0:
		intro = "So something sends to this group, but not what a pico sends. In order of likelihood:"
		steps = []string{
			"another program uses the same group and port",
			"the pico's program was changed: a packet looks like {\"type\":\"temperature\", \"name\":\"Loft\", \"sensor\":\"28ff...\", \"temperature\":3.8}",
		}
	case tooEarly(s):
		return
	default:
		intro = "So the picos' packets are not reaching this machine. In order of likelihood:"
		steps = []string{
			"the pico has stopped: its LED should light once a poll. If not, replug it",
			"another network: the packets go one hop, so no guest Wi-Fi and no VLAN",
			"another port or group in the pico's config.py:  picotop --port 12345",
			"a switch or access point that filters multicast (IGMP snooping)",
			"running in Docker: needs  --network host",
		}
		const firewall = "a firewall on this machine that keeps UDP out"
		if lost, back := ownPacketResult(h); lost != "" {
			steps = slices.Insert(steps, 0, firewall)
		} else if !back {
			steps = slices.Insert(steps, 4, firewall)
		}
	}
	p.paragraph(intro)
	for i, step := range steps {
		p.entry("", fmt.Sprintf("  %d", i+1), 4, step)
	}
	p.blankLine()
	look := "To have it looked into:  picotop doctor"
	if doctor {
		look = "d has it looked into."
	}
	p.paragraph(look + "    Meanwhile:  picotop --demo")
}

// tooEarly reports whether it is too early to miss a packet: a poll takes up to
// 20 seconds.
func tooEarly(s *viewState) bool { return s.now.Sub(s.health.Feed.Since) < 25*time.Second }

// allPortsBlocked reports whether other programs hold all the ports.
func allPortsBlocked(h feed.Health) bool {
	for _, p := range h.Ports {
		if p.State != feed.Blocked {
			return false
		}
	}
	return len(h.Ports) > 0
}
