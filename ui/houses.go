package ui

import (
	"context"
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"picotop/internal/format"
	"picotop/internal/overview"
)

// Houses is where the screen of houses gets what it draws, if there are several. The
// Source beside it is of the house that was opened last.
type Houses interface {
	// Houses are all of them now, worst first. It must not block.
	Houses() overview.List
	// Open has the Source show a house, by its key. It may take its time, and is called from a command.
	Open(ctx context.Context, house string) error
	// Leave says that the houses are looked at again. It must not block.
	Leave()
}

// A houseList is the screen of houses. The zero value is none.
type houseList struct {
	keys   keyMap
	source Houses // nil if there is one house alone
	shown  bool

	list     overview.List
	find     finder           // by the name of a house
	found    []overview.House // those of the list that it leaves
	selected string           // the key of the house under the cursor
	chosen   bool             // whether the user selected it: until then it is the first
	offset   int
	opening  string // the house that is being opened; empty if none is
	trouble  string // why it could not be; empty from the next key on
}

// houseOpened says that a house can be shown, or why not.
type houseOpened struct{ err error }

func newHouseList(keys keyMap, source Houses, ascii bool) houseList {
	return houseList{keys: keys, source: source, shown: source != nil, find: newFinder(keys, ascii)}
}

// take takes the houses as they are now. Their text is cleaned.
func (l *houseList) take(ascii bool) {
	if l.source == nil || !l.shown {
		return
	}
	l.list = l.source.Houses()
	houses := make([]overview.House, len(l.list.Houses))
	for i, h := range l.list.Houses {
		for _, text := range []*string{&h.Name, &h.Sensor, &h.Pico, &h.ColdestSensor} {
			*text = clean(*text, ascii)
		}
		houses[i] = h
	}
	l.list.Houses = houses
	l.showFound()
}

// showFound leaves the houses that are searched for, and all if none are.
func (l *houseList) showFound() {
	l.found = l.list.Houses
	if l.find.text() != "" {
		l.found = slices.DeleteFunc(slices.Clone(l.found), func(h overview.House) bool { return !l.find.in(h.Label()) })
	}
}

// cursor is the index of the selected house, 0 if that is gone.
func (l *houseList) cursor() int {
	for i, h := range l.found {
		if l.chosen && h.Key == l.selected {
			return i
		}
	}
	return 0
}

func (l *houseList) move(to int) {
	if n := len(l.found); n > 0 {
		l.selected, l.chosen = l.found[max(min(to, n-1), 0)].Key, true
	}
}

// listing reports whether the houses are on the screen.
func (m *model) listing() bool { return m.houses.shown && m.open == noPage }

// pressHouses handles a key on the screen of houses. It reports whether it was one of it.
func (m *model) pressHouses(k tea.KeyPressMsg) (cmd tea.Cmd, taken bool) {
	l := &m.houses
	l.trouble = ""
	switch {
	case key.Matches(k, l.keys.help.Binding, l.keys.unit.Binding, l.keys.mouse.Binding):
		return nil, false
	case key.Matches(k, l.keys.up.Binding):
		l.move(l.cursor() - 1)
	case key.Matches(k, l.keys.down.Binding):
		l.move(l.cursor() + 1)
	case key.Matches(k, l.keys.first.Binding):
		l.move(0)
	case key.Matches(k, l.keys.last.Binding):
		l.move(len(l.found) - 1)
	case key.Matches(k, l.keys.find.Binding):
		l.find.begin()
	case key.Matches(k, l.keys.close.Binding):
		l.find.clear()
		l.showFound()
	case key.Matches(k, l.keys.enter.Binding) && len(l.found) > 0 && l.opening == "":
		l.move(l.cursor())
		house := l.selected
		l.opening = l.found[l.cursor()].Label()
		return func() tea.Msg { return m.openHouse(house) }, true
	}
	return nil, true
}

// showHouse shows the house that was opened. What was on the screen of another one is
// forgotten: sensors of two houses may have one name.
func (m *model) showHouse(msg houseOpened) tea.Cmd {
	l := &m.houses
	l.opening = ""
	if msg.err != nil {
		l.trouble = clean(msg.err.Error(), m.ascii)
		return nil
	}
	l.shown = false
	order := m.table.sortOrder
	m.table = newTable(m.keys)
	m.table.sortOrder = order
	m.detail = detail{keys: m.keys, window: usualWindow}
	m.finder.clear()
	return m.refresh(true)
}

// leaveHouse goes back to the houses, if there are several.
func (m *model) leaveHouse() {
	if m.houses.source == nil {
		return
	}
	m.resume()
	m.houses.shown = true
	m.houses.source.Leave()
	m.houses.take(m.ascii)
}

// view draws the screen of houses.
func (l *houseList) view(s *viewState, width, height int) []string {
	counts, wrong := l.list.Summary()
	clock := s.now.In(s.locale.zone).Format("15:04")
	lines := []string{firstFitting(s, width, wrong, []topLineText{
		{counts, clock},
		{counts, ""},
		{"", clock},
		{"", ""},
	})}
	c := houseColumnsFor(width, l.list.Houses)
	lines = append(lines, c.header(s))
	rows := max(height-4, 1) // the two above, what fares, and the keys
	at := l.cursor()
	l.offset = max(min(l.offset, at, len(l.found)-rows), at-rows+1, 0)
	for i := l.offset; i < min(l.offset+rows, len(l.found)); i++ {
		lines = append(lines, c.row(s, l.found[i], i == at))
	}
	lines = fitHeight(lines, width, height-2)
	lines = append(lines, l.statusLine(s, rows, width))
	if l.find.typing {
		return append(lines, l.find.view(s, len(l.found), len(l.list.Houses), width))
	}
	return append(lines, keysLine(s, width, l.keys.unit, l.keys.find, l.keys.move, l.keys.open, l.keys.help, l.keys.quit))
}

// statusLine says what is going on, what is wrong, and how many houses are not in sight.
func (l *houseList) statusLine(s *viewState, rows, width int) string {
	line := newLine(width).add("", leftMargin(width))
	switch lost := originLostText(s); {
	case l.opening != "":
		return line.add(s.theme.near, "reading the last day of "+l.opening+" ...").String()
	case l.trouble != "":
		return line.add(s.theme.near, l.trouble).String()
	case lost != "":
		return line.add(s.theme.near, lost).String()
	}
	if text := l.find.text(); text != "" && !l.find.typing {
		found := fmt.Sprintf("/%s  %d of %d", text, len(l.found), len(l.list.Houses))
		return line.add(s.theme.title, found).addAtEdge(s.theme.faint, "  esc shows all"+leftMargin(width)).String()
	}
	line.add(s.theme.faint, "from "+s.health.Origin.From)
	hidden := len(l.found) - rows
	text := ""
	switch {
	case l.list.More > 0:
		text = "there are more houses than are shown"
	case hidden > 0:
		text = format.Count(hidden, "more house") + ", ↑↓"
	}
	return line.addAtEdge(s.theme.faint, text+leftMargin(width)).String()
}

// tiny is the worst house and the time, where there is room for nothing else.
func (l *houseList) tiny(s *viewState, width, height int) []string {
	line := newLine(width)
	if len(l.list.Houses) > 0 {
		h := l.list.Houses[0]
		line.add(s.theme.title, fmt.Sprintf("%s: %s", h.Label(), h.Worst(s.locale.degrees, s.timestamp)))
	}
	clock := newLine(width).add("", s.now.In(s.locale.zone).Format("15:04"))
	return fitHeight([]string{line.String(), clock.String()}, width, height)
}
