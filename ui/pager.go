package ui

import (
	"fmt"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// A pager shows a text that may be longer than the screen.
type pager struct {
	keys   keyMap
	offset int
	last   int // the highest offset; set by view
}

// press handles a key.
func (p *pager) press(k tea.KeyPressMsg) {
	switch {
	case key.Matches(k, p.keys.up.Binding):
		p.offset--
	case key.Matches(k, p.keys.down.Binding):
		p.offset++
	case key.Matches(k, p.keys.first.Binding):
		p.offset = 0
	case key.Matches(k, p.keys.last.Binding):
		p.offset = p.last
	}
	p.offset = max(min(p.offset, p.last), 0)
}

// bindings are the keys that scroll; none if all lines fitted in the last view.
func (p *pager) bindings() []binding {
	if p.last == 0 {
		return nil
	}
	return []binding{p.keys.up, p.keys.down}
}

// view draws the lines from the offset on. If there are more below, the last line
// says so. If not all fit, the empty ones are left out first.
func (p *pager) view(lines []string, s *viewState, width, height int) []string {
	if len(lines) > height {
		lines = slices.DeleteFunc(lines, func(l string) bool { return l == spaces(width) })
	}
	p.last = max(len(lines)-height, 0)
	p.offset = min(p.offset, p.last)
	below := p.last - p.offset
	lines = fitHeight(lines[p.offset:], width, height)
	if below > 0 && height > 1 {
		text := fmt.Sprintf("↓ %d more lines", below+1)
		lines[height-1] = newLine(width).add("", leftMargin(width)).add(s.theme.title, text).String()
	}
	return lines
}
