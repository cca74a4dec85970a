package ui

import (
	"charm.land/bubbles/v2/key"
)

// A binding is a key that does something. Its Help is for the line at the
// bottom, its explanation for the help page.
type binding struct {
	key.Binding
	explanation string
}

func newBinding(keys []string, name, short, explanation string) binding {
	return binding{key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, short)), explanation}
}

// keyMap is every key that does something.
type keyMap struct {
	move                          binding // shows the four below as one
	up, down, first, last         binding
	open, houses                  binding // a house, and back
	enter                         binding // opens the chart, in which work:
	left, right, longer, shorter  binding
	windows, next, previous       binding
	zoomIn, zoomOut               binding // a step
	overlay, export               binding
	fold, sameScale, doctor       binding
	find, log, pause              binding
	alerts                        binding // opens the menu, in which work:
	acknowledge, snooze, cold     binding
	mouse                         binding
	sort, unit, help, close, quit binding
}

func newKeys() keyMap {
	return keyMap{
		move:        newBinding(nil, "↑↓", "move", "select a sensor, as do j and k; home g the first, end G the last"),
		up:          newBinding([]string{"up", "k"}, "↑", "up", ""),
		down:        newBinding([]string{"down", "j"}, "↓", "down", ""),
		first:       newBinding([]string{"home", "g"}, "home", "first", ""),
		last:        newBinding([]string{"end", "G"}, "end", "last", ""),
		enter:       newBinding([]string{"enter"}, "enter", "chart", "the chart of a sensor: ←→ the cursor, tab the next sensor"),
		open:        newBinding([]string{"enter"}, "enter", "open", ""),
		houses:      newBinding([]string{"esc"}, "esc", "houses", ""),
		left:        newBinding([]string{"left", "h"}, "←→", "cursor", ""),
		right:       newBinding([]string{"right"}, "→", "", ""),
		longer:      newBinding([]string{"-"}, "+-", "window", ""),
		shorter:     newBinding([]string{"+"}, "+", "", ""),
		windows:     newBinding([]string{"w"}, "w", "window", "how far back the rows, their lows and highs and the charts reach: an hour to a year, as do + and -"),
		fold:        newBinding([]string{"f"}, "f", "fold", "hide the sensors of a Pico but for what is warned of, and show them again"),
		doctor:      newBinding([]string{"d"}, "d", "find out why", "while nothing is heard: the doctor looks why"),
		sameScale:   newBinding([]string{"="}, "=", "scale", "one scale for all rows, or each its own"),
		zoomIn:      newBinding([]string{"z"}, "z", "zoom in", "in a chart: a quarter of the time, that around the cursor or the newest; again for less, down to some minutes; esc or - goes back a step"),
		zoomOut:     newBinding([]string{"esc", "backspace"}, "esc", "zoom out", ""),
		next:        newBinding([]string{"tab"}, "tab", "next", ""),
		previous:    newBinding([]string{"shift+tab"}, "shift+tab", "", ""),
		overlay:     newBinding([]string{"o"}, "o", "overlay", "in a chart: keeps its line, with a number, while tab goes to others, up to four; o again takes it out"),
		export:      newBinding([]string{"e"}, "e", "export", "in a chart: writes what it shows into a CSV file in the current directory"),
		find:        newBinding([]string{"/"}, "/", "find", "type a part of a name, and in the log and in this help of any text; enter keeps what is found, esc shows all"),
		log:         newBinding([]string{"l"}, "l", "log", "what happened, whose end reads on in the history, and with tab the packets that were heard last; space pauses the list"),
		pause:       newBinding([]string{"space"}, "space", "pause", "hold the picture, and go on; readings and warnings go on meanwhile"),
		alerts:      newBinding([]string{"a"}, "a", "warnings", "what is wrong, and to say that you know: acknowledge, snooze, cold is normal here"),
		acknowledge: newBinding([]string{"enter"}, "enter", "acknowledge", ""),
		snooze:      newBinding([]string{"z"}, "z", "snooze", ""),
		cold:        newBinding([]string{"c"}, "c", "cold", ""),
		mouse:       newBinding([]string{"m"}, "m", "mouse", "the mouse: wheel, click to select, again to open, on the head to sort; in a chart, drag over a part of the time to see that alone, again for less, and esc goes back a step; off, text can be selected"),
		sort:        newBinding([]string{"s"}, "s", "sort", "sort by Pico, coldest first, by name, by age"),
		unit:        newBinding([]string{"u"}, "u", "units", "degrees Celsius or Fahrenheit"),
		help:        newBinding([]string{"?"}, "?", "help", "this help; ? or esc goes back"),
		close:       newBinding([]string{"esc"}, "esc", "back", ""),
		quit:        newBinding([]string{"q", "ctrl+c"}, "q", "quit", "quit, as does ctrl+c; ctrl+z stops it until you type fg"),
	}
}

// windowNamed is the key that goes to the next window, called by the one that is shown.
func (k keyMap) windowNamed(w window) binding {
	return newBinding(k.windows.Keys(), k.windows.Help().Key, w.name, "")
}

// fullHelp lists the bindings that the help page explains.
func (k keyMap) fullHelp() []binding {
	return []binding{k.move, k.enter, k.windows, k.zoomIn, k.overlay, k.export, k.sameScale, k.fold, k.alerts, k.find, k.log, k.pause, k.sort, k.unit, k.doctor, k.mouse, k.help, k.quit}
}

// keysLine draws the last of the bindings, as many as fit and at least two.
func keysLine(s *viewState, width int, bindings ...binding) string {
	margin := leftMargin(width)
	for len(bindings) > 2 && keysWidth(bindings)+2*len(margin) > width {
		bindings = bindings[1:]
	}
	l := newLine(width).add("", margin)
	for i, b := range bindings {
		if i > 0 {
			l.add("", "  ")
		}
		l.add(s.theme.title, b.Help().Key).add(s.theme.faint, " "+b.Help().Desc)
	}
	return l.String()
}

// keysWidth is what the bindings take in the line, two blanks between them.
func keysWidth(bindings []binding) int {
	n := -2
	for _, b := range bindings {
		n += 2 + textWidth(b.Help().Key) + 1 + textWidth(b.Help().Desc)
	}
	return n
}
