package ui

import (
	"fmt"
	"math"
	"slices"
	"time"

	"picotop/feed"
	"picotop/internal/format"
)

// refusedShownFor is how long after the last one refused packets stay on the
// health line.
const refusedShownFor = time.Hour

// noPacketsAfter is how long no packet at all must have come before a possible
// cause is worth a line.
const noPacketsAfter = time.Minute

// originLostText says since when nothing comes from the origin; empty if it is
// there.
func originLostText(s *viewState) string {
	o := s.health.Origin
	switch {
	case o.From == "" || o.Lost.IsZero():
		return ""
	case o.Own:
		return fmt.Sprintf("%s gone since %s, listening myself", o.From, s.timestamp(o.Lost))
	}
	return fmt.Sprintf("nothing from %s since %s", o.From, s.timestamp(o.Lost))
}

// strangerText names another user's picotop on this machine, which may show what it
// likes, and how to see it all the same.
func strangerText(s *viewState, width int) string {
	x := s.health.Origin.Stranger
	if x.At == "" {
		return ""
	}
	long := fmt.Sprintf("not shown: the picotop of %s; to see it: picotop --from %s", x.User, x.At)
	if textWidth(long)+2*textWidth(leftMargin(width)) <= width {
		return long
	}
	return "not shown: the picotop of " + x.User
}

// problems is what is wrong with the program itself, worst first.
func problems(s *viewState, width int) []string {
	var all []string
	if text := originLostText(s); text != "" {
		all = append(all, text)
	}
	if text := strangerText(s, width); text != "" {
		all = append(all, text)
	}
	for _, p := range s.health.Feed.Ports {
		if p.State == feed.Blocked {
			all = append(all, portAdvice(p, width))
		}
	}
	if noInterfaceJoined(s.health.Feed) {
		all = append(all, "listening on no network")
	}
	if h := s.health.Feed; h.Ineffective > 0 && s.now.Sub(h.LastHeard) > noPacketsAfter {
		all = append(all, fmt.Sprintf("another program here holds group %s: stop it, or add an IGMP querier", h.Group))
	}
	if why := s.health.Metrics.Err; why != "" {
		all = append(all, "no metrics: "+why)
	}
	if why := s.health.History.Err; why != "" {
		all = append(all, "no history: "+why)
	}
	if why := s.health.Config.Err; why != "" {
		all = append(all, "config: "+why)
	}
	all = append(all, s.health.Behind()...)
	if text := brokerText(s); text != "" {
		all = append(all, text)
	}
	if note := s.health.History.Note; note != "" {
		all = append(all, "history: "+note)
	}
	if why := s.health.History.Full; why != "" {
		all = append(all, "new sensors are not stored: "+why)
	}
	if n := s.house.RefusedSensors + s.house.RefusedPicos; n > 0 && s.now.Sub(s.house.RefusedAt) <= refusedShownFor {
		all = append(all, fmt.Sprintf("no room for new sensors: %s refused", format.Count(int(min(n, math.MaxInt)), "packet")))
	}
	return all
}

// brokerDownFor is how long the broker of Home Assistant may be gone before that is
// worth a line: it is restarted now and then.
const brokerDownFor = 3 * time.Minute

// brokerText says since when Home Assistant is not told; empty if it is.
func brokerText(s *viewState) string {
	m := s.health.MQTT
	switch {
	case m.Broker == "" || m.Err == "":
		return ""
	case m.Connected: // and yet it does not take all
		return "Home Assistant: " + m.Err
	case s.now.Sub(m.DownSince) < brokerDownFor:
		return ""
	}
	return fmt.Sprintf("Home Assistant not told since %s: %s", s.timestamp(m.DownSince), m.Err)
}

// portAdvice says who holds a blocked port and, if there is room, the command
// that frees it.
func portAdvice(p feed.PortHealth, width int) string {
	if p.Stop != "" {
		// Half a command is of no use.
		for _, text := range []string{portHolderText(p) + ": " + p.Stop, fmt.Sprintf("port %d is held: %s", p.Port, p.Stop)} {
			if textWidth(text)+2*textWidth(leftMargin(width)) <= width {
				return text
			}
		}
	}
	return portHolderText(p) + ", trying again"
}

// portHolderText says who holds a blocked port, as far as is known.
func portHolderText(p feed.PortHealth) string {
	if p.Holder != "" {
		return fmt.Sprintf("port %d is held by %s", p.Port, p.Holder)
	}
	return fmt.Sprintf("port %d: %s", p.Port, p.Why)
}

// noInterfaceJoined reports whether the group is joined on no interface. It is
// false while the interfaces are not known yet.
func noInterfaceJoined(h feed.Health) bool {
	return len(h.Interfaces) > 0 && !slices.ContainsFunc(h.Interfaces, func(i feed.InterfaceHealth) bool { return i.Joined })
}

// refusedText says how many packets were refused, if one was lately.
func refusedText(s *viewState) string {
	h := s.health.Feed
	last := h.LastRefused
	n := h.RefusedTotal()
	if n == 0 || s.now.Sub(last.At) > refusedShownFor {
		return ""
	}
	packets := "packets"
	if n == 1 {
		packets = "packet"
	}
	return fmt.Sprintf("%d %s refused, last from %s: %s", n, packets, last.From.Addr().Unmap(), last.Text())
}

// originText says where the state comes from; empty if from this process.
func originText(s *viewState) string {
	if o := s.health.Origin; o.From != "" && o.Lost.IsZero() {
		if o.Engine {
			return "readings from " + o.From + "; packets and statuses are not known there"
		}
		return "from " + o.From
	}
	return ""
}

// droppedText says how many packets the system dropped before they were read.
func droppedText(s *viewState) string {
	n := s.health.Feed.Drops()
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d dropped by the system", n)
}

// metricsText says whether anyone reads the metrics.
func metricsText(s *viewState) string {
	m := s.health.Metrics
	switch {
	case m.Err != "" || m.Addr == "":
		return "" // among the problems, or not asked for
	case m.Scraped.IsZero():
		return m.Addr + " metrics ok, not scraped yet"
	default:
		return m.Addr + " metrics ok, scraped " + format.Age(s.now.Truncate(ageStep).Sub(m.Scraped)) + " ago"
	}
}

// historyLimitsText is historyText with what the history may grow to.
func historyLimitsText(s *viewState) string {
	h := s.health.History
	if h.Err != "" || h.Off || h.MaxSpan <= 0 || h.MaxBytes <= 0 {
		return historyText(s)
	}
	kept := "history empty"
	if h.Span > 0 {
		kept = "history " + format.Span(h.Span)
	}
	return kept + " of " + format.Span(h.MaxSpan) + ", " + size(h.Bytes) + " of " + size(h.MaxBytes)
}

// historyText says how much history there is.
func historyText(s *viewState) string {
	h := s.health.History
	switch {
	case h.Err != "":
		return "" // among the problems
	case s.health.Origin.Engine:
		return ""
	case h.Off:
		return "history off"
	case h.Span <= 0:
		return "history empty, " + size(h.Bytes)
	default:
		return "history " + format.Span(h.Span) + ", " + size(h.Bytes)
	}
}

// healthLine says how the program itself fares: first what is wrong, then
// what is well, as far as there is room.
func healthLine(s *viewState, width int) string {
	l := newLine(width)
	sep := leftMargin(width)
	for _, text := range problems(s, width) {
		l.add("", sep).add(s.theme.near, text)
		sep = "   "
	}
	for _, text := range []string{originText(s), refusedText(s), droppedText(s), metricsText(s)} {
		if text != "" && l.used+len(sep)+textWidth(text) <= width {
			l.add("", sep).add(s.theme.faint, text)
			sep = "   "
		}
	}
	for _, text := range []string{historyLimitsText(s), historyText(s)} {
		if l.used+3+textWidth(text)+1 <= width {
			l.padTo(width-textWidth(text)-1).add(s.theme.faint, text)
			break
		}
	}
	return l.String()
}
