package ui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

// A finder takes the text that leaves in a list only what has it, while that is typed:
// in the table, the log, the help and the list of houses. The zero value is of no use.
type finder struct {
	keys   keyMap
	input  textinput.Model
	typing bool
	ascii  bool // what is searched for is shown in ASCII, as is what it is searched in
}

// maxFind bounds what can be typed, in runes: no name is longer.
const maxFind = 64

func newFinder(keys keyMap, ascii bool) finder {
	input := textinput.New()
	input.CharLimit = maxFind
	return finder{keys: keys, input: input, ascii: ascii}
}

// begin has what is typed from now on be searched for.
func (f *finder) begin() {
	f.typing = true
	_ = f.input.Focus() // its command blinks a cursor, which costs more than it helps
}

// clear shows all sensors again.
func (f *finder) clear() {
	f.typing = false
	f.input.Reset()
	f.input.Blur()
}

// press handles a key while a text is typed. It reports whether that is all: the keys
// that move are the table's.
func (f *finder) press(k tea.KeyPressMsg) bool {
	switch {
	case key.Matches(k, f.keys.close.Binding):
		f.clear()
	case key.Matches(k, f.keys.enter.Binding):
		f.typing = false
		f.input.Blur()
	case k.Code == tea.KeyUp, k.Code == tea.KeyDown:
		return false
	default:
		f.input, _ = f.input.Update(k)
	}
	return true
}

// text is what is searched for, in lower case and clean, as names are; empty if nothing is.
func (f *finder) text() string {
	return strings.ToLower(strings.TrimSpace(clean(f.input.Value(), f.ascii)))
}

// matches reports whether a sensor is found: by its name, its Pico's name or its ROM code.
func (f *finder) matches(s *viewState, sensor house.Sensor) bool {
	return f.in(sensor.DisplayName, sensor.SensorName, sensor.Code, s.picoOf(sensor))
}

// in reports whether one of the texts has what is searched for, in any letter case; they
// all do if nothing is.
func (f *finder) in(texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool {
		return strings.Contains(strings.ToLower(text), f.text())
	})
}

// view draws what is typed, and how many of all are found.
func (f *finder) view(s *viewState, found, all, width int) string {
	l := newLine(width).add("", leftMargin(width)).add(s.theme.title, "/")
	l.add("", clean(f.input.Value(), f.ascii)).add(s.theme.cursor, " ")
	what := "enter keeps it  esc shows all"
	if found == 0 {
		what = "nothing found  esc shows all"
	}
	text := fmt.Sprintf("%d of %d  %s", found, all, what) + leftMargin(width)
	if l.used+2+textWidth(text) > width {
		text = fmt.Sprintf("%d of %d", found, all)
	}
	return l.addAtEdge(s.theme.faint, "  "+text).String()
}

// openFinder is the finder of what is open; nil if nothing can be found there.
func (m *model) openFinder() *finder {
	switch m.open {
	case noPage:
		if m.listing() {
			return &m.houses.find
		}
		return &m.finder
	case logOpen:
		return &m.log.find
	case helpOpen:
		return &m.help.find
	}
	return nil
}

// showFound shows what is found now, from its beginning.
func (m *model) showFound() {
	switch m.open {
	case logOpen:
		m.log.pager.offset = 0
	case helpOpen:
		m.help.pager.offset = 0
	default:
		m.houses.showFound()
		m.updateTable()
	}
}
