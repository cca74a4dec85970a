package ui

import "picotop/house"

const (
	// Below this size there is room for the worst alert and the time only.
	minLayoutWidth, minLayoutHeight = 20, 6
	// From this width on the events stand beside the table.
	minSideBySideWidth = sideBySideTableWidth + 41
)

// A layout is how many lines each pane between the top line and the keys gets.
type layout struct {
	alerts int
	table  int  // its header included
	rest   int  // for the events below the table
	health bool // whether there is a health line
}

// newLayout divides up a screen of at least minLayoutHeight. The height of the
// table does not depend on the number of alerts: they take lines from the
// events, so that the rows stay on the screen whatever happens.
func newLayout(height, alerts, table int, health bool) layout {
	free := height - 2 // the top line and the keys
	if health {
		free--
	}
	maxAlerts := min(maxAlertLines, free/4)
	l := layout{alerts: min(alerts, maxAlerts), table: min(table, free-maxAlerts), health: health}
	l.rest = free - l.alerts - l.table
	return l
}

// updateTable gives the table the current state, its columns and its height.
func (m *model) updateTable() {
	longest := 0
	for _, s := range m.viewState.house.Sensors {
		longest = max(longest, textWidth(s.DisplayName))
	}
	m.table.columns = columnsFor(m.tableWidth(), longest)
	m.table.compact = m.width < minFullWidth
	m.table.filter = m.finder.text()
	m.table.window = windows[m.detail.window]
	m.table.update(&m.viewState, func(sensor house.Sensor) bool { return m.finder.matches(&m.viewState, sensor) })
	m.table.resize(m.layout().table)
}

func (m *model) tableWidth() int {
	if m.width >= minSideBySideWidth {
		return sideBySideTableWidth
	}
	return m.width
}

func (m *model) layout() layout {
	// A narrow screen has no line to spare for what is well.
	health := m.height >= 10 && (m.width >= minFullWidth || len(problems(&m.viewState, m.width)) > 0)
	return newLayout(m.height, len(alerts(&m.viewState)), 1+len(m.table.items), health)
}
