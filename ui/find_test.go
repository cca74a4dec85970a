package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestFind(t *testing.T) {
	tests := map[string]struct {
		keys []string
		want []string // the sensors that are left
	}{
		"a part of a name":           {[]string{"/", "t", "a", "n", "k"}, []string{"Cold Water Tank"}},
		"in any letter case":         {[]string{"/", "O", "U", "T"}, []string{"Outside"}},
		"of a Pico":                  {[]string{"/", "s", "h", "e", "d"}, []string{"Shed", "Log Store"}},
		"a letter less":              {[]string{"/", "t", "a", "x", "backspace", "n"}, []string{"Cold Water Tank"}},
		"kept":                       {[]string{"/", "l", "o", "f", "t", "enter", "u"}, []string{"Loft"}},
		"a key that is a letter too": {[]string{"/", "q"}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := newTestModel(winter(), 80, 24)
			press(m, tt.keys...)
			var got []string
			for _, i := range m.table.items {
				if i.row != nil {
					got = append(got, i.row.sensor.DisplayName)
				}
			}
			if strings.Join(got, ",") != strings.Join(tt.want, ",") {
				t.Errorf("found %q, want %q", got, tt.want)
			}
			press(m, "esc")
			if n := m.table.found(); n != 10 {
				t.Errorf("%d sensors after esc", n)
			}
			checkFrame(t, m)
		})
	}
}

func TestThePausedLogStandsStill(t *testing.T) {
	f := somePackets()
	m := newTestModel(f, 80, 24)
	press(m, "l", "tab", "space")
	before := ansi.Strip(m.View().Content)
	f.mu.Lock()
	f.packets = nil
	f.mu.Unlock()
	send(m, tickMsg{})
	if got := ansi.Strip(m.View().Content); got != before {
		t.Errorf("it moves:\n%s", got)
	}
	press(m, "space")
	send(m, tickMsg{})
	if got := ansi.Strip(m.View().Content); !strings.Contains(got, "no packet was heard yet") {
		t.Errorf("it stands still:\n%s", got)
	}
}
