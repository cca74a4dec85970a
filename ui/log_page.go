package ui

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/format"
)

// A logPage shows what happened, and what was heard last.
type logPage struct {
	keys    keyMap
	packets bool // rather than the events
	pager   pager
	find    finder // in what is shown

	found, all int // in the last view

	past pastLog // beyond the events

	// While it is paused it shows what it showed then. The rest goes on.
	paused      time.Time // since when; zero if it is not
	events      []house.Event
	lastPackets []feed.Packet
}

// take takes what there is now, unless the page is paused.
func (l *logPage) take(events []house.Event, packets []feed.Packet) {
	if l.paused.IsZero() {
		l.events, l.lastPackets = events, packets
	}
}

// press handles a key.
func (l *logPage) press(k tea.KeyPressMsg, now time.Time) {
	l.past.trouble = "" // the next try may do better
	switch {
	case key.Matches(k, l.keys.next.Binding):
		l.packets, l.pager.offset = !l.packets, 0
	case key.Matches(k, l.keys.pause.Binding) && l.paused.IsZero():
		l.paused = now
	case key.Matches(k, l.keys.pause.Binding):
		l.paused = time.Time{}
	default:
		l.pager.press(k)
	}
}

// view draws the page in exactly the given rectangle.
func (l *logPage) view(s *viewState, width, height int) []string {
	var lines []string
	if l.packets {
		lines = l.packetLines(s, width)
	} else {
		lines = l.eventLines(s, width)
	}
	title := newLine(width).add("", leftMargin(width))
	for _, t := range []struct {
		name  string
		shown bool
	}{{"events", !l.packets}, {"packets", l.packets}} {
		if t.shown {
			title.add(s.theme.title, "["+t.name+"] ")
		} else {
			title.add(s.theme.faint, " "+t.name+"  ")
		}
	}
	if text := l.find.text(); text != "" && !l.find.typing {
		title.add(s.theme.title, "/"+text).add(s.theme.faint, fmt.Sprintf("  %d of %d", l.found, l.all))
	}
	if !l.paused.IsZero() {
		title.addAtEdge(s.theme.near, "paused for "+format.Ago(s.now.Sub(l.paused))+leftMargin(width))
	}
	return append([]string{title.String()}, l.pager.view(lines, s, width, height-1)...)
}

// packetLines tell each packet that is found: when, from whom, what it said, and what
// became of it.
func (l *logPage) packetLines(s *viewState, width int) []string {
	var lines []string
	for _, p := range l.lastPackets {
		text, from := packetText(p, s), p.From.Addr().String()
		if !l.find.in(text, from) {
			continue
		}
		line := newLine(width).add("", leftMargin(width)).add(s.theme.faint, p.Heard.In(s.locale.zone).Format("15:04:05")).add("", " ")
		if width >= minFullWidth {
			line.addLeft("", from, 15).add("", " ")
		}
		text = cutNames(text, width-line.used, p.Name)
		lines = append(lines, line.addFound(s.theme.cursor, text, l.find.text()).String())
	}
	l.found, l.all = len(lines), len(l.lastPackets)
	note := ""
	switch {
	case l.all == 0:
		note = noPackets(s)
	case l.found == 0:
		note = "no packet has this text"
	default:
		return lines
	}
	return append(lines, newLine(width).add(s.theme.faint, leftMargin(width)+note).String())
}

// noPackets says why there are none.
func noPackets(s *viewState) string {
	if s.health.Origin.Engine {
		return "packets are not known there: " + s.health.Origin.From + " keeps readings"
	}
	return "no packet was heard yet"
}

// packetText says what a packet said.
func packetText(p feed.Packet, s *viewState) string {
	switch p.Kind {
	case feed.Temperature:
		text := p.Name + "  " + s.locale.degrees(p.Celsius)
		if p.Offset != 0 {
			text += fmt.Sprintf("  offset %+g", p.Offset)
		}
		return text + "  " + p.Sensor
	case feed.Impossible:
		return p.Name + "  " + s.locale.degrees(p.Celsius) + "  refused: no sensor can measure that"
	case feed.Status:
		return strings.TrimSpace(p.Name + "  " + p.Text)
	}
	return "of a type that is not known here: " + p.Text
}
