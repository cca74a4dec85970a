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

func TestFindInTheLogAndTheHelp(t *testing.T) {
	tests := map[string]struct {
		keys      []string
		want, not string
	}{
		"an event by its sensor":     {[]string{"l", "/", "t", "a", "n", "k"}, "Cold Water Tank fell", "Boiler"},
		"an event by its kind":       {[]string{"l", "/", "f", "r", "e", "e", "z"}, "fell below", "shed"},
		"no event":                   {[]string{"l", "/", "q", "q"}, "no event has this text", "Tank"},
		"kept":                       {[]string{"l", "/", "T", "a", "n", "k", "enter"}, "/tank  1 of", "Boiler"},
		"a packet by its sensor":     {[]string{"l", "tab", "/", "l", "o", "f", "t"}, "Loft", "Boiler"},
		"no packet":                  {[]string{"l", "tab", "/", "q", "q"}, "no packet has this text", "Loft"},
		"the help, with its heading": {[]string{"?", "/", "b", "r", "o", "k", "e", "n"}, "In front of a sensor", "Keys"},
		"nothing in the help":        {[]string{"?", "/", "q", "q", "q"}, "nothing in the help has this text", "In front"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := newTestModel(somePackets(), 80, 24)
			press(m, tt.keys[0])
			open := m.open
			before := ansi.Strip(m.View().Content)
			press(m, tt.keys[1:]...)
			checkFrame(t, m)
			lines := strings.Split(ansi.Strip(m.View().Content), "\n")
			got := strings.Join(lines[1:], "\n") // below the line that counts the warnings
			if !strings.Contains(got, tt.want) || strings.Contains(got, tt.not) {
				t.Errorf("want %q and not %q in:\n%s", tt.want, tt.not, got)
			}
			press(m, "esc")
			if m.log.packets {
				press(m, "tab")
			}
			if got := ansi.Strip(m.View().Content); m.open != open || got != before {
				t.Errorf("esc does not show all again:\n%s", got)
			}
			press(m, "esc")
			if m.open != noPage {
				t.Error("a second esc does not go back")
			}
		})
	}
}

func TestWhatIsFoundStandsOut(t *testing.T) {
	tests := map[string]struct{ text, find, want string }{
		"nothing searched":     {"Loft", "", "Loft      "},
		"in any letter case":   {"Loft", "lo", "<Lo\x1b[mft      "},
		"twice":                {"aXbx", "x", "a<X\x1b[mb<x\x1b[m      "},
		"wide letters":         {"温室 a", "室", "温<室\x1b[m a    "},
		"lower case is longer": {"İx", "x", "İx        "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := newLine(10).addFound("<", tt.text, tt.find).String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
