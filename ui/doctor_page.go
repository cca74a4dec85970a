package ui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// A doctorPage shows why nothing is heard, as the doctor found out. It looks once each
// time the page is opened, and goes on when the page is left meanwhile.
type doctorPage struct {
	pager   pager
	running bool
	report  []string // the last one, clean
}

// doctorResult is the doctor's report.
type doctorResult struct{ text string }

// openDoctor opens the page, and has the doctor look unless that is under way.
func (m *model) openDoctor() tea.Cmd {
	m.open = doctorOpen
	if m.doctor.running {
		return nil
	}
	m.doctor.running, m.doctor.report, m.doctor.pager.offset = true, nil, 0
	return m.diagnose
}

// take takes the report.
func (d *doctorPage) take(r doctorResult, ascii bool) {
	d.running, d.report = false, nil
	for _, line := range strings.Split(strings.TrimSpace(r.text), "\n") {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		d.report = append(d.report, spaces(indent)+clean(line[indent:], ascii))
	}
}

// view draws the page in exactly the given rectangle.
func (d *doctorPage) view(s *viewState, width, height int) []string {
	p := &page{width: width, theme: s.theme}
	p.blankLine()
	if d.running {
		p.paragraph("Looking at the network, the ports, the firewall, the clock and the disk, and listening for a quarter of a minute ...")
		return d.pager.view(p.lines, s, width, height)
	}
	margin := leftMargin(width)
	for _, line := range d.report {
		for _, part := range strings.Split(ansi.Wrap(line, max(width-2*len(margin), 1), ""), "\n") {
			p.lines = append(p.lines, newLine(width).add("", margin+part).String())
		}
	}
	p.blankLine()
	p.paragraph("More, with a root's eyes:  sudo picotop doctor")
	return d.pager.view(p.lines, s, width, height)
}
