package ui

import (
	"slices"

	"picotop/house"
)

// fold parts the rows of a Pico into those that are shown and, if it is folded, those that
// are not. What is warned of is shown. While there is searched nothing is folded.
func (t *table) fold(p house.Pico, rows []*row) (shown, hidden []*row) {
	if !t.folded[p.Addr] || t.filter != "" {
		return rows, nil
	}
	for _, r := range rows {
		if warned(r.sensor, p) {
			shown = append(shown, r)
		} else {
			hidden = append(hidden, r)
		}
	}
	return shown, hidden
}

// warned reports whether there is a warning of a sensor that is not one of its Pico.
func warned(s house.Sensor, p house.Pico) bool {
	return slices.ContainsFunc(house.Kinds(), func(k house.Kind) bool {
		return k.Warns() && s.Is(k) && (k != house.Silent || !p.Silent)
	})
}

// canFold reports whether the rows stand under their Picos.
func (t *table) canFold() bool { return !t.compact && t.sortOrder == byPico && t.filter == "" }

// toggleFold folds the Pico of item i, or shows its rows again. The cursor stays at it.
func (t *table) toggleFold(i int) {
	if i < 0 || i >= len(t.items) || !t.canFold() {
		return
	}
	for i > 0 && t.items[i].pico == nil { // the Pico's line is above its rows
		i--
	}
	p := t.items[i]
	switch {
	case p.pico == nil:
		return
	case t.folded[p.pico.Addr]:
		delete(t.folded, p.pico.Addr)
		if len(p.hidden) > 0 {
			t.selected = p.hidden[0].sensor.ID
		}
	default:
		t.folded[p.pico.Addr] = true
		t.selected = item{pico: p.pico, hidden: []*row{nil}}.key()
	}
}
