package ui

import (
	"strings"
	"testing"
)

// rowNames lists the rows from the top.
func rowNames(m *model) string {
	var all []string
	for _, i := range m.table.items {
		if i.row != nil {
			all = append(all, i.row.sensor.FriendlyName)
		}
	}
	return strings.Join(all, ", ")
}

func TestRowsStay(t *testing.T) {
	f := newFakeSource()
	f.addSensor(garage, "A", 5, 0, 0, 0, 0, "")
	f.addSensor(garage, "B", 4, 0, 0, 0, 0, "")
	f.addSensor(garage, "C", 9, 0, 0, 0, 0, "")
	m := newTestModel(f, 80, 24)
	press(m, "s")
	step := func(want string, i int, celsius float64) {
		t.Helper()
		f.setReading(i, monday, celsius)
		m.Update(tickMsg{})
		if got := rowNames(m); got != want {
			t.Errorf("%.2f at %d: got %s, want %s", celsius, i, got, want)
		}
	}
	step("B, A, C", 1, 4.2)
	step("A, B, C", 1, 5.1)
	step("A, B, C", 1, 4.9) // a little colder is not enough to change places again
	step("A, B, C", 1, 5.1)
	step("B, A, C", 1, 4.8)
}

func TestCursor(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	under := func() string { return m.table.items[m.table.cursor()].row.sensor.FriendlyName }
	tests := []struct{ key, want string }{
		{"up", "Cold Water Tank"},
		{"down", "Loft"},
		{"j", "Boiler Feed"},
		{"k", "Loft"},
		{"G", "Log Store"},
		{"down", "Log Store"},
		{"g", "Cold Water Tank"},
		{"end", "Log Store"},
		{"s", "Log Store"},
		{"home", "Outside"},
	}
	for _, tt := range tests {
		if press(m, tt.key); under() != tt.want {
			t.Errorf("%s leads to %s, want %s", tt.key, under(), tt.want)
		}
	}
}
