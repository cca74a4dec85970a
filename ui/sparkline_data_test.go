package ui

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/history"
	"picotop/house"
)

func TestCellStep(t *testing.T) {
	for cells, want := range map[int]time.Duration{
		72: 20 * time.Minute, 28: 55 * time.Minute, 10: 145 * time.Minute, 288: 5 * time.Minute, 1000: 5 * time.Minute, 1: 24 * time.Hour,
	} {
		if got := cellStep(cells); got != want {
			t.Errorf("cellStep(%d) = %v, want %v", cells, got, want)
		}
	}
}

// means rounds the cells of a trace to whole degrees, gaps to -99.
func means(tr *trace) []int {
	var out []int
	for _, c := range tr.cells {
		if c.count == 0 {
			out = append(out, -99)
			continue
		}
		out = append(out, int(math.Round(c.mean)))
	}
	return out
}

func TestTrace(t *testing.T) {
	const n, step = 4, 6 * time.Hour
	start := time.Date(2026, time.January, 5, 18, 0, 0, 0, time.UTC) // of the newest cell
	heard := func(at time.Time, c float64) house.Sensor { return house.Sensor{Valid: true, Heard: at, Celsius: c} }
	bucket := func(i, count int, mean float64) history.Bucket {
		return history.Bucket{Start: start.Add(time.Duration(i) * step), Count: count, Mean: mean}
	}
	const gap = -99

	tests := map[string]struct {
		do   func(*trace)
		want []int
	}{
		"new": {func(*trace) {}, []int{gap, gap, gap, gap}},
		"readings are averaged": {func(tr *trace) {
			tr.hear(heard(start.Add(time.Minute), 4))
			tr.hear(heard(start.Add(2*time.Minute), 8))
		}, []int{gap, gap, gap, 6}},
		"a reading counts once": {func(tr *trace) {
			tr.hear(heard(start.Add(time.Minute), 4))
			tr.hear(heard(start.Add(2*time.Minute), 8))
			tr.hear(heard(start.Add(2*time.Minute), 8))
		}, []int{gap, gap, gap, 6}},
		"a reading of before is the store's": {func(tr *trace) { tr.hear(heard(start.Add(-time.Minute), 4)) }, []int{gap, gap, gap, gap}},
		"the store fills the past": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(-3, 9, 1), bucket(-2, 0, 7), bucket(-1, 9, 3), bucket(0, 9, 4)})
		}, []int{1, gap, 3, 4}},
		"what is outside is left out": {func(tr *trace) { tr.fill([]history.Bucket{bucket(-4, 9, 1), bucket(1, 9, 2)}) }, []int{gap, gap, gap, gap}},
		"nonsense is left out": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(-1, 9, math.NaN()), bucket(0, 9, math.Inf(1))})
		}, []int{gap, gap, gap, gap}},
		"an empty store takes nothing away": {func(tr *trace) {
			tr.hear(heard(start.Add(time.Minute), 4))
			tr.fill([]history.Bucket{bucket(0, 0, 0)})
		}, []int{gap, gap, gap, 4}},
		"readings join what was loaded": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(0, 1, 2)})
			tr.hear(heard(start.Add(time.Minute), 4))
		}, []int{gap, gap, gap, 3}},
		"time moves the cells": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(-1, 9, 3), bucket(0, 9, 4)})
			tr.advance(start.Add(step), n)
		}, []int{gap, 3, 4, gap}},
		"the clock jumps back": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(0, 9, 4)})
			tr.advance(start.Add(-step), n)
		}, []int{gap, gap, gap, gap}},
		"another width": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(0, 9, 4)})
			tr.advance(start, n+1)
		}, []int{gap, gap, gap, gap, gap}},
		"a value set aside": {func(tr *trace) {
			s := heard(start.Add(time.Minute), 85)
			s.SetAside = true
			tr.hear(s)
		}, []int{gap, gap, gap, gap}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var tr trace
			tr.advance(start, n)
			tt.do(&tr)
			if diff := cmp.Diff(tt.want, means(&tr)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTraceAsksAgain(t *testing.T) {
	var tr trace
	tr.advance(monday, 28)
	if !tr.wants(monday) {
		t.Error("a new one does not ask")
	}
	if from := tr.ask(monday, 1); monday.Sub(from) < 24*time.Hour || monday.Sub(from) > 26*time.Hour {
		t.Errorf("it asks from %v on", from)
	}
	if tr.wants(monday.Add(askAgain - 1)) {
		t.Error("it asks twice")
	}
	if !tr.wants(monday.Add(askAgain)) {
		t.Error("it gave up")
	}
	tr.fill(nil)
	if tr.wants(monday.Add(time.Hour)) {
		t.Error("it asks for what it has")
	}
	tr.advance(monday.Add(time.Hour), 28)
	if !tr.wants(monday.Add(time.Hour)) {
		t.Error("it does not ask when a cell is complete")
	}
}
