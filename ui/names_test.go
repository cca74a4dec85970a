package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"picotop/feed"
	"picotop/house"
)

// longName is as long as a Pico may make one.
var longName = strings.Repeat("Cold Water Tank ", 3) + "Above The Stairs"

// oddNames are names that take more or fewer cells than they have letters.
func oddNames() map[string]string {
	return map[string]string{
		"one letter": "T", "64 letters": longName, "32 that are wide": strings.Repeat("冷蔵", 16),
		"64 that are wide": strings.Repeat("冷", 64), "emoji of several runes": strings.Repeat("👨‍👩‍👧‍👦", 6) + " 👍🏽🇩🇪❤️",
		"combining marks": strings.Repeat("e\u0301a\u0308o\u0302\u0301", 10), "Devanagari": "नमस्ते दुनिया", "Hangul": "한국어 센서",
	}
}

// odd is a house of sensors of a name, of which each has another kind of past.
func odd(name string) *fakeSource {
	f := newFakeSource()
	add := func(i int, low, high float64, shape string) {
		s := f.addSensor(airing, name, low, -0.4, low, high, 4*time.Second, shape)
		if i > 0 { // the names of the others differ at their ends
			s.FriendlyName, s.DisplayName = fmt.Sprint(name, i), fmt.Sprint(name, i)
		}
		f.state.Events = append(f.state.Events, house.Event{At: monday, Kind: house.Freezing, Label: s.FriendlyName, Celsius: 3})
		f.packets = append(f.packets, feed.Packet{From: addrPort(airing), Heard: monday, Kind: feed.Temperature, Name: s.FriendlyName, Sensor: s.ID, Celsius: low})
	}
	add(0, 4, 4, strings.Repeat("▄", 28))
	add(1, 5, 7, strings.Repeat("·", 17)+"▄"+strings.Repeat("·", 10))
	add(2, 2, 6, "███··▆▆▅▅·▄▄▄▃▃▂▂·····▁▁▁▁▁▁")
	add(3, -55, 125, "▁▁▁▂▃▄▅▆▇████▇▆▅▄▃▂▁▁▁▁▁████")
	return f
}

// TestOddNames holds that every page has its right width, whatever sensors are called.
func TestOddNames(t *testing.T) {
	pages := map[string][]string{
		"the table": {"down"}, "charts": {"enter", "tab", "tab", "tab"}, "overlay": {"enter", "o", "tab", "o", "tab", "o", "tab", "left"},
		"the log": {"l"}, "packets": {"l", "tab"}, "found events": {"l", "/", "T", "enter"}, "found": {"/", "1", "enter", "esc"},
		"warnings": {"a"}, "the week": {"enter", "w", "tab", "tab"},
	}
	for name, called := range oddNames() {
		t.Run(name, func(t *testing.T) {
			for page, keys := range pages {
				for _, size := range [][2]int{{20, 6}, {40, 20}, {80, 24}} {
					for _, ascii := range []bool{false, true} {
						if ascii && size[0] > 80 {
							continue
						}
						m := newTestModel(odd(called), size[0], size[1], func(c *Config) { c.ASCII, c.Fahrenheit = ascii, ascii })
						for _, k := range append([]string{"m"}, keys...) {
							press(m, k)
							checkFrame(t, m)
						}
						dragOver(m, 3, 9)
						checkFrame(t, m)
						letGo(m)
						checkFrame(t, m)
						press(m, "/")
						for _, r := range called[:min(len(called), 12)] {
							send(m, tea.KeyPressMsg{Code: r, Text: string(r)})
						}
						checkFrame(t, m)
						if t.Failed() {
							t.Fatalf("%s at %v", page, size)
						}
					}
				}
			}
		})
	}
}

// oddlyTroubled is a house in which sensors and Picos of a name are in trouble.
func oddlyTroubled(name string) *fakeSource {
	f := trouble()
	for _, i := range []int{0, 1, 7, 9} {
		f.state.Sensors[i].FriendlyName = name
	}
	for i := range f.state.Picos {
		f.state.Picos[i].Name = name
	}
	for i := range f.state.Events {
		f.state.Events[i].Label = name
	}
	f.state.Events = append([]house.Event{{At: monday, Kind: house.Renamed, Label: name + "2", Text: name + "1"}}, f.state.Events...)
	return f
}
