package ui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func TestEscapeNeverQuits(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	for _, key := range []string{"?", "esc", "esc"} {
		_, cmd := m.Update(tea.KeyPressMsg{Code: map[string]rune{"?": '?', "esc": tea.KeyEscape}[key], Text: strings.TrimPrefix(key, "esc")})
		if cmd != nil {
			t.Errorf("%s does something", key)
		}
	}
	if m.open == helpOpen {
		t.Error("esc does not close the help")
	}
}

func TestQuitAtAnySize(t *testing.T) {
	for _, w := range []int{0, 1, 19, 80} {
		m := newTestModel(winter(), w, w/3)
		_, cmd := m.Update(tea.KeyPressMsg{Code: 'q', Text: "q"})
		if cmd == nil {
			t.Fatalf("q does nothing at %d columns", w)
		}
		if _, quit := cmd().(tea.QuitMsg); !quit {
			t.Errorf("q does not quit at %d columns", w)
		}
	}
}
