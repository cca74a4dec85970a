package ui

import (
	"cmp"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// lines draws the screen, line by line. That it is paused stands where the keys are
// else, but while there is typed.
func (m *model) lines() []string {
	m.plot = area{}
	if m.listing() && (m.width < minLayoutWidth || m.height < minLayoutHeight) {
		return m.houses.tiny(m.current(), m.width, m.height)
	}
	if m.width < minLayoutWidth || m.height < minLayoutHeight {
		return tinyScreen(m.current(), m.width, m.height)
	}
	lines := m.pageLines()
	switch {
	case !m.pause.on():
	case m.openFinder() != nil && m.openFinder().typing:
		lines[0] = m.pauseLine(m.width)
	default:
		lines[len(lines)-1] = m.pauseLine(m.width)
	}
	return lines
}

// pageLines draws the page that is open, line by line.
func (m *model) pageLines() []string {
	s, w, h := &m.viewState, m.width, m.height
	var lines []string
	switch {
	case m.listing():
		return m.houses.view(s, w, h)
	case m.open == alertMenuOpen:
		lines = append(lines, topLine(s, w))
		lines = append(lines, m.alertMenu.view(s, w, h-2)...)
		return append(lines, keysLine(s, w, append(m.alertMenu.bindings(s), m.keys.close, m.keys.quit)...))
	case m.open == detailOpen:
		lines = append(lines, m.detailPage(w, h-1)...)
		if m.zoomed() {
			return append(lines, keysLine(s, w, m.keys.left, m.keys.zoomIn, m.keys.next, m.keys.export, m.keys.zoomOut, m.keys.help, m.keys.quit))
		}
		return append(lines, keysLine(s, w, m.keys.zoomIn, m.keys.left, m.keys.windows, m.keys.next, m.keys.overlay, m.keys.export, m.keys.close, m.keys.help, m.keys.quit))
	case m.open == logOpen:
		lines = append(lines, topLine(s, w))
		lines = append(lines, m.log.view(s, w, h-2)...)
		if m.log.find.typing {
			return append(lines, m.log.find.view(s, m.log.found, m.log.all, w))
		}
		return append(lines, keysLine(s, w, m.keys.up, m.keys.down, tabLists, m.keys.pause, m.keys.find, m.keys.close, m.keys.quit))
	case m.open == helpOpen:
		lines = append(lines, topLine(s, w))
		lines = append(lines, m.help.view(s, w, h-2)...)
		if m.help.find.typing {
			return append(lines, m.help.find.view(s, m.help.found, m.help.all, w))
		}
		return append(lines, keysLine(s, w, append(m.help.pager.bindings(), m.keys.find, m.keys.close, m.keys.quit)...))
	case m.open == doctorOpen:
		lines = append(lines, topLine(s, w))
		lines = append(lines, m.doctor.view(s, w, h-2)...)
		return append(lines, keysLine(s, w, append(m.doctor.pager.bindings(), m.keys.close, m.keys.quit)...))
	case m.noSensors():
		lines = append(lines, topLine(s, w))
		lines = append(lines, m.firstRun.view(firstRunPage(s, w, m.canDiagnose()), s, w, h-3)...)
		keys := m.firstRun.bindings()
		if m.canDiagnose() {
			keys = append(keys, m.keys.doctor)
		}
		return append(lines, healthLine(s, w), keysLine(s, w, append(keys, m.keys.log, m.keys.help, m.keys.quit)...))
	}

	l := m.layout()
	lines = append(lines, topLine(s, w))
	lines = append(lines, alertLines(s, w, l.alerts)...)
	lines = append(lines, m.tableAndEvents(l)...)
	if l.health {
		lines = append(lines, healthLine(s, w))
	}
	if m.finder.typing {
		return append(lines, m.finder.view(s, m.table.found(), len(s.house.Sensors), w))
	}
	if w < minFullWidth {
		return append(lines, keysLine(s, w, m.keys.move, m.keys.enter, m.keys.help, m.keys.quit))
	}
	if m.zoomed() {
		return append(lines, keysLine(s, w, m.keys.move, m.keys.enter, m.keys.zoomIn, m.keys.zoomOut, m.keys.help, m.keys.quit))
	}
	if m.houses.source != nil {
		return append(lines, keysLine(s, w, m.keys.pause, m.keys.move, m.keys.enter, m.keys.find, m.keys.alerts, m.keys.log, m.keys.sort, m.keys.houses, m.keys.help, m.keys.quit))
	}
	keys := []binding{m.keys.pause, m.keys.move, m.keys.enter, m.keys.find, m.keys.windowNamed(m.table.window), m.keys.alerts, m.keys.log, m.keys.sort, m.keys.unit, m.keys.help, m.keys.quit}
	if m.chartShown() {
		keys = append([]binding{m.keys.zoomIn}, keys...)
	}
	return append(lines, keysLine(s, w, keys...))
}

// tabLists is the key that shows the other list.
var tabLists = newBinding([]string{"tab"}, "tab", "events or packets", "")

// tableAndEvents draws the table and the events, below each other or side by side.
func (m *model) tableAndEvents(l layout) []string {
	s := &m.viewState
	table := m.table.view(s, true)
	chartWidth, chartHeight := m.chartPane()
	top := 1 + l.alerts // below the top line
	if m.width < minSideBySideWidth {
		rest := l.rest - chartHeight
		shown := len(foldEvents(s.house.Events, min(rest, max(rest/2, eventsBelowTable))))
		table = fitHeight(table, m.width, l.table+rest-shown)
		if chartHeight > 0 {
			chart := m.chartBelow(chartWidth, chartHeight)
			m.plot = m.plot.moved(0, top+len(table))
			table = append(table, chart...)
		}
		return append(table, eventList(s, m.width, shown)...)
	}
	height, gutter := l.table+l.rest, " "
	if leftMargin(m.width-sideBySideTableWidth-2) == "" {
		gutter = "  "
	}
	right := m.width - sideBySideTableWidth - len(gutter)
	table = fitHeight(table, sideBySideTableWidth, height)
	var side []string
	if chartHeight > 0 {
		side = append(m.detailPage(right, chartHeight), spaces(right))
		m.plot = m.plot.moved(m.width-right, top)
	}
	side = append(side, newLine(right).add("", leftMargin(right)).add(s.theme.faint, "EVENTS").String())
	side = append(side, eventList(s, right, height-len(side))...)
	for i := range table {
		table[i] += gutter + side[i]
	}
	return table
}

const (
	// minChartBelow is how many lines must be free below the table for a chart.
	minChartBelow, maxChartBelow = 10, 20
	// minChartBeside is how many lines a chart beside the table takes at the least, where
	// some are left for events. It takes two thirds if those are more.
	minChartBeside, eventsBeside = 14, 6
)

// chartPane is the room for the chart of the selected sensor beside or below the table;
// its height is 0 if there is none.
func (m *model) chartPane() (width, height int) {
	if m.width < minFullWidth || m.noSensors() {
		return 0, 0
	}
	l := m.layout()
	if m.width < minSideBySideWidth {
		free := l.rest - len(foldEvents(m.viewState.house.Events, eventsBelowTable))
		if free < minChartBelow {
			return 0, 0
		}
		return m.width, min(free, maxChartBelow)
	}
	free := l.table + l.rest
	if free-eventsBeside < minChartBeside {
		return 0, 0
	}
	gutter := 1
	if leftMargin(m.width-sideBySideTableWidth-2) == "" {
		gutter = 2
	}
	return m.width - sideBySideTableWidth - gutter, max(2*free/3, minChartBeside)
}

// chartShown reports whether there is a chart on the screen.
func (m *model) chartShown() bool {
	_, height := m.chartPane()
	return !m.listing() && (m.open == detailOpen || m.open == noPage && height > 0)
}

// zoomed reports whether there is one that shows a part of its window.
func (m *model) zoomed() bool { return m.detail.zoom.on() && m.chartShown() }

// chartBelow draws the chart below the table: a line that says of what, and the chart.
func (m *model) chartBelow(width, height int) []string {
	s, d := &m.viewState, &m.detail
	sensor, ok := s.sensor(d.sensor)
	l := newLine(width).add("", leftMargin(width))
	if !ok {
		return fitHeight(nil, width, height)
	}
	name := ansi.Truncate(sensor.DisplayName, max(width/3, maxNameWidth), "…") // the figures are behind it
	l.add(s.theme.title, name).add(s.theme.faint, "  "+d.rangeName(s)+" ")
	if why := d.missing(s, width); why != nil {
		return fitHeight(append([]string{l.addRule(s.theme.faint).String()}, why...), width, height)
	}
	text := cmp.Or(d.told, d.figures(s, width-l.used-4))
	if rule := width - l.used - textWidth(text) - 3; text != "" && rule > 0 {
		l.add(s.theme.faint, strings.Repeat("─", rule)).add("", " "+text+" ").add(s.theme.faint, "─")
	} else {
		l.addRule(s.theme.faint)
	}
	m.plot = area{chartLabelWidth, 1, width - chartLabelWidth, height - 1}
	return append([]string{l.String()}, d.chart(s, sensor, width, height-1)...)
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
