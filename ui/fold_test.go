package ui

import (
	"slices"
	"testing"
)

// shownNames are the sensors that have a row, in order.
func shownNames(m *model) []string {
	var all []string
	for _, i := range m.table.items {
		if i.row != nil {
			all = append(all, i.row.sensor.DisplayName)
		}
	}
	return all
}

func TestFold(t *testing.T) {
	tests := map[string]struct {
		keys     []string
		hidden   []string // of those at airing-cupboard and shed
		selected string   // empty for the line of a Pico
	}{
		"what is warned of stays": {[]string{"f"}, []string{"Boiler Feed", "Hot Water", "Radiators"}, ""},
		"again shows them":        {[]string{"f", "f"}, nil, "Boiler Feed"},
		"enter shows them":        {[]string{"f", "enter"}, nil, "Boiler Feed"},
		"a silent Pico is told in its line": {
			[]string{"G", "f"}, []string{"Shed", "Log Store"}, "",
		},
		"from below its line": {[]string{"f", "down", "down", "f"}, nil, "Boiler Feed"},
		"finding looks behind": {
			[]string{"f", "/", "b", "o", "i", "l", "e", "r", "enter"}, []string{"Hot Water", "Radiators", "Shed", "Log Store"}, "Boiler Feed",
		},
		"another order has no Picos": {[]string{"s", "f"}, nil, "Outside"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := newTestModel(winter(), 80, 24)
			press(m, tt.keys...)
			checkFrame(t, m)
			shown := shownNames(m)
			for _, name := range []string{"Boiler Feed", "Hot Water", "Radiators", "Shed", "Log Store"} {
				if want := !slices.Contains(tt.hidden, name); slices.Contains(shown, name) != want {
					t.Errorf("%s is shown: %v, want %v", name, !want, want)
				}
			}
			got, _ := m.viewState.sensor(m.table.selectedSensor())
			if got.DisplayName != tt.selected {
				t.Errorf("selected %q, want %q", got.DisplayName, tt.selected)
			}
			if m.table.cursor() < 0 {
				t.Error("nothing is selected")
			}
		})
	}
}

// The chart goes past the line of a Pico that is folded.
func TestFoldedPicoHasNoChart(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	press(m, "f", "down", "enter")
	for range 20 {
		press(m, "tab")
		if m.table.selectedSensor() == "" || m.detail.sensor != m.table.selectedSensor() {
			t.Fatal("a chart without a sensor")
		}
	}
}

func TestWindowOfTheRows(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	press(m, "-")
	if m.table.window.name != "7d" || windows[m.detail.window].name != "7d" {
		t.Errorf("the rows show %s and charts %s", m.table.window.name, windows[m.detail.window].name)
	}
	row := m.table.items[m.table.cursor()].row
	low, high, ok := row.sparklineData.extremes()
	if !ok || row.sparklineData.window.name != "7d" {
		t.Fatalf("nothing is known of the 7 days: %+v", row.sparklineData)
	}
	gotLow, gotHigh := row.extremes(m.viewState.locale)
	if gotLow != m.viewState.locale.temp(low) || gotHigh != m.viewState.locale.temp(high) {
		t.Errorf("the low and the high are %s and %s, want %v and %v", gotLow, gotHigh, low, high)
	}
	press(m, "+")
	if gotLow, _ = row.extremes(m.viewState.locale); gotLow != extremeText(row.sensor.Low, m.viewState.locale) {
		t.Errorf("of the last 24 hours the low is %s, want the house's", gotLow)
	}
}

func TestOneScale(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	own := m.table.sharedScale()
	press(m, "=")
	s := m.table.sharedScale()
	if own != nil || s == nil || s.low > -1.9 || s.high < 38 {
		t.Errorf("before there was %v, and then %v", own, s)
	}
}
