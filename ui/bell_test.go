package ui

import (
	"fmt"
	"testing"
	"time"

	"picotop/house"
)

func TestBell(t *testing.T) {
	freezing := house.Condition{Kind: house.Freezing, Sensor: 0, Pico: -1, Since: monday}
	silent := house.Condition{Kind: house.Silent, Sensor: 1, Pico: -1, Since: monday}
	near := house.Condition{Kind: house.Near, Sensor: 1, Pico: -1, Since: monday}
	known := freezing
	known.Acknowledged = true
	snoozed := freezing
	snoozed.Snoozed = monday.Add(time.Hour)
	type list = []house.Condition
	tests := map[string]struct {
		course []list
		want   string // for each of the course: ! where it rings
	}{
		"what stands at the start":    {[]list{{freezing}, {freezing}}, ".."},
		"it begins to freeze":         {[]list{{}, {freezing}, {freezing}}, ".!."},
		"and another goes silent":     {[]list{{freezing}, {freezing, silent}}, ".!"},
		"it is over, and begins anew": {[]list{{}, {freezing}, {}, {freezing}}, ".!.!"},
		"it is only near":             {[]list{{}, {near}}, ".."},
		"it is acknowledged":          {[]list{{}, {known}, {known}}, "..."},
		"it was snoozed, until now":   {[]list{{}, {snoozed}, {freezing}}, "..!"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := calm()
			s := &viewState{now: monday, house: f.state, locale: locale{zone: time.UTC}}
			var b bell
			got := ""
			for _, s.house.Conditions = range tt.course {
				if b.ring(s) != nil {
					got += "!"
				} else {
					got += "."
				}
			}
			if got != tt.want {
				t.Errorf("rings %q, want %q", got, tt.want)
			}
			off := bell{off: true}
			for _, s.house.Conditions = range tt.course {
				if off.ring(s) != nil {
					t.Error("rings although it is off")
				}
			}
		})
	}
}

func TestMessagesOfTheTerminal(t *testing.T) {
	const text = "Loft 2.9°C"
	tests := map[string]struct {
		environ []string
		want    string
	}{
		"one that is not known": {[]string{"TERM=xterm-256color"}, ""},
		"iTerm2":                {[]string{"TERM=xterm-256color", "TERM_PROGRAM=iTerm.app"}, "\x1b]9;picotop: " + text + "\a"},
		"iTerm2 through ssh":    {[]string{"TERM=xterm-256color", "LC_TERMINAL=iTerm2"}, "\x1b]9;picotop: " + text + "\a"},
		"kitty":                 {[]string{"TERM=xterm-kitty"}, "\x1b]9;picotop: " + text + "\a"},
		"foot":                  {[]string{"TERM=foot"}, "\x1b]777;notify;picotop;" + text + "\a"},
		"rxvt-unicode":          {[]string{"TERM=rxvt-unicode-256color"}, "\x1b]777;notify;picotop;" + text + "\a"},
		"iTerm2 with tmux":      {[]string{"TERM=tmux-256color", "LC_TERMINAL=iTerm2"}, ""},
		"kitty with tmux":       {[]string{"TERM=xterm-kitty", "TMUX=/tmp/tmux-0/default,1,0"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := popUpOf(tt.environ).sequence(text); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestBellOnATerminal holds that the bell reaches a terminal, and how.
func TestBellOnATerminal(t *testing.T) {
	f := calm()
	s := newSession(t, f)
	s.waitFor("all well")
	f.update(func(st *house.State) {
		st.Sensors[0].Freezing, st.Sensors[0].Celsius = true, 2.5
		st.Conditions = []house.Condition{{Kind: house.Freezing, Sensor: 0, Pico: -1, Since: monday}}
	})
	s.waitFor("\a")
	s.waitFor(fmt.Sprintf("\x1b]2;FREEZING %s - picotop", f.State().Sensors[0].FriendlyName))
	s.cancel()
	s.waitForEnd()
}
