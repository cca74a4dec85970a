package ui

import (
	"net/netip"
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

// table is the list of sensors, grouped by Pico unless it is sorted
// otherwise.
type table struct {
	keys  keyMap
	order order

	rows     map[string]*row // by sensor
	items    []item          // the lines of the table, in display order
	selected string          // the sensor under the cursor; empty for the first row
	offset   int             // the first item on the screen

	columns columns
	compact bool // no Pico lines, and the rows in trouble first
	height  int
}

// An item is one line of the table: a sensor, else a Pico, else the names of
// the sensors that were given up.
type item struct {
	row  *row
	pico *house.Pico
	gone []string
}

// givenUp is after how long without a packet a sensor loses its row.
const givenUp = 7 * 24 * time.Hour

func newTable(keys keyMap) table {
	return table{keys: keys, rows: map[string]*row{}}
}

// put takes what is known now.
func (t *table) put(s *viewState) {
	known := make(map[string]*row, len(s.house.Sensors))
	rows := make([]*row, 0, len(s.house.Sensors))
	var gone []string
	for _, sensor := range s.house.Sensors {
		r := t.rows[sensor.ID]
		if r == nil {
			r = &row{}
		}
		r.put(sensor, s.now)
		if t.columns.sparkline > 0 {
			r.sparklineData.advance(s.now, t.columns.sparkline)
		}
		r.sparklineData.addReading(sensor)
		known[sensor.ID] = r
		if s.now.Sub(sensor.Heard) > givenUp {
			gone = append(gone, sensor.FriendlyName)
			continue
		}
		rows = append(rows, r)
	}
	t.rows = known

	t.items = t.items[:0]
	t.order.sort(rows)
	switch {
	case t.compact:
		troubledFirst(rows)
		fallthrough
	case t.order != byPico:
		for _, r := range rows {
			t.items = append(t.items, item{row: r})
		}
	default:
		t.group(rows, s)
	}
	if len(gone) > 0 {
		t.items = append(t.items, item{gone: gone})
	}
}

// group lists the rows under their Picos. Those that nobody was heard to send
// come last.
func (t *table) group(rows []*row, s *viewState) {
	of := map[netip.Addr][]*row{}
	for _, r := range rows {
		of[r.sensor.Pico] = append(of[r.sensor.Pico], r)
	}
	picos := slices.Clone(s.house.Picos)
	for addr := range of {
		if !slices.ContainsFunc(picos, func(p house.Pico) bool { return p.Addr == addr }) {
			picos = append(picos, house.Pico{Addr: addr})
		}
	}
	slices.SortStableFunc(picos, func(a, b house.Pico) int {
		switch {
		case a.Addr.IsValid() == b.Addr.IsValid():
			return 0
		case a.Addr.IsValid():
			return -1
		default:
			return 1
		}
	})
	for _, p := range picos {
		// One that lost its sensors to another address says nothing more.
		if len(of[p.Addr]) == 0 && s.now.Sub(p.Heard) > statusStaleAfter {
			continue
		}
		p.Sensors = len(of[p.Addr])
		t.items = append(t.items, item{pico: &p})
		for _, r := range of[p.Addr] {
			t.items = append(t.items, item{row: r})
		}
	}
}

// resize gives the table its height.
func (t *table) resize(height int) {
	t.height = max(height, 0)
	t.follow()
}

// press handles a key.
func (t *table) press(k tea.KeyPressMsg) {
	at := t.cursor()
	switch {
	case key.Matches(k, t.keys.up.Binding):
		t.move(at-1, -1)
	case key.Matches(k, t.keys.down.Binding):
		t.move(at+1, 1)
	case key.Matches(k, t.keys.first.Binding):
		t.move(0, 1)
	case key.Matches(k, t.keys.last.Binding):
		t.move(len(t.items)-1, -1)
	}
	t.follow()
}

// sort changes to the next order.
func (t *table) sort() { t.order = (t.order + 1) % orders }

// move selects the first sensor from item i on in the given direction.
func (t *table) move(i, step int) {
	for ; i >= 0 && i < len(t.items); i += step {
		if r := t.items[i].row; r != nil {
			t.selected = r.sensor.ID
			return
		}
	}
}

// cursor is the index of the selected item, -1 if there is none.
func (t *table) cursor() int {
	return slices.IndexFunc(t.items, func(i item) bool {
		return i.row != nil && (t.selected == "" || i.row.sensor.ID == t.selected)
	})
}

// window is how many items fit, and whether that is fewer than there are.
// Then the last line says so.
func (t *table) window() (n int, scrolls bool) {
	n = max(t.height-1, 0)
	if len(t.items) <= n {
		return n, false
	}
	return max(n-1, 0), true
}

// follow keeps the selection valid and on the screen.
func (t *table) follow() {
	at := t.cursor()
	if at < 0 {
		t.selected = ""
		at = max(t.cursor(), 0)
	}
	n, _ := t.window()
	top := at
	if at > 0 && t.items[at-1].pico != nil {
		top-- // the Pico's line belongs to its first sensor
	}
	t.offset = max(min(t.offset, top, len(t.items)-n), at-n+1, 0)
}
