package ui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// A page is text that is being laid out for a pager.
type page struct {
	lines []string
	width int
	theme theme
}

// title adds a heading.
func (p *page) title(text string) {
	p.lines = append(p.lines, newLine(p.width).put("", indent(p.width)).put(p.theme.title, text).String())
}

// gap adds an empty line.
func (p *page) gap() { p.lines = append(p.lines, blank(p.width)) }

// entry adds a paragraph that hangs from a term in a column of the given
// width, as in a dictionary.
func (p *page) entry(termStyle style, term string, column int, text string) {
	margin := strings.Repeat(indent(p.width), 3)
	rest := max(p.width-cells(margin)-column, 1)
	for i, part := range strings.Split(ansi.Wrap(text, rest, ""), "\n") {
		l := newLine(p.width).put("", margin)
		if i == 0 {
			l.field(termStyle, term, column)
		}
		p.lines = append(p.lines, l.to(cells(margin)+column).put("", part).String())
	}
}

// text adds a paragraph.
func (p *page) text(text string) { p.entry("", "", 0, text) }
