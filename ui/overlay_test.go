package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/colorprofile"

	"picotop/house"
)

// TestOverlay holds that each sensor that is kept has its number in the legend and on
// its line, at any size, without colours and without braille.
func TestOverlay(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"braille": func(*Config) {},
		"blocks":  func(c *Config) { c.Environ = []string{"TERM=linux"} },
		"ASCII":   func(c *Config) { c.ASCII = true },
	} {
		for _, size := range [][2]int{{40, 20}, {80, 24}, {80, 9}, {200, 60}} {
			m := newTestModel(winter(), size[0], size[1], change)
			m.profile = colorprofile.ASCII
			m.restyle()
			press(m, "enter", "o", "tab", "o", "tab", "o", "tab", "left", "left")
			checkFrame(t, m)
			lines := strings.Split(render(m), "\n")
			plot := strings.Join(lines[3:len(lines)-3], "\n")
			for _, mark := range []string{"1", "2", "3", "4"} {
				if !strings.Contains(lines[1], mark+" ") || !strings.Contains(plot, mark) {
					t.Errorf("%s at %v: no %s in:\n%s", name, size, mark, strings.Join(lines, "\n"))
				}
			}
		}
	}
}

// TestMarkAtOnce holds that the first sensor that is kept has its number at once, and
// loses it again.
func TestMarkAtOnce(t *testing.T) {
	m := newTestModel(winter(), 80, 24)
	press(m, "enter")
	without := render(m)
	press(m, "o")
	if _, plot, _ := strings.Cut(render(m), "┤"); !strings.Contains(strings.Split(plot, "└")[0], "1") {
		t.Errorf("no 1 in:\n%s", plot)
	}
	press(m, "o")
	if got := render(m); got != without {
		t.Errorf("still in:\n%s", got)
	}
}

func TestWhatIsKept(t *testing.T) {
	f := winter()
	m := newTestModel(f, 80, 24)
	press(m, "enter")
	gone := m.detail.sensor
	for range 5 {
		press(m, "o", "tab")
	}
	if n := len(m.detail.overlay.kept); n != maxOverlay {
		t.Errorf("%d are kept", n)
	}
	press(m, "esc")
	checkFrame(t, m)
	press(m, "home", "enter", "o")
	if slices.Contains(m.detail.overlay.kept, gone) {
		t.Error("o does not take out what it put in")
	}

	press(m, "o")
	f.update(func(s *house.State) {
		s.Conditions = nil
		s.Sensors = slices.DeleteFunc(slices.Clone(s.Sensors), func(x house.Sensor) bool { return x.ID == gone })
		s.At = s.At.Add(time.Minute)
	})
	send(m, tickMsg{})
	if slices.Contains(m.detail.overlay.kept, gone) {
		t.Error("one that is gone is kept")
	}
	checkFrame(t, m)
}
