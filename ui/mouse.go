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

// An area is a part of the screen, in cells. The zero value is none.
type area struct{ x, y, width, height int }

func (a area) holds(x, y int) bool {
	return x >= a.x && x < a.x+a.width && y >= a.y && y < a.y+a.height
}

// moved is the area as seen from a pane's outside, where the pane is at x, y.
func (a area) moved(x, y int) area {
	if a == (area{}) {
		return a
	}
	return area{a.x + x, a.y + y, a.width, a.height}
}

// click begins to choose a part of a chart. Elsewhere it selects the sensor under the
// mouse, and opens its chart if it is selected; on the head of the table it sorts, and on
// a Pico it folds.
func (m *model) click(x, y int) {
	if m.plot.holds(x, y) && m.detail.beginDrag(x-m.plot.x) {
		return
	}
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
