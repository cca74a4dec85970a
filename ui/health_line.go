package ui

import (
	"fmt"
	"slices"
	"time"

	"picotop/feed"
)

// refusedFor is how long after the last one refused packets stay on the
// health line.
const refusedFor = time.Hour

// silentFeed is how long nothing at all must have been heard before what may
// be the cause is worth a line.
const silentFeed = time.Minute

// reasons puts why a packet was refused into words.
var reasons = map[feed.Reason]string{
	feed.NotOurGroup: "not sent to our group",
	feed.Oversize:    "too long",
	feed.Empty:       "empty",
	feed.NotUTF8:     "not text",
	feed.NotJSON:     "not JSON",
	feed.NotAnObject: "not a JSON object",
	feed.BadType:     "its type is not text",
	feed.NoSensor:    "names no sensor",
	feed.BadCelsius:  "has no temperature",
	feed.OutOfRange:  "impossible temperature",
	feed.BadOffset:   "impossible offset",
	feed.BadText:     "a name that is not text",
	feed.SourceFlood: "it sends too many",
	feed.Flood:       "too many packets from all",
	feed.Behind:      "this machine could not keep up",
}

func reason(r feed.Reason) string {
	if text := reasons[r]; text != "" {
		return text
	}
	return string(r)
}

// lost says that what told of the house does so no more.
func lost(s *viewState) string {
	o := s.health.Origin
	switch {
	case o.From == "" || o.Lost.IsZero():
		return ""
	case o.Own:
		return fmt.Sprintf("%s gone since %s, listening myself", o.From, s.timestamp(o.Lost))
	}
	return fmt.Sprintf("nothing from %s since %s", o.From, s.timestamp(o.Lost))
}

// faults is what is wrong with the program itself, worst first.
func faults(s *viewState, width int) []string {
	var all []string
	if text := lost(s); text != "" {
		all = append(all, text)
	}
	for _, p := range s.health.Feed.Ports {
		if p.State == feed.Blocked {
			all = append(all, wayOut(p, width))
		}
	}
	if deaf(s.health.Feed) {
		all = append(all, "listening on no network")
	}
	if h := s.health.Feed; h.Ineffective > 0 && s.now.Sub(h.LastHeard) > silentFeed {
		all = append(all, fmt.Sprintf("another program here holds group %s: stop it, or add an IGMP querier", h.Group))
	}
	if why := s.health.Metrics.Err; why != "" {
		all = append(all, "no metrics: "+why)
	}
	if why := s.health.History.Err; why != "" {
		all = append(all, "no history: "+why)
	}
	if note := s.health.History.Note; note != "" {
		all = append(all, "history: "+note)
	}
	if n := s.house.RefusedSensors + s.house.RefusedPicos; n > 0 {
		all = append(all, fmt.Sprintf("%d readings beyond what this program can hold", n))
	}
	return all
}

// wayOut says who holds a port, and the way out as far as there is room.
func wayOut(p feed.PortHealth, width int) string {
	if p.Stop != "" {
		// Half a command is of no use.
		for _, text := range []string{holding(p) + ": " + p.Stop, fmt.Sprintf("port %d is held: %s", p.Port, p.Stop)} {
			if textWidth(text)+2*textWidth(leftMargin(width)) <= width {
				return text
			}
		}
	}
	return holding(p) + ", trying again"
}

// holding says in words who holds a port, as far as is known.
func holding(p feed.PortHealth) string {
	if p.Holder != "" {
		return fmt.Sprintf("port %d is held by %s", p.Port, p.Holder)
	}
	return fmt.Sprintf("port %d: %s", p.Port, p.Why)
}

// deaf reports whether no network can be heard. Before the interfaces have been
// looked at that is not known.
func deaf(h feed.Health) bool {
	return len(h.Interfaces) > 0 && !slices.ContainsFunc(h.Interfaces, func(i feed.InterfaceHealth) bool { return i.Joined })
}

// refused tells of packets that could not be used lately.
func refused(s *viewState) string {
	h := s.health.Feed
	last := h.LastRefused
	n := h.RefusedTotal()
	if n == 0 || s.now.Sub(last.At) > refusedFor {
		return ""
	}
	packets := "packets"
	if n == 1 {
		packets = "packet"
	}
	return fmt.Sprintf("%d %s refused, last from %s: %s", n, packets, last.From.Addr().Unmap(), reason(last.Reason))
}

// origin says who tells of the house, if not this process.
func origin(s *viewState) string {
	if o := s.health.Origin; o.From != "" && o.Lost.IsZero() {
		return "from " + o.From
	}
	return ""
}

// dropped tells of packets that the system threw away before they were read.
func dropped(s *viewState) string {
	n := s.health.Feed.Drops()
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d dropped by the system", n)
}

// metrics says whether anyone reads the metrics.
func metrics(s *viewState) string {
	m := s.health.Metrics
	switch {
	case m.Err != "" || m.Addr == "":
		return "" // told by faults, or not asked for
	case m.Scraped.IsZero():
		return m.Addr + " metrics ok, not scraped yet"
	default:
		return m.Addr + " metrics ok, scraped " + age(s.now.Truncate(ageStep).Sub(m.Scraped)) + " ago"
	}
}

// pastAndLimits is past with what it may grow to.
func pastAndLimits(s *viewState) string {
	h := s.health.History
	if h.Err != "" || h.Off || h.MaxSpan <= 0 || h.MaxBytes <= 0 {
		return past(s)
	}
	kept := "history empty"
	if h.Span > 0 {
		kept = "history " + span(h.Span)
	}
	return kept + " of " + span(h.MaxSpan) + ", " + size(h.Bytes) + " of " + size(h.MaxBytes)
}

// past says how much history there is.
func past(s *viewState) string {
	h := s.health.History
	switch {
	case h.Err != "":
		return "" // told by faults
	case h.Off:
		return "history off"
	case h.Span <= 0:
		return "history empty, " + size(h.Bytes)
	default:
		return "history " + span(h.Span) + ", " + size(h.Bytes)
	}
}

// healthLine says how the program itself fares: first what is wrong, then
// what is well, as far as there is room.
func healthLine(s *viewState, width int) string {
	l := newLine(width)
	sep := leftMargin(width)
	for _, text := range faults(s, width) {
		l.add("", sep).add(s.theme.near, text)
		sep = "   "
	}
	for _, text := range []string{origin(s), refused(s), dropped(s), metrics(s)} {
		if text != "" && l.used+len(sep)+textWidth(text) <= width {
			l.add("", sep).add(s.theme.faint, text)
			sep = "   "
		}
	}
	for _, text := range []string{pastAndLimits(s), past(s)} {
		if l.used+3+textWidth(text)+1 <= width {
			l.padTo(width-textWidth(text)-1).add(s.theme.faint, text)
			break
		}
	}
	return l.String()
}
