package ui

import (
	"strings"
)

// finalTable is the last state as plain text, to be printed once the alternate
// screen is left. It holds all of the table, however long, also if only a part of it
// was searched for, and what is known now, also if the picture was paused.
func (m *model) finalTable() string {
	m.finder.clear()
	m.resume()
	clear(m.table.folded)
	m.updateTable()
	if m.noSensors() || m.width == 0 {
		return ""
	}
	s := m.viewState
	s.theme = plainTheme()
	width := m.tableWidth()
	m.table.resize(1 + len(m.table.items))
	lines := []string{topLine(&s, width)}
	lines = append(lines, alertLines(&s, width, maxAlertLines)...)
	lines = append(lines, m.table.view(&s, false)...)

	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.TrimRight(l, " ") + "\n")
	}
	if m.ascii {
		return toASCII(b.String())
	}
	return b.String()
}
