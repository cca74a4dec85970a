package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

// TestPause holds that a pause stops the picture alone, says so and for how long at any
// size, and that what happened meanwhile is shown at its end.
func TestPause(t *testing.T) {
	for _, size := range [][2]int{{20, 6}, {40, 20}, {80, 24}, {200, 60}} {
		for _, keys := range [][]string{nil, {"enter"}, {"/", "C"}} {
			f := calm()
			m := newTestModel(f, size[0], size[1])
			press(m, "space")
			press(m, keys...)
			before := strings.Split(render(m), "\n")
			f.update(func(s *house.State) {
				s.At = s.At.Add(90 * time.Second)
				s.Sensors[0].Celsius, s.Sensors[0].Heard = -7.7, s.At
				s.Conditions = freezing(0, s.At)
			})
			_, cmd := m.Update(tickMsg{})
			if cmd == nil {
				t.Errorf("%v: the bell does not ring", size)
			}
			checkFrame(t, m)
			frame := render(m)
			if strings.Contains(frame, "-7.7") || !strings.Contains(frame, "paused for 1 min") {
				t.Errorf("%v %q: not paused:\n%s", size, keys, frame)
			}
			if title := m.View().WindowTitle; !strings.Contains(title, "FREEZING") {
				t.Errorf("%v: the title says %q", size, title)
			}
			changed := 0
			for i, l := range strings.Split(frame, "\n") {
				if l != before[i] {
					changed++
				}
			}
			if changed > 1 {
				t.Errorf("%v %q: %d lines changed", size, keys, changed)
			}
			press(m, "esc", "esc", "space")
			if frame := render(m); !strings.Contains(frame, "-7.7") || strings.Contains(frame, "paused") {
				t.Errorf("%v: does not go on:\n%s", size, frame)
			}
		}
	}
}

// TestPauseEnds holds that pages of what is wrong, what happened, and what is printed at
// the end show what is known, and a screen without room for the banner too.
func TestPauseEnds(t *testing.T) {
	for name, end := range map[string]func(*model) string{
		"warnings": func(m *model) string { press(m, "a"); return render(m) },
		"the end":  func(m *model) string { return m.finalTable() },
		"the end of a search": func(m *model) string {
			press(m, "/", "Z")
			return m.finalTable()
		},
		"a tiny one": func(m *model) string { send(m, tea.WindowSizeMsg{Width: 30, Height: 2}); return render(m) },
	} {
		t.Run(name, func(t *testing.T) {
			f := calm()
			m := newTestModel(f, 80, 24)
			press(m, "space")
			f.update(func(s *house.State) {
				s.Sensors[0].Celsius = -7.7
				s.Conditions = freezing(0, s.At)
			})
			send(m, tickMsg{})
			if got := end(m); !strings.Contains(got, "-7.7") {
				t.Errorf("old:\n%s", got)
			}
		})
	}
}

func freezing(sensor int, since time.Time) []house.Condition {
	return []house.Condition{{Kind: house.Freezing, Sensor: sensor, Pico: -1, Since: since}}
}
