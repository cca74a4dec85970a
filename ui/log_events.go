package ui

import (
	"slices"
	"time"

	"github.com/charmbracelet/x/ansi"

	"picotop/house"
	"picotop/internal/format"
)

// A logEntry is a line of what happened.
type logEntry struct {
	at    time.Time
	text  string
	names []string // in it, in their order, which are cut where it does not fit
	find  []string // what it is found by, besides its text

	// On a narrow screen head and tail take the place of text; the head is cut.
	head, tail string
}

// fitting is the text in so many cells of a screen.
func (e logEntry) fitting(cells, screen int) string {
	text, tail := e.text, ""
	if screen < minFullWidth {
		text, tail = e.head, e.tail
	}
	cells -= textWidth(tail)
	return ansi.Truncate(cutNames(text, cells, e.names...), max(cells, 1), "…") + tail
}

// entries are all that is known of what happened, newest first: the events of the house,
// and what the history has beyond them.
func (l *logPage) entries(s *viewState) []logEntry {
	var all []logEntry
	for _, e := range l.events {
		if e.Kind == house.NearOver && e.Text == string(house.Freezing) {
			continue // it fell below the limit, of which the next line tells
		}
		entry := logEntry{
			at: e.At, text: eventText(e, s.locale, false), names: eventNames(e), find: []string{e.Label, string(e.Kind)},
			head: eventText(e, s.locale, true),
		}
		if e.For > 0 {
			entry.tail = ", " + format.Age(e.For)
		}
		all = append(all, entry)
	}
	for _, c := range house.Untold(l.past.list, l.events) {
		all = append(all, logEntry{
			at: c.From, text: pastText(c, s), names: []string{c.Label}, find: []string{c.Label, string(c.Kind), c.Sensor},
			head: c.Label, tail: pastShort(c, s),
		})
	}
	slices.SortStableFunc(all, func(a, b logEntry) int { return b.at.Compare(a.at) })
	return all
}

// eventLines tell what happened and is found, with how long what ended had lasted, and
// how far back that goes.
func (l *logPage) eventLines(s *viewState, width int) []string {
	all := l.entries(s)
	times := 0
	for _, e := range all {
		times = max(times, textWidth(s.timestamp(e.at)))
	}
	var lines []string
	for _, e := range all {
		if !l.find.in(append(e.find, e.text)...) {
			continue
		}
		line := newLine(width).add("", leftMargin(width)).addLeft(s.theme.faint, s.timestamp(e.at), times).add("", " ")
		text := e.fitting(width-line.used, width)
		lines = append(lines, line.addFound(s.theme.cursor, text, l.find.text()).String())
	}
	l.found, l.all = len(lines), len(all)
	notes := l.reach(s, all, width-2*len(leftMargin(width)))
	switch {
	case l.all == 0:
		notes = append([]string{"nothing happened yet"}, notes...)
	case l.found == 0:
		notes = append([]string{"no event has this text"}, notes...)
	}
	for _, note := range notes {
		lines = append(lines, newLine(width).add(s.theme.faint, leftMargin(width)+note).String())
	}
	return lines
}

// reach says how far back the list goes, and why not farther, in a line or two.
func (l *logPage) reach(s *viewState, all []logEntry, width int) []string {
	date := func(t time.Time) string { return t.In(s.locale.zone).Format("2 January 2006") }
	oldest := s.now
	if len(all) > 0 {
		oldest = all[len(all)-1].at
	}
	from, why := "since "+date(oldest), ""
	whole := l.past.whole && !l.past.full()
	switch h := s.health.History; {
	case s.health.Replay != nil:
		why = "of a recording no more is kept"
	case h.Off && !s.health.Origin.Engine:
		why = "no history is kept, so no more is known"
	case s.pastSpan() <= 0:
		why = "the history is still empty"
	case l.past.trouble != "" && l.past.from.IsZero():
		why = "the history: " + l.past.trouble
	case l.past.trouble != "":
		from, why = "since "+date(l.past.from), l.past.trouble
	case whole && s.health.Origin.Engine && len(l.past.list) == 0:
		why = "no warnings of before are kept there"
	case whole && s.health.Origin.Engine:
		why = "no older warnings are kept there"
	case whole:
		from, why = "since "+date(s.now.Add(-h.Span)), "the history begins there"
	case l.past.full():
		why = "the last " + format.Count(house.MaxPast, "warning") + " of the history are shown"
	case l.past.loading:
		why = "reading farther back ..."
	case l.past.from.IsZero():
		why = "the history goes farther back"
	default:
		from, why = "since "+date(l.past.from), "the history goes farther back"
	}
	if textWidth(from+"; "+why) <= width {
		return []string{from + "; " + why}
	}
	return []string{from + ";", why}
}
