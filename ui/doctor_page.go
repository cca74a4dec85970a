package ui

import (
	tea "charm.land/bubbletea/v2"
)

// A DoctorLine is one line of what the doctor found: a text, and the label in front of it,
// such as "ok" or "First:". A label may be empty; if both are, the line is blank.
type DoctorLine struct{ Label, Text string }

// doctorColumn is the width of the column with the labels.
const doctorColumn = 10

// A doctorPage shows why nothing is heard, as the doctor found out. It looks once each
// time the page is opened, and goes on when the page is left meanwhile.
type doctorPage struct {
	pager   pager
	running bool
	report  []DoctorLine // the last one, clean
}

// doctorResult is the doctor's report.
type doctorResult struct{ report []DoctorLine }

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
	for _, l := range r.report {
		d.report = append(d.report, DoctorLine{Label: clean(l.Label, ascii), Text: clean(l.Text, ascii)})
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
	for _, l := range d.report {
		p.entry(s.theme.title, l.Label, doctorColumn, l.Text)
	}
	p.blankLine()
	p.paragraph("More, with a root's eyes:  sudo picotop doctor")
	return d.pager.view(p.lines, s, width, height)
}
