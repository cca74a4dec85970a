package ui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// keyPressed handles a key. done says that nothing is to be drawn anew: the user quits or
// goes to the shell.
func (m *model) keyPressed(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	f := m.openFinder()
	switch {
	case f != nil && f.typing && f.press(k):
		if k.String() == "ctrl+c" {
			return tea.Quit, true
		}
		m.showFound()
		return nil, false
	case k.String() == "ctrl+z" && m.remote:
		return nil, true
	case k.String() == "ctrl+z":
		return tea.Suspend, true // the shell's fg brings it back
	case key.Matches(k, m.keys.quit.Binding):
		return tea.Quit, true
	}
	return m.press(k), false
}

// press handles a key that does not quit.
func (m *model) press(k tea.KeyPressMsg) tea.Cmd {
	dragged := m.detail.drag.on()
	m.detail.told, m.detail.drag = "", drag{}
	if m.listing() {
		if cmd, taken := m.pressHouses(k); taken {
			return cmd
		}
	}
	f := m.openFinder()
	switch {
	case key.Matches(k, m.keys.help.Binding):
		m.toggle(helpOpen)
		m.help.reset()
	case key.Matches(k, m.keys.alerts.Binding) && !m.noSensors():
		m.resume()
		m.toggle(alertMenuOpen)
		m.alertMenu.trouble = ""
	case key.Matches(k, m.keys.log.Binding):
		m.resume()
		m.toggle(logOpen)
		m.log.find.clear()
		m.log.past.reset()
		m.log.take(m.viewState.house.Events, m.packets())
	case dragged && key.Matches(k, m.keys.close.Binding): // that was all
	case m.zoomed() && key.Matches(k, m.keys.zoomOut.Binding, m.keys.longer.Binding):
		m.detail.zoomOut()
	case m.chartShown() && (key.Matches(k, m.keys.zoomIn.Binding) || key.Matches(k, m.keys.shorter.Binding) && (m.zoomed() || m.detail.window == 0)):
		m.detail.zoomIn(m.viewState.now)
	case m.open == noPage && key.Matches(k, m.keys.close.Binding) && (f == nil || f.text() == "") && m.houses.source != nil:
		m.leaveHouse()
	case f != nil && key.Matches(k, m.keys.close.Binding) && (m.open == noPage || f.text() != ""):
		f.clear()
		m.showFound()
	case key.Matches(k, m.keys.close.Binding):
		m.open = noPage
		m.updateTable() // the window may be another one
	case key.Matches(k, m.keys.mouse.Binding):
		m.mouse = !m.mouse
		m.clock.expect(soon) // the picture stays the same
	case key.Matches(k, m.keys.unit.Binding):
		m.viewState.locale.fahrenheit = !m.viewState.locale.fahrenheit
	case f != nil && key.Matches(k, m.keys.find.Binding) && (m.open != noPage || !m.noSensors()):
		f.begin()
	case m.open == helpOpen:
		m.help.pager.press(k)
	case m.open == alertMenuOpen:
		if d, ok := m.alertMenu.press(k, &m.viewState); ok {
			return func() tea.Msg { return m.decide(d) }
		}
	case m.open == logOpen:
		m.log.press(k, m.viewState.now)
	case m.open == doctorOpen:
		m.doctor.pager.press(k)
	case m.noSensors() && m.canDiagnose() && key.Matches(k, m.keys.doctor.Binding):
		return m.openDoctor()
	case m.canPause() && key.Matches(k, m.keys.pause.Binding):
		m.togglePause()
	case m.open == detailOpen && key.Matches(k, m.keys.export.Binding):
		return m.startExport()
	case m.open == detailOpen:
		m.detail.press(k, m.nextSensor)
	case m.noSensors():
		m.firstRun.press(k)
	case key.Matches(k, m.keys.enter.Binding) && m.table.selectedSensor() != "":
		m.open = detailOpen
		m.detail.show(m.table.selectedSensor())
	case key.Matches(k, m.keys.sort.Binding):
		m.table.nextSortOrder()
		m.updateTable()
	case key.Matches(k, m.keys.enter.Binding), key.Matches(k, m.keys.fold.Binding):
		m.table.toggleFold(m.table.cursor())
		m.updateTable()
	case key.Matches(k, m.keys.sameScale.Binding):
		m.table.shared = !m.table.shared
	case key.Matches(k, m.keys.left.Binding, m.keys.right.Binding):
		if _, height := m.chartPane(); height > 0 {
			m.detail.press(k, nil)
		}
	case key.Matches(k, m.keys.longer.Binding, m.keys.shorter.Binding, m.keys.windows.Binding):
		m.detail.press(k, nil)
		m.updateTable()
	default:
		m.table.press(k)
	}
	return nil
}

// toggle opens a page, or closes it if it is open.
func (m *model) toggle(p openPage) {
	if m.open == p {
		p = noPage
	}
	m.open = p
}
