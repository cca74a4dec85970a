package ui

import (
	"cmp"
	"math"
	"slices"

	"github.com/maruel/natural"

	"picotop/house"
)

// A sortOrder is a way to sort the table.
type sortOrder int

const (
	byPico sortOrder = iota
	byColdest
	byName
	byAge
	sortOrderCount // how many there are
)

// String says how the table is sorted, for its header; empty for the usual
// order.
func (o sortOrder) String() string {
	return [sortOrderCount]string{byPico: "", byColdest: "coldest", byName: "by name", byAge: "by age"}[o]
}

// sortOrderNamed is the order that an owner calls so; the usual one for any other
// name.
func sortOrderNamed(name string) sortOrder {
	return map[string]sortOrder{"coldest": byColdest, "name": byName, "age": byAge}[name]
}

// sort brings rows, which come in the order of the house, into another one.
// None of these orders changes with every reading: rows that move by
// themselves cannot be read.
func (o sortOrder) sort(rows []*row) {
	switch o {
	case byColdest:
		slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(a.sortCelsius, b.sortCelsius) })
	case byName:
		slices.SortStableFunc(rows, func(a, b *row) int { return natural.Compare(a.sortName, b.sortName) })
	case byAge:
		// Those on time count as equally old, whichever was heard last.
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

// worstFirst sorts the rows by their worst condition; those without one come
// last.
func worstFirst(rows []*row) {
	slices.SortStableFunc(rows, func(a, b *row) int { return cmp.Compare(severityRank(a.sensor), severityRank(b.sensor)) })
}

// severityRank is 0 for a sensor in the worst condition, and higher for a better
// one.
func severityRank(s house.Sensor) int {
	for i, k := range house.Kinds() {
		if s.Is(k) {
			return i
		}
	}
	return math.MaxInt
}

// sortHysteresis is how far, in kelvin, a temperature must move before its row is
// sorted by the new one, so that rows do not change places with every reading.
const sortHysteresis = 0.25

// updateSortCelsius sets the temperature that the row is sorted by.
func (r *row) updateSortCelsius() {
	switch c := r.sensor.Celsius; {
	case !r.sensor.Valid:
		r.sortCelsius = math.Inf(1)
	case !(math.Abs(c-r.sortCelsius) <= sortHysteresis): // also if it had none
		r.sortCelsius = c
	}
}
