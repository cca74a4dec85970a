package ui

import (
	tea "charm.land/bubbletea/v2"
)

// The mouse is off until the user turns it on, since a terminal that reports it does not
// let text be selected.

// wheel scrolls what is open, or moves the cursor of the table.
func (m *model) wheel(button tea.MouseButton) tea.Cmd {
	code := tea.KeyDown
	if button == tea.MouseWheelUp {
		code = tea.KeyUp
	} else if button != tea.MouseWheelDown {
		return nil
	}
	return m.press(tea.KeyPressMsg{Code: code})
}

// click selects the sensor under the mouse, and opens its chart if it is selected; on
// the head of the table it sorts, and on a Pico it folds.
func (m *model) click(x, y int) {
	if m.open != noPage || m.listing() || m.noSensors() || x >= m.tableWidth() {
		return
	}
	line := y - 1 - m.layout().alerts // below the top line and the alerts
	items := m.table.visibleItems()
	switch {
	case line == 0:
		m.table.nextSortOrder()
		m.updateTable()
	case line > 0 && line <= len(items) && items[line-1].row != nil:
		sensor := items[line-1].row.sensor.ID
		if sensor == m.table.selectedSensor() {
			m.open = detailOpen
		}
		m.table.selected = sensor
		m.detail.show(sensor)
		m.table.scrollToCursor()
	case line > 0 && line <= len(items) && items[line-1].pico != nil:
		m.table.toggleFold(m.table.offset + line - 1)
		m.updateTable()
	}
}
