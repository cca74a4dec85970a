package ui

import (
	"fmt"
	"strings"

	"picotop/internal/format"
)

// visibleItems are the items on the screen.
func (t *table) visibleItems() []item {
	n, _ := t.capacity()
	return t.items[min(t.offset, len(t.items)):min(t.offset+n, len(t.items))]
}

// view draws the table, with the selected row marked if cursor is set: the final
// table has none.
func (t *table) view(s *viewState, cursor bool) []string {
	if t.height == 0 {
		return nil
	}
	lines := []string{t.header(s)}
	at := t.cursor() - t.offset
	for n, i := range t.visibleItems() {
		switch {
		case i.row != nil:
			lines = append(lines, i.row.view(t.columns, s, cursor && n == at))
		case i.pico != nil:
			lines = append(lines, picoLine(*i.pico, s, t.columns.width))
		default:
			lines = append(lines, unheardLine(i.unheard, s, t.columns.width))
		}
	}
	if n, scrolls := t.capacity(); scrolls {
		lines = append(lines, t.moreLine(n, s))
	}
	return fitHeight(lines, t.columns.width, t.height)
}

// unheardLine names the sensors that have no row any longer, and where there is room
// how to forget one.
func unheardLine(names []string, s *viewState, width int) string {
	text := fmt.Sprintf("   %s not heard for 7 days: %s", format.Count(len(names), "sensor"), strings.Join(names, ", "))
	hint := "; if gone for good: picotop history forget " + format.ShellQuote(names[0])
	if textWidth(text+hint) <= width {
		text += hint
	}
	return newLine(width).add(s.theme.faint, text).String()
}

// header names the columns. The compact table has only a rule, which names the
// sort order if it is not the usual one.
func (t *table) header(s *viewState) string {
	c, l := t.columns, newLine(t.columns.width)
	if t.compact {
		if t.sortOrder != byPico {
			l.add(s.theme.faint, "── "+t.sortOrder.String()+" ")
		}
		return l.addRule(s.theme.faint).String()
	}
	title := "SENSOR"
	if t.filter != "" {
		title += " /" + t.filter
	}
	if t.sortOrder != byPico {
		title += ", " + t.sortOrder.String()
	}
	l.padTo(markerWidth).addLeft(s.theme.faint, title, c.name)
	l.addRight(s.theme.faint, "NOW "+s.locale.unit(), c.value)
	l.padTo(c.sparklineStart()).addLeft(s.theme.faint, "LAST 24 HOURS", c.sparkline)
	l.addRight(s.theme.faint, "LOW", c.low)
	l.addRight(s.theme.faint, "HIGH", c.high)
	return l.addRight(s.theme.faint, "AGE", c.age).String()
}

// moreLine says how many items are above and below those on the screen.
func (t *table) moreLine(shown int, s *viewState) string {
	var parts []string
	if t.offset > 0 {
		parts = append(parts, fmt.Sprintf("%d more above", t.offset))
	}
	if below := len(t.items) - t.offset - shown; below > 0 {
		parts = append(parts, fmt.Sprintf("%d more below", below))
	}
	return newLine(t.columns.width).add(s.theme.faint, "   "+strings.Join(parts, ", ")).String()
}
