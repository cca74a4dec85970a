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

	// find, if it is not empty, leaves only the entries that have it, each kind below its
	// heading. It is in lower case.
	find           string
	under          string // the heading that is due before the next entry
	found, entries int
}

// heading adds a line in the style of titles.
func (p *page) heading(text string) {
	if p.find != "" {
		p.under = text
		return
	}
	p.addHeading(text)
}

func (p *page) addHeading(text string) {
	p.lines = append(p.lines, newLine(p.width).add("", leftMargin(p.width)).add(p.theme.title, text).String())
}

// blankLine adds an empty line.
func (p *page) blankLine() {
	if p.find == "" {
		p.lines = append(p.lines, spaces(p.width))
	}
}

// entry adds a term in a column of the given width, and beside it a paragraph,
// as in a dictionary.
func (p *page) entry(termStyle style, term string, column int, text string) {
	p.entries++
	if !strings.Contains(strings.ToLower(term+" "+text), p.find) {
		return
	}
	p.found++
	if p.under != "" {
		p.addHeading(p.under)
		p.under = ""
	}
	margin := strings.Repeat(leftMargin(p.width), 3)
	rest := max(p.width-textWidth(margin)-column, 1)
	for i, part := range strings.Split(ansi.Wrap(text, rest, ""), "\n") {
		l := newLine(p.width).add("", margin)
		if i == 0 {
			l.addLeft(termStyle, term, column)
		}
		p.lines = append(p.lines, l.padTo(textWidth(margin)+column).addFound(p.theme.cursor, part, p.find).String())
	}
}

// paragraph adds text, wrapped to the width of the page.
func (p *page) paragraph(text string) { p.entry("", "", 0, text) }
