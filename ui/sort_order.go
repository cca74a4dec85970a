package ui

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"picotop/house"
)

// An order is a way to sort the table.
type order int

const (
	byPico order = iota
	byColdest
	byName
	byAge
	orders // how many there are
)

// String says how the table is sorted, for its header; empty for the usual
// order.
func (o order) String() string {
	return [orders]string{byPico: "", byColdest: "coldest", byName: "by name", byAge: "by age"}[o]
}

// sort brings rows, which come in the order of the house, into another one.
// None of these orders changes with every reading: rows that move by
// themselves cannot be read.
func (o order) sort(rows []*row) {
	switch o {
	case byColdest:
		slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(a.rank, b.rank) })
	case byName:
		slices.SortStableFunc(rows, func(a, b *row) int { return strings.Compare(a.folded, b.folded) })
	case byAge:
		// Those on time are all of the same age, whoever spoke last.
		slices.SortStableFunc(rows, func(a, b *row) int {
			late, later := a.late, b.late
			switch {
			case late && later:
				return a.sensor.Heard.Compare(b.sensor.Heard)
			case late:
				return -1
			case later:
				return 1
			}
			return 0
		})
	}
}

// troubledFirst puts the rows with something wrong above the others, worst
// first.
func troubledFirst(rows []*row) {
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(severity(a.sensor), severity(b.sensor)) })
}

// severity is 0 for a sensor in the worst condition, and more for a better.
func severity(s house.Sensor) int {
	for i, k := range house.Kinds() {
		if s.Is(k) {
			return i
		}
	}
	return math.MaxInt
}

// rankStep is how far, in kelvin, a sensor must move before the order by
// temperature notices.
const rankStep = 0.25

// rerank gives the row the temperature that it is sorted by.
func (r *row) rerank() {
	switch c := r.sensor.Celsius; {
	case !r.sensor.Valid:
		r.rank = math.Inf(1)
	case !(math.Abs(c-r.rank) <= rankStep): // also if it had none
		r.rank = c
	}
}
