package ui

import (
	"testing"
)

func TestLayout(t *testing.T) {
	for height := minLayoutHeight; height <= 80; height++ {
		for _, table := range []int{1, 5, 14, 100} {
			none := newLayout(height, 0, table, height >= 10)
			for alerts := range 5 {
				l := newLayout(height, alerts, table, height >= 10)
				if l.table != none.table {
					t.Errorf("height %d, table %d: %d alerts change the table from %d to %d lines", height, table, alerts, none.table, l.table)
				}
				if l.rest < 0 || l.alerts < min(alerts, 1) || l.table < 1 {
					t.Errorf("newLayout(%d, %d, %d) = %+v", height, alerts, table, l)
				}
			}
		}
	}
}
