package ui

import (
	"charm.land/bubbles/v2/key"
)

// A command is a key that does something: its Help is for the line at the
// bottom, does for the page that explains.
type command struct {
	key.Binding
	does string
}

func newCommand(keys []string, name, short, does string) command {
	return command{key.NewBinding(key.WithKeys(keys...), key.WithHelp(name, short)), does}
}

// keyMap is every key that does something.
type keyMap struct {
	move                          command // the four below in one
	up, down, first, last         command
	sort, unit, help, close, quit command
}

func newKeys() keyMap {
	return keyMap{
		move:  newCommand(nil, "↑↓", "move", "select a sensor, as do j and k; home g the first, end G the last"),
		up:    newCommand([]string{"up", "k"}, "↑", "up", ""),
		down:  newCommand([]string{"down", "j"}, "↓", "down", ""),
		first: newCommand([]string{"home", "g"}, "home", "first", ""),
		last:  newCommand([]string{"end", "G"}, "end", "last", ""),
		sort:  newCommand([]string{"s"}, "s", "sort", "sort by Pico, coldest first, by name, by age"),
		unit:  newCommand([]string{"u"}, "u", "units", "degrees Celsius or Fahrenheit"),
		help:  newCommand([]string{"?"}, "?", "help", "this help; ? or esc goes back"),
		close: newCommand([]string{"esc"}, "esc", "back", ""),
		quit:  newCommand([]string{"q", "ctrl+c"}, "q", "quit", "quit, as does ctrl+c"),
	}
}

// all lists the commands for the help.
func (k keyMap) all() []command {
	return []command{k.move, k.sort, k.unit, k.help, k.quit}
}

// keysLine shows as many of the commands as fit; the last two always.
func keysLine(s *viewState, width int, commands ...command) string {
	margin := leftMargin(width)
	for len(commands) > 2 && keysWidth(commands)+2*len(margin) > width {
		commands = commands[1:]
	}
	l := newLine(width).add("", margin)
	for i, c := range commands {
		if i > 0 {
			l.add("", "  ")
		}
		l.add(s.theme.title, c.Help().Key).add(s.theme.faint, " "+c.Help().Desc)
	}
	return l.String()
}

func keysWidth(commands []command) int {
	n := -2
	for _, c := range commands {
		n += 2 + textWidth(c.Help().Key) + 1 + textWidth(c.Help().Desc)
	}
	return n
}
