package ui

import (
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"
)

// An Export is what a chart shows, as a table.
type Export struct {
	Name string     // what it is of, such as "Cold Water Tank 24h"
	Rows [][]string // the first names the columns
}

// exportResult is what became of an export. It carries its sensor, so that one that
// comes late is not told on another's page.
type exportResult struct {
	sensor, path string
	err          error
}

// startExport hands what the chart shows to who writes it, in the background.
func (m *model) startExport() tea.Cmd {
	d := &m.detail
	sensor, ok := m.viewState.sensor(d.sensor)
	if m.export == nil || !ok || !d.ready() {
		return nil
	}
	of := windows[d.window].name
	if d.zoom.on() {
		of = d.zoom.from.In(m.viewState.locale.zone).Format("2006-01-02-1504") + " to " + d.zoom.to.In(m.viewState.locale.zone).Format("2006-01-02-1504")
	}
	table := Export{Name: sensor.DisplayName + " " + of, Rows: d.data.rows(m.viewState.locale)}
	return func() tea.Msg {
		path, err := m.export(table)
		return exportResult{sensor.ID, path, err}
	}
}

// rows are the buckets as a table, in the unit that is shown. What was not heard has
// empty cells, so that a gap stays one.
func (d chartData) rows(f locale) [][]string {
	number := func(celsius float64) string { return strconv.FormatFloat(f.value(celsius), 'f', 3, 64) }
	readings := "readings"
	if d.to.Sub(d.from) > hoursFrom {
		readings = "hours with readings"
	}
	rows := [][]string{{"from", readings, "low " + f.unit(), "mean " + f.unit(), "high " + f.unit()}}
	for _, b := range d.buckets {
		row := []string{b.Start.In(f.zone).Format(time.RFC3339), strconv.Itoa(b.Count), "", "", ""}
		if b.Start.Before(d.from) {
			row[0] = d.from.In(f.zone).Format(time.RFC3339)
		}
		if b.Count > 0 {
			row[2], row[3], row[4] = number(b.Min), number(b.Mean), number(b.Max)
		}
		rows = append(rows, row)
	}
	return rows
}

// takeExport tells where the file is, or why there is none.
func (d *detail) takeExport(r exportResult, ascii bool) {
	switch {
	case r.sensor != d.sensor:
	case r.err != nil:
		d.told = "not written: " + clean(r.err.Error(), ascii)
	default:
		d.told = "written: " + clean(r.path, ascii)
	}
}
