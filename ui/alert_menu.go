package ui

import (
	"fmt"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

// An alertMenu is the page on which the owner says what he knows of: it lists what is
// wrong, and where cold is normal.
type alertMenu struct {
	keys     keyMap
	selected subject // the item under the cursor
	at       int     // its place, for when it is gone
	trouble  string  // why the last decision was not taken; empty if it was

	looksOnly string // why the user may not decide; empty if the user may
}

// A subject is what a decision may be about. The zero value is nothing.
type subject struct {
	sensor, pico string // the ID of one, the address of one; both are empty for the house
	kind         house.Kind
}

// A menuItem is one line of the menu.
type menuItem struct {
	subject
	alert     alert
	condition house.Condition
	sensor    *house.Sensor // nil if it is not about one
	calm      bool          // nothing is wrong with it: cold is normal there
}

// snoozes are for how long one key, pressed again and again, keeps a warning quiet.
var snoozes = []time.Duration{time.Hour, 8 * time.Hour, 24 * time.Hour}

// menuItems are the lines of the menu: the alerts in their order, then the sensors for
// which cold is normal.
func menuItems(s *viewState) []menuItem {
	var loud, quiet, calm []menuItem
	for _, c := range s.house.Conditions {
		a, _ := alertOf(c, s)
		if a.text == "" {
			continue
		}
		i := menuItem{subject: subjectOf(c, s), alert: a, condition: c}
		if c.Sensor >= 0 && c.Sensor < len(s.house.Sensors) {
			i.sensor = &s.house.Sensors[c.Sensor]
		}
		if i.alert.quiet = c.Quiet(s.now); i.alert.quiet {
			quiet = append(quiet, i)
		} else {
			loud = append(loud, i)
		}
	}
	for n := range s.house.Sensors {
		sensor := &s.house.Sensors[n]
		if text := coldTexts[sensor.Cold]; text != "" && !sensor.Hidden {
			calm = append(calm, menuItem{
				subject: subject{sensor: sensor.ID}, sensor: sensor, calm: true,
				alert: alert{
					quiet: true, subject: sensor.DisplayName,
					text: sensor.DisplayName + ": cold is normal here, " + text, short: sensor.DisplayName + ": cold is normal",
				},
			})
		}
	}
	return slices.Concat(loud, quiet, calm)
}

// subjectOf is what a condition is about.
func subjectOf(c house.Condition, s *viewState) subject {
	switch {
	case c.Sensor >= 0 && c.Sensor < len(s.house.Sensors):
		return subject{sensor: s.house.Sensors[c.Sensor].ID, kind: c.Kind}
	case c.Pico >= 0 && c.Pico < len(s.house.Picos):
		return subject{pico: s.house.Picos[c.Pico].Addr.String(), kind: c.Kind}
	}
	return subject{kind: c.Kind}
}

// coldTexts say why cold is normal.
var coldTexts = map[house.ColdReason]string{
	house.ColdByName:     "its name says so",
	house.ColdByHabit:    "it is cold on most of its days",
	house.ColdByConfig:   "the configuration says so",
	house.ColdByDecision: "you said so",
}

// cursor is the place of the selected item, or of what took its place.
func (m *alertMenu) cursor(items []menuItem) int {
	at := slices.IndexFunc(items, func(i menuItem) bool { return i.subject == m.selected })
	if at < 0 {
		at = min(m.at, len(items)-1)
	}
	return at
}

// press handles a key. It returns what the owner decided, if he did.
func (m *alertMenu) press(k tea.KeyPressMsg, s *viewState) (house.Decision, bool) {
	items := menuItems(s)
	at := m.cursor(items)
	if at < 0 {
		return house.Decision{}, false
	}
	item := items[at]
	m.at, m.selected = at, item.subject
	switch {
	case key.Matches(k, m.keys.up.Binding):
		at--
	case key.Matches(k, m.keys.down.Binding):
		at++
	case key.Matches(k, m.keys.first.Binding):
		at = 0
	case key.Matches(k, m.keys.last.Binding):
		at = len(items) - 1
	case m.looksOnly != "": // the page says so
	case key.Matches(k, m.keys.acknowledge.Binding) && !item.calm:
		return item.decide(acknowledgeOrNot(item.condition), s.now), true
	case key.Matches(k, m.keys.snooze.Binding) && !item.calm:
		return item.decide(nextSnooze(item.condition, s.now), s.now), true
	case key.Matches(k, m.keys.cold.Binding) && item.sensor != nil:
		return item.decide(house.Decision{Action: coldOrNot(*item.sensor)}, s.now), true
	}
	m.at = max(min(at, len(items)-1), 0)
	m.selected = items[m.at].subject
	return house.Decision{}, false
}

// decide completes a decision about the item.
func (i menuItem) decide(d house.Decision, now time.Time) house.Decision {
	d.At, d.Sensor, d.Pico, d.Kind = now, i.subject.sensor, i.pico, i.kind
	return d
}

func acknowledgeOrNot(c house.Condition) house.Decision {
	if c.Acknowledged {
		return house.Decision{Action: house.Loud}
	}
	return house.Decision{Action: house.Acknowledge}
}

// nextSnooze is the first of the snoozes that is longer than what is left, and none
// after the longest.
func nextSnooze(c house.Condition, now time.Time) house.Decision {
	left := c.Snoozed.Sub(now)
	for _, d := range snoozes {
		if left < d-time.Minute {
			return house.Decision{Action: house.Snooze, Until: now.Add(d)}
		}
	}
	return house.Decision{Action: house.Loud}
}

func coldOrNot(s house.Sensor) house.Action {
	if s.Cold != "" {
		return house.ColdIsWrong
	}
	return house.ColdIsNormal
}

// bindings are the keys that do something with the selected item.
func (m *alertMenu) bindings(s *viewState) []binding {
	items := menuItems(s)
	at := m.cursor(items)
	if at < 0 {
		return nil
	}
	list := []binding{m.keys.move}
	if m.looksOnly != "" {
		return list
	}
	if item := items[at]; item.calm {
		list = append(list, m.keys.cold)
	} else {
		list = append(list, m.keys.acknowledge, m.keys.snooze)
		if item.sensor != nil {
			list = append(list, m.keys.cold)
		}
	}
	return list
}

// view draws the menu: the list, and below it what can be done about the selected item.
func (m *alertMenu) view(s *viewState, width, height int) []string {
	items := menuItems(s)
	at := m.cursor(items)
	if at < 0 {
		p := &page{width: width, theme: s.theme}
		p.heading("Warnings")
		p.paragraph("Nothing is wrong, and no sensor is one for which cold is normal.")
		return fitHeight(p.lines, width, height)
	}
	below := m.choices(items[at], s, width)
	below = below[:min(len(below), max(height-2, 0))] // the list goes first
	room := max(height-1-len(below), 1)
	offset := max(min(at-room/2, len(items)-room), 0)
	title := newLine(width).add("", leftMargin(width)).add(s.theme.title, "Warnings")
	if len(items) > room {
		title.add(s.theme.faint, fmt.Sprintf("  %d of %d", at+1, len(items)))
	}
	lines := []string{title.String()}
	for n, i := range items[offset:min(offset+room, len(items))] {
		lines = append(lines, i.view(s, width, offset+n == at))
	}
	lines = fitHeight(lines, width, height-len(below))
	return append(lines, below...)
}

// view draws the item as one line.
func (i menuItem) view(s *viewState, width int, selected bool) string {
	st, mark := s.theme.title, " "
	if i.alert.quiet {
		st = s.theme.faint
	}
	if selected {
		mark = ">"
	}
	marker := " "
	if !i.calm {
		marker = string(markers[i.kind])
	}
	l := newLine(width).add(s.theme.title, mark).add(st, marker+" ")
	tail := ""
	switch {
	case i.condition.Acknowledged:
		tail = "  acknowledged"
	case s.now.Before(i.condition.Snoozed):
		tail = "  snoozed until " + s.timestamp(i.condition.Snoozed)
	}
	if width < minFullWidth && tail != "" {
		tail = "  quiet"
	}
	if tail != "" {
		tail += leftMargin(width)
	}
	if !i.alert.quiet {
		st = ""
	}
	room := width - l.used - textWidth(tail)
	return l.addLeft(st, i.alert.fitting(room, width), room).add(s.theme.faint, tail).String()
}

// choices says in words what can be done about the item.
func (m *alertMenu) choices(i menuItem, s *viewState, width int) []string {
	p := &page{width: width, theme: s.theme}
	const column = 7
	p.blankLine()
	if m.looksOnly != "" {
		p.paragraph(m.looksOnly)
		return p.lines
	}
	name := func(b binding) string { return b.Help().Key }
	if !i.calm {
		text := "acknowledge: quiet, here and in messages, until it is over"
		if i.condition.Acknowledged {
			text = "no longer acknowledged: tell of it again"
		}
		p.entry(s.theme.title, name(m.keys.acknowledge), column, text)
		next := nextSnooze(i.condition, s.now)
		text = "tell of it again at once"
		if next.Action == house.Snooze {
			text = "snooze: quiet until " + s.timestamp(next.Until)
		}
		p.entry(s.theme.title, name(m.keys.snooze), column, text)
	}
	if i.sensor != nil {
		text := "cold is normal for " + i.sensor.DisplayName + ": no warnings of freezing"
		if i.sensor.Cold != "" {
			text = "warn when " + i.sensor.DisplayName + " freezes, all the same"
		}
		p.entry(s.theme.title, name(m.keys.cold), column, text)
	}
	if m.trouble != "" {
		p.entry(s.theme.alarm, "not done", column+2, m.trouble)
	}
	return p.lines
}
