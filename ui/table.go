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
	keys      keyMap
	sortOrder sortOrder

	rows     map[string]*row // by sensor
	items    []item          // the lines of the table, in display order
	selected string          // the key of the item under the cursor; empty for the first
	offset   int             // the first item on the screen
	folded   map[netip.Addr]bool

	filter  string // what is searched for; empty if nothing is
	window  window // of the sparklines
	shared  bool   // all sparklines have one scale
	columns columns
	compact bool // no Pico lines, and the rows in trouble first
	height  int
}

// An item is one line of the table: a sensor, else a Pico, else the names of
// the sensors that were not heard for unheardAfter.
type item struct {
	row     *row
	pico    *house.Pico
	hidden  []*row // of a Pico that is folded: its rows that are not shown
	unheard []string
}

// key tells an item from others; it is empty for one that cannot be selected. No ID of a
// sensor holds a control character.
func (i item) key() string {
	switch {
	case i.row != nil:
		return i.row.sensor.ID
	case len(i.hidden) > 0:
		return "\x00" + i.pico.Addr.String()
	}
	return ""
}

// unheardAfter is how long without a packet a sensor keeps its row.
const unheardAfter = 7 * 24 * time.Hour

func newTable(keys keyMap) table {
	return table{keys: keys, rows: map[string]*row{}, folded: map[netip.Addr]bool{}, window: windows[usualWindow]}
}

// update builds the items from a new state, of the sensors that are wanted. A sensor
// keeps its row from state to state.
func (t *table) update(s *viewState, wanted func(house.Sensor) bool) {
	known := make(map[string]*row, len(s.house.Sensors))
	rows := make([]*row, 0, len(s.house.Sensors))
	var unheard []string
	for _, sensor := range s.house.Sensors {
		if sensor.Hidden {
			continue
		}
		r := t.rows[sensor.ID]
		if r == nil {
			r = &row{}
		}
		r.update(sensor, s.now)
		if t.columns.sparkline > 0 {
			r.sparklineData.advance(s.now, t.window, t.columns.sparkline)
		}
		r.sparklineData.addReading(sensor)
		known[sensor.ID] = r
		if !wanted(sensor) {
			continue
		}
		if s.now.Sub(sensor.Heard) > unheardAfter {
			unheard = append(unheard, sensor.DisplayName)
			continue
		}
		rows = append(rows, r)
	}
	t.rows = known

	t.items = t.items[:0]
	t.sortOrder.sort(rows)
	switch {
	case t.compact:
		worstFirst(rows)
		fallthrough
	case t.sortOrder != byPico:
		for _, r := range rows {
			t.items = append(t.items, item{row: r})
		}
	default:
		t.groupByPico(rows, s)
	}
	if len(unheard) > 0 {
		t.items = append(t.items, item{unheard: unheard})
	}
}

// groupByPico lists the rows under their Picos. Those whose Pico is not known,
// since only history has them, come last.
func (t *table) groupByPico(rows []*row, s *viewState) {
	rowsOf := map[netip.Addr][]*row{}
	for _, r := range rows {
		rowsOf[r.sensor.Pico] = append(rowsOf[r.sensor.Pico], r)
	}
	picos := slices.Clone(s.house.Picos)
	for addr := range rowsOf {
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
		// A Pico without sensors is left out once it is silent: another address
		// has them now.
		if len(rowsOf[p.Addr]) == 0 && (p.Sensors > 0 || s.now.Sub(p.Heard) > statusStaleAfter) {
			continue
		}
		p.Sensors = len(rowsOf[p.Addr])
		shown, hidden := t.fold(p, rowsOf[p.Addr])
		t.items = append(t.items, item{pico: &p, hidden: hidden})
		for _, r := range shown {
			t.items = append(t.items, item{row: r})
		}
	}
}

// resize gives the table its height.
func (t *table) resize(height int) {
	t.height = max(height, 0)
	t.scrollToCursor()
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
	t.scrollToCursor()
}

// nextSortOrder sorts the table by the next order, the usual one after the last.
func (t *table) nextSortOrder() { t.sortOrder = (t.sortOrder + 1) % sortOrderCount }

// move selects the first sensor from item i on in the given direction.
func (t *table) move(i, step int) {
	for ; i >= 0 && i < len(t.items); i += step {
		if k := t.items[i].key(); k != "" {
			t.selected = k
			return
		}
	}
}

// moveToSensor selects the next sensor in the given direction, if there is one.
func (t *table) moveToSensor(step int) {
	for i := t.cursor() + step; i >= 0 && i < len(t.items); i += step {
		if t.items[i].row != nil {
			t.selected = t.items[i].key()
			break
		}
	}
	t.scrollToCursor()
}

// found is how many sensors have a row.
func (t *table) found() int {
	n := 0
	for _, i := range t.items {
		if i.row != nil {
			n++
		}
	}
	return n
}

// selectedSensor is the ID of the sensor under the cursor; empty if there is none.
func (t *table) selectedSensor() string {
	if at := t.cursor(); at >= 0 && t.items[at].row != nil {
		return t.items[at].row.sensor.ID
	}
	return ""
}

// cursor is the index of the selected item, -1 if there is none.
func (t *table) cursor() int {
	return slices.IndexFunc(t.items, func(i item) bool {
		return i.key() != "" && (t.selected == "" || i.key() == t.selected)
	})
}

// capacity is how many items fit, and whether that is fewer than there are, in
// which case the last line says so.
func (t *table) capacity() (n int, scrolls bool) {
	n = max(t.height-1, 0)
	if len(t.items) <= n {
		return n, false
	}
	return max(n-1, 0), true
}

// scrollToCursor keeps the selection valid and on the screen.
func (t *table) scrollToCursor() {
	at := t.cursor()
	if at < 0 {
		t.selected = ""
		at = max(t.cursor(), 0)
	}
	n, _ := t.capacity()
	top := at
	if at > 0 && t.items[at-1].pico != nil {
		top-- // the Pico's line belongs to its first sensor
	}
	t.offset = max(min(t.offset, top, len(t.items)-n), at-n+1, 0)
}
