package ui

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

// A finder leaves in the table what has a text in its name, its Pico's name or its ROM
// code, while that is typed.
type finder struct {
	keys   keyMap
	input  textinput.Model
	typing bool
}

// maxFind bounds what can be typed, in runes: no name is longer.
const maxFind = 64

func newFinder(keys keyMap) finder {
	input := textinput.New()
	input.CharLimit = maxFind
	return finder{keys: keys, input: input}
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

// text is what is searched for, in lower case; empty if nothing is.
func (f *finder) text() string { return strings.ToLower(strings.TrimSpace(f.input.Value())) }

// matches reports whether a sensor is found.
func (f *finder) matches(s *viewState, sensor house.Sensor) bool {
	text := f.text()
	if text == "" {
		return true
	}
	for _, in := range []string{sensor.DisplayName, sensor.SensorName, sensor.Code, s.picoOf(sensor)} {
		if strings.Contains(strings.ToLower(in), text) {
			return true
		}
	}
	return false
}

// view draws what is typed, and how much is found.
func (f *finder) view(s *viewState, found, width int) string {
	l := newLine(width).add("", leftMargin(width)).add(s.theme.title, "/")
	l.add("", clean(f.input.Value(), false)).add(s.theme.cursor, " ")
	what := "enter keeps it  esc shows all"
	if found == 0 {
		what = "nothing found  esc shows all"
	}
	text := fmt.Sprintf("%d of %d  %s", found, len(s.house.Sensors), what) + leftMargin(width)
	if l.used+2+textWidth(text) > width {
		text = fmt.Sprintf("%d of %d", found, len(s.house.Sensors))
	}
	return l.addAtEdge(s.theme.faint, "  "+text).String()
}
