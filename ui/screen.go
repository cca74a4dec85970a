package ui

// lines draws the screen, line by line.
func (m *model) lines() []string {
	s, w, h := &m.viewState, m.width, m.height
	if w < minLayoutWidth || h < minLayoutHeight {
		return tinyScreen(s, w, h)
	}
	var lines []string
	switch {
	case m.open == alertMenuOpen:
		lines = append(lines, topLine(s, w))
		lines = append(lines, m.alertMenu.view(s, w, h-2)...)
		return append(lines, keysLine(s, w, append(m.alertMenu.bindings(s), m.keys.close, m.keys.quit)...))
	case m.open == helpOpen:
		lines = append(lines, topLine(s, w))
		lines = append(lines, m.help.view(helpPage(m.keys, s, w), s, w, h-2)...)
		return append(lines, keysLine(s, w, append(m.help.bindings(), m.keys.close, m.keys.quit)...))
	case m.noSensors():
		lines = append(lines, firstRunTopLine(s, w))
		lines = append(lines, m.firstRun.view(firstRunPage(s, w), s, w, h-3)...)
		return append(lines, healthLine(s, w), keysLine(s, w, append(m.firstRun.bindings(), m.keys.help, m.keys.quit)...))
	}

	l := m.layout()
	lines = append(lines, topLine(s, w))
	lines = append(lines, alertLines(s, w, l.alerts)...)
	lines = append(lines, m.tableAndEvents(l)...)
	if l.health {
		lines = append(lines, healthLine(s, w))
	}
	return append(lines, keysLine(s, w, m.keys.move, m.keys.alerts, m.keys.sort, m.keys.unit, m.keys.help, m.keys.quit))
}

// tableAndEvents draws the table and the events, below each other or side by side.
func (m *model) tableAndEvents(l layout) []string {
	s := &m.viewState
	table := m.table.view(s, true)
	if m.width < minSideBySideWidth {
		shown := min(l.rest, max(l.rest/2, eventsBelowTable), len(s.house.Events))
		table = fitHeight(table, m.width, l.table+l.rest-shown)
		return append(table, eventList(s, m.width, shown)...)
	}
	height, gutter := l.table+l.rest, " "
	if leftMargin(m.width-sideBySideTableWidth-2) == "" {
		gutter = "  "
	}
	right := m.width - sideBySideTableWidth - len(gutter)
	table = fitHeight(table, sideBySideTableWidth, height)
	events := append([]string{newLine(right).add("", leftMargin(right)).add(s.theme.faint, "EVENTS").String()},
		eventList(s, right, height-1)...)
	for i := range table {
		table[i] += gutter + events[i]
	}
	return table
}

// eventsBelowTable is how many events are shown below the table if there is room.
const eventsBelowTable = 3

// tinyScreen draws the worst alert, or that all is well, and the time. The name
// is cut to make room for the value.
func tinyScreen(s *viewState, width, height int) []string {
	l := newLine(width)
	all := alerts(s)
	switch {
	case len(all) > 0:
		a := all[0]
		l.add(s.theme.title, string(markers[a.kind])+" ")
		l.addLeft(s.theme.title, a.subject, max(width-l.used-1-textWidth(a.shortest), 0)).addAtEdge(s.theme.title, " "+a.shortest)
	case len(s.house.Sensors) == 0:
		l.add("", "no sensors yet")
	default:
		l.add("", joinNonEmpty(" ", conditionSummary(s), outsideText(s)))
	}
	clock := newLine(width).add("", s.now.In(s.locale.zone).Format("15:04"))
	return fitHeight([]string{l.String(), clock.String()}, width, height)
}
