package ui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"picotop/house"
)

// decided is the winter house in which the owner knows of the freezing tank.
func decided() *fakeSource {
	f := winter()
	for i := range f.state.Conditions {
		c := &f.state.Conditions[i]
		if c.Kind == house.Freezing {
			c.Acknowledged = true
		} else {
			c.Snoozed = monday.Add(8 * time.Hour)
		}
	}
	f.state.Sensors[0].Cold = house.ColdByHabit
	return f
}

func TestDecisions(t *testing.T) {
	tank := winter().state.Conditions[0]
	sensor := winter().state.Sensors[tank.Sensor].ID
	tests := map[string]struct {
		house *fakeSource
		keys  []string
		want  house.Decision
	}{
		"acknowledge":           {winter(), []string{"enter"}, house.Decision{Action: house.Acknowledge, Sensor: sensor, Kind: house.Freezing}},
		"take it back":          {decided(), []string{"enter"}, house.Decision{Action: house.Loud, Sensor: sensor, Kind: house.Freezing}},
		"snooze":                {winter(), []string{"z"}, house.Decision{Action: house.Snooze, Sensor: sensor, Kind: house.Freezing, Until: monday.Add(time.Hour)}},
		"snooze for a day":      {decided(), []string{"down", "z"}, house.Decision{Action: house.Snooze, Pico: "192.168.1.61", Kind: house.Silent, Until: monday.Add(24 * time.Hour)}},
		"cold is normal here":   {winter(), []string{"c"}, house.Decision{Action: house.ColdIsNormal, Sensor: sensor, Kind: house.Freezing}},
		"and where it is wrong": {decided(), []string{"end", "c"}, house.Decision{Action: house.ColdIsWrong, Sensor: decided().state.Sensors[0].ID}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := newTestModel(tt.house, 80, 24)
			press(m, append([]string{"a"}, tt.keys...)...)
			tt.want.At = monday
			if got := tt.house.decisions; len(got) != 1 || got[0] != tt.want {
				t.Errorf("got  %+v\nwant %+v", got, tt.want)
			}
		})
	}
}

func TestADecisionThatIsNotTaken(t *testing.T) {
	f := winter()
	f.refuse = errors.New("it is over\x1b[2J")
	m := newTestModel(f, 80, 24)
	press(m, "a", "enter")
	if got := ansi.Strip(m.View().Content); !strings.Contains(got, "not done it is over") {
		t.Errorf("not said:\n%s", got)
	}
	checkFrame(t, m)
	press(m, "a", "a")
	if got := ansi.Strip(m.View().Content); strings.Contains(got, "not done") {
		t.Error("still said")
	}
}

// TestKeysOfTheMenu holds that a key for a decision does nothing elsewhere.
func TestKeysOfTheMenu(t *testing.T) {
	f := winter()
	m := newTestModel(f, 80, 24)
	press(m, "enter", "z", "c", "a", "esc", "enter", "z", "c")
	if len(f.decisions) > 0 {
		t.Errorf("%+v", f.decisions)
	}
}
