package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

// A bell calls who sits at the terminal when something begins to freeze or goes
// silent. The zero value is silent for what stands already when it is first asked.
type bell struct {
	off    bool
	popUp  popUp
	known  map[subject]bool // what stood when it was last asked
	primed bool
}

// A popUp is the way in which a terminal shows a message outside of its window. The
// zero value is none.
type popUp int

const (
	noPopUp popUp = iota
	osc9          // ESC ] 9 ; text BEL, of iTerm2
	osc777        // ESC ] 777 ; notify ; title ; text BEL, of rxvt-unicode
)

// popUpOf is what the terminal understands, by its own word in the environment. A
// multiplexer keeps such sequences for itself, and one that is not known might print
// them.
func popUpOf(environ []string) popUp {
	get := func(name string) string {
		for _, e := range slices.Backward(environ) {
			if value, ok := strings.CutPrefix(e, name+"="); ok {
				return value
			}
		}
		return ""
	}
	is := func(text string, prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(text, p) })
	}
	name := get("TERM")
	switch {
	case is(name, "tmux", "screen") || get("TMUX") != "" || get("STY") != "":
		return noPopUp
	case is(name, "foot", "rxvt-unicode"):
		return osc777
	case is(name, "xterm-kitty", "xterm-ghostty", "wezterm"),
		is(get("TERM_PROGRAM"), "iTerm.app", "WezTerm", "ghostty"),
		get("LC_TERMINAL") == "iTerm2": // which ssh takes along
		return osc9
	}
	return noPopUp
}

// ring returns what rings the bell if something began since the last call.
func (b *bell) ring(s *viewState) tea.Cmd {
	now := map[subject]bool{}
	var worst *house.Condition // of those that began
	for _, c := range s.house.Conditions {
		if c.Quiet(s.now) || c.Kind != house.Freezing && c.Kind != house.Silent {
			continue
		}
		about := subjectOf(c, s)
		now[about] = true
		if worst == nil && !b.known[about] {
			worst = &c
		}
	}
	rings := b.primed && !b.off && worst != nil
	b.known, b.primed = now, true
	if !rings {
		return nil
	}
	a, _ := alertOf(*worst, s)
	return tea.Raw("\a" + b.popUp.sequence(a.text))
}

// sequence is what the terminal is sent; it is empty if it shows no messages. The text
// has no control characters, since nothing on the screen has.
func (p popUp) sequence(text string) string {
	switch p {
	case osc9:
		return "\x1b]9;picotop: " + text + "\a"
	case osc777:
		return "\x1b]777;notify;picotop;" + text + "\a"
	}
	return ""
}
