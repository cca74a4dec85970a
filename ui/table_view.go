package ui

import (
	"fmt"
	"strings"

	"picotop/house"
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
	at, shared := t.cursor()-t.offset, t.sharedScale()
	for n, i := range t.visibleItems() {
		switch {
		case i.row != nil:
			lines = append(lines, i.row.view(t.columns, s, shared, cursor && n == at))
		case i.pico != nil:
			lines = append(lines, picoLine(i, s, t.columns.width, picoLineState{live: cursor, selected: cursor && n == at}))
		default:
			lines = append(lines, unheardLine(i.unheard, s, t.columns.width))
		}
	}
	if n, scrolls := t.capacity(); scrolls {
		lines = append(lines, t.moreLine(n, s))
	}
	return fitHeight(lines, t.columns.width, t.height)
}

// sharedScale is that of all rows on the screen; nil if each has its own.
func (t *table) sharedScale() *scale {
	if !t.shared {
		return nil
	}
	all := new(scale)
	for _, i := range t.visibleItems() {
		if i.row != nil {
			all.include(i.row.sparklineData.values(i.row.sensor))
		}
	}
	return all
}

// sparklineTitle says what the sparklines show.
func (t *table) sparklineTitle() string {
	if t.shared {
		return t.window.title + ", ONE SCALE"
	}
	return t.window.title
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
		unusual := t.sortOrder.String()
		if !t.window.usual() || t.shared {
			unusual = joinNonEmpty(", ", unusual, strings.ToLower(t.sparklineTitle()))
		}
		if unusual != "" {
			l.add(s.theme.faint, "── "+unusual+" ")
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
	l.padTo(c.sparklineStart()).addLeft(s.theme.faint, t.sparklineTitle(), c.sparkline)
	l.addRight(s.theme.faint, "LOW", c.low)
	l.addRight(s.theme.faint, "HIGH", c.high)
	return l.addRight(s.theme.faint, "AGE", c.age).String()
}

// moreLine says how many items are above and below those on the screen.
func (t *table) moreLine(shown int, s *viewState) string {
	var parts []string
	if t.offset > 0 {
		parts = append(parts, fmt.Sprintf("%d more above", t.offset)+warnedAmong(t.items[:t.offset]))
	}
	if end := t.offset + shown; end < len(t.items) {
		parts = append(parts, fmt.Sprintf("%d more below", len(t.items)-end)+warnedAmong(t.items[end:]))
	}
	return newLine(t.columns.width).add(s.theme.faint, "   "+strings.Join(parts, ", ")).String()
}

// warnedAmong says of how many sensors among the items there is a warning; empty if of
// none.
func warnedAmong(items []item) string {
	n := 0
	for _, i := range items {
		if i.row != nil && warned(i.row.sensor, house.Pico{}) {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d with a warning)", n)
}
