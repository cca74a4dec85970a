package ui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/house"
)

func TestFocus(t *testing.T) {
	later := func(d time.Duration) func(*house.State) {
		return func(s *house.State) { s.At = s.At.Add(d) }
	}
	warm := func(s *house.State) { s.Sensors[0].Celsius = 21.5 }
	silent := func(s *house.State) {
		s.Conditions = append([]house.Condition{{Kind: house.Silent, Sensor: 1, Pico: -1, Since: s.At}}, s.Conditions...)
	}
	tests := map[string]struct {
		focus   []tea.Msg
		changes []func(*house.State)
		drawn   bool
		rings   bool
	}{
		"a terminal that says nothing shows a reading at once": {nil, []func(*house.State){warm, later(time.Second)}, true, false},
		"without the focus a reading waits":                    {[]tea.Msg{tea.BlurMsg{}}, []func(*house.State){warm, later(9 * time.Second)}, false, false},
		"but not for longer than ten seconds":                  {[]tea.Msg{tea.BlurMsg{}}, []func(*house.State){warm, later(10 * time.Second)}, true, false},
		"nor if the clock was set back":                        {[]tea.Msg{tea.BlurMsg{}}, []func(*house.State){warm, later(-time.Hour)}, true, false},
		"a warning rings at once":                              {[]tea.Msg{tea.BlurMsg{}}, []func(*house.State){silent, later(time.Second)}, true, true},
		"with the focus back it goes on":                       {[]tea.Msg{tea.BlurMsg{}, tea.FocusMsg{}}, []func(*house.State){warm, later(time.Second)}, true, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := calm()
			m := newTestModel(f, 80, 24)
			for _, msg := range tt.focus {
				send(m, msg)
			}
			before := m.View().Content
			for _, change := range tt.changes {
				f.update(change)
			}
			_, cmd := m.Update(tickMsg{})
			if drawn := m.View().Content != before; drawn != tt.drawn {
				t.Errorf("drawn: %v, want %v", drawn, tt.drawn)
			}
			if rings := hasRaw(cmd); rings != tt.rings {
				t.Errorf("rings: %v, want %v", rings, tt.rings)
			}
		})
	}
}

func TestFocusCatchesUpAtOnce(t *testing.T) {
	f := calm()
	m := newTestModel(f, 80, 24)
	send(m, tea.BlurMsg{})
	f.update(func(s *house.State) { s.Sensors[0].Celsius = 21.5; s.At = s.At.Add(time.Second) })
	before := m.View().Content
	send(m, tickMsg{})
	if m.View().Content != before {
		t.Fatal("it drew without the focus")
	}
	send(m, tea.FocusMsg{})
	if m.View().Content == before {
		t.Error("it shows the old picture with the focus back")
	}
}

// hasRaw reports whether a command sends something to the terminal.
func hasRaw(cmd tea.Cmd) bool {
	if cmd == nil {
		return false
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			if hasRaw(c) {
				return true
			}
		}
	case tea.RawMsg:
		return true
	}
	return false
}
