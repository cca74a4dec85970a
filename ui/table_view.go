package ui

import (
	"fmt"
	"strings"
)

// visible are the items on the screen.
func (t *table) visible() []item {
	n, _ := t.window()
	return t.items[min(t.offset, len(t.items)):min(t.offset+n, len(t.items))]
}

// view draws the table. The cursor is left out of what is printed at the end.
func (t *table) view(s *viewState, cursor bool) []string {
	if t.height == 0 {
		return nil
	}
	lines := []string{t.header(s)}
	at := t.cursor() - t.offset
	for n, i := range t.visible() {
		switch {
		case i.row != nil:
			lines = append(lines, i.row.view(t.columns, s, cursor && n == at))
		case i.pico != nil:
			lines = append(lines, picoLine(*i.pico, s, t.columns.width))
		default:
			what := fmt.Sprintf("   %s not heard for 7 days: ", count(len(i.gone), "sensor"))
			lines = append(lines, newLine(t.columns.width).add(s.theme.faint, what+strings.Join(i.gone, ", ")).String())
		}
	}
	if n, scrolls := t.window(); scrolls {
		lines = append(lines, t.more(n, s))
	}
	return fitHeight(lines, t.columns.width, t.height)
}

// header names the columns. The compact table has only a rule, in which the
// order stands if it is not the usual one.
func (t *table) header(s *viewState) string {
	c, l := t.columns, newLine(t.columns.width)
	if t.compact {
		if t.order != byPico {
			l.add(s.theme.faint, "── "+t.order.String()+" ")
		}
		return l.addRule(s.theme.faint).String()
	}
	title := "SENSOR"
	if t.order != byPico {
		title += ", " + t.order.String()
	}
	l.padTo(markWidth).addLeft(s.theme.faint, title, c.name)
	l.addRight(s.theme.faint, "NOW "+s.format.unit(), c.value)
	l.padTo(c.sparklineStart()).addLeft(s.theme.faint, "LAST 24 HOURS", c.sparkline)
	l.addRight(s.theme.faint, "LOW", c.low)
	l.addRight(s.theme.faint, "HIGH", c.high)
	return l.addRight(s.theme.faint, "AGE", c.age).String()
}

// more says how much of the table is not on the screen.
func (t *table) more(n int, s *viewState) string {
	var parts []string
	if t.offset > 0 {
		parts = append(parts, fmt.Sprintf("%d more above", t.offset))
	}
	if below := len(t.items) - t.offset - n; below > 0 {
		parts = append(parts, fmt.Sprintf("%d more below", below))
	}
	return newLine(t.columns.width).add(s.theme.faint, "   "+strings.Join(parts, ", ")).String()
}
