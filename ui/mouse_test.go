package ui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestMouse(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	click := func(y int) { send(m, tea.MouseClickMsg{X: 10, Y: y, Button: tea.MouseLeft}) }
	if m.View().MouseMode != tea.MouseModeNone {
		t.Error("it is on from the start")
	}
	press(m, "m")
	if m.View().MouseMode == tea.MouseModeNone {
		t.Fatal("it is not on")
	}
	line := 3 // the head of the table, below two alerts
	click(line + 3)
	if got, _ := m.viewState.sensor(m.table.selectedSensor()); got.DisplayName != "Loft" {
		t.Errorf("selected %q", got.DisplayName)
	}
	click(line + 1) // the line of a Pico: folds
	if n := m.table.found(); n != 7 {
		t.Errorf("%d rows are shown of a house with a folded Pico, want 7", n)
	}
	click(line + 1) // and unfolds, with the cursor at what was hidden
	if n := m.table.found(); n != 10 {
		t.Errorf("%d rows are shown of the whole house, want 10", n)
	}
	send(m, tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	click(0)
	click(23)
	send(m, tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if got, _ := m.viewState.sensor(m.table.selectedSensor()); got.DisplayName != "Boiler Feed" {
		t.Errorf("selected %q", got.DisplayName)
	}
	click(line + 4)
	if m.open != detailOpen || m.detail.sensor != m.table.selectedSensor() {
		t.Error("a second click does not open the chart")
	}
	press(m, "esc")
	before := m.table.sortOrder
	click(line)
	if m.table.sortOrder == before {
		t.Error("a click on the head does not sort")
	}
	press(m, "m")
	click(line + 3)
	if m.View().MouseMode != tea.MouseModeNone {
		t.Error("it is still on")
	}
	checkFrame(t, m)
}
