package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"picotop/house"
	"picotop/internal/overview"
)

// fakeHouses lists houses, and opens all but the one that is broken.
type fakeHouses struct {
	list   overview.List
	opened []string
	broken string
	left   int
}

func (f *fakeHouses) Houses() overview.List { return f.list }
func (f *fakeHouses) Leave()                { f.left++ }

func (f *fakeHouses) Open(_ context.Context, house string) error {
	f.opened = append(f.opened, house)
	if house == f.broken {
		return errors.New("asking http://prometheus:9090: \x1b[2Jno route to host")
	}
	return nil
}

// housesOf is a list of houses at that time, in their order.
func housesOf(houses ...overview.House) *fakeHouses {
	f := &fakeHouses{list: overview.List{At: monday, Houses: houses}}
	for i := range houses {
		h := &f.list.Houses[i]
		h.Key = fmt.Sprint("key of ", i)
		h.Judge(monday)
	}
	f.list.Sort()
	return f
}

// well is a house in which nothing is wrong.
func well(name string) overview.House {
	return overview.House{
		Name: name, Sensors: 20, Coldest: 4.2, ColdestSensor: "Loft", Heard: monday.Add(-9 * time.Second),
	}
}

// with is a house of which something is changed.
func with(h overview.House, change func(*overview.House)) overview.House {
	change(&h)
	return h
}

func freezes(h *overview.House) {
	h.Kind, h.Sensor, h.Celsius, h.Freezing = house.Freezing, "Cold Water Tank", 2.5, 1
	h.Coldest, h.ColdestSensor = 2.5, "Cold Water Tank"
}

func nearly(h *overview.House) {
	h.Kind, h.Sensor, h.Celsius = house.Near, "Loft", 4.1
}

func picoSilent(h *overview.House) {
	h.Kind, h.Pico, h.SilentPicos, h.Celsius = house.Silent, "shed", 1, -1000
}

func unheard(h *overview.House) { h.Heard = monday.Add(-26 * time.Hour) }

// street is a row of houses as there may be.
func street() *fakeHouses {
	return housesOf(
		with(well("mum"), freezes), with(well("aunt"), picoSilent), with(well("boat"), unheard), with(well("cabin"), nearly),
		well("here"), well("house 10"), well("house 9"), well(""),
	)
}

func allWell() *fakeHouses { return housesOf(well("aunt"), well("here"), well("mum")) }

// allSilent are houses of which nothing comes, of one for so long that nobody knows.
func allSilent() *fakeHouses {
	return housesOf(with(well("aunt"), unheard), with(well("here"), unheard), overview.House{Name: "mum"})
}

// oddlyNamed are houses whose names are short, long, wide or meant to do harm.
func oddlyNamed() *fakeHouses {
	const evil = "\x1b[31mRed\x1b]0;title\x07\n\u202egro"
	return housesOf(
		well("x"), with(well(strings.Repeat("long ", 12)+"name"), freezes), well("冷蔵庫の家"), well("👨‍👩‍👧‍👦 Family 👍🏽"), well("한국어 집"),
		with(well(evil), func(h *overview.House) {
			freezes(h)
			h.Sensor, h.ColdestSensor, h.Coldest, h.Celsius = evil, evil, -54.9, -54.9
		}),
		with(well("e\u0301cole"), func(h *overview.House) { picoSilent(h); h.Pico = evil }),
		with(well("ahead of time"), func(h *overview.House) { h.Sensors = 1000000; h.Heard = monday.Add(time.Hour) }),
	)
}

// town is 200 houses, of which some are in trouble.
func town() *fakeHouses {
	var all []overview.House
	for i := range 200 {
		h := well(fmt.Sprintf("house %d", i+1))
		switch i % 40 {
		case 7:
			freezes(&h)
		case 8:
			unheard(&h)
		}
		all = append(all, h)
	}
	return housesOf(all...)
}

// newHousesModel is the screen of houses of an engine.
func newHousesModel(h *fakeHouses, width, height int, change ...func(*Config)) *model {
	f := winter()
	f.health = Health{Origin: Origin{From: "http://prometheus:9090", Engine: true}}
	return newTestModel(f, width, height, append(change, func(c *Config) { c.Houses = h })...)
}

func TestHousesScreens(t *testing.T) {
	type size struct{ width, height int }
	phone, usual, wide := size{40, 20}, size{80, 24}, size{200, 60}
	for name, tt := range map[string]struct {
		houses *fakeHouses
		sizes  []size
		keys   []string
		ascii  bool
	}{
		"houses":              {houses: street(), sizes: []size{phone, usual, wide, {30, 1}, {19, 4}, {80, 6}}},
		"houses-well":         {houses: allWell(), sizes: []size{phone, usual, wide}},
		"houses-silent":       {houses: allSilent(), sizes: []size{phone, usual, wide}},
		"houses-odd":          {houses: oddlyNamed(), sizes: []size{phone, usual, wide}},
		"houses-odd-ascii":    {houses: oddlyNamed(), sizes: []size{usual}, ascii: true},
		"houses-many":         {houses: town(), sizes: []size{phone, usual, wide}},
		"houses-many-end":     {houses: town(), sizes: []size{usual}, keys: []string{"end"}},
		"houses-find":         {houses: town(), sizes: []size{phone, usual}, keys: []string{"/", "1", "9"}},
		"houses-find-kept":    {houses: town(), sizes: []size{phone, usual}, keys: []string{"/", "1", "9", "enter"}},
		"houses-find-nothing": {houses: town(), sizes: []size{phone, usual}, keys: []string{"/", "z"}},
		"houses-opened":       {houses: street(), sizes: []size{usual}, keys: []string{"enter"}},
	} {
		for _, size := range tt.sizes {
			name := fmt.Sprintf("%s-%dx%d", name, size.width, size.height)
			t.Run(name, func(t *testing.T) {
				m := newHousesModel(tt.houses, size.width, size.height, func(c *Config) { c.ASCII = tt.ascii })
				for _, k := range tt.keys {
					press(m, k)
					render(m)
				}
				checkFrame(t, m)
				golden(t, name, render(m))
			})
		}
	}
}

func TestKeysOfTheHouses(t *testing.T) {
	for name, tt := range map[string]struct {
		keys         []string
		want         string // the house under the cursor
		opens        bool
		found        int
		listed, find bool // at the end
	}{
		"the worst is selected":         {nil, "mum", false, 8, true, false},
		"down":                          {[]string{"down", "j"}, "boat", false, 8, true, false},
		"up, no further than the first": {[]string{"down", "up", "k", "k"}, "mum", false, 8, true, false},
		"the last, and no further":      {[]string{"end", "down"}, "house 10", false, 8, true, false},
		"the first":                     {[]string{"G", "g"}, "mum", false, 8, true, false},
		"enter opens":                   {[]string{"down", "enter"}, "aunt", true, 8, false, false},
		"esc goes back to where it was": {[]string{"down", "enter", "esc"}, "aunt", true, 8, true, false},
		"find":                          {[]string{"/", "U"}, "mum", false, 4, true, true},
		"find, down, open":              {[]string{"/", "u", "down", "enter", "enter"}, "aunt", true, 4, false, false},
		"find, open, back":              {[]string{"/", "u", "enter", "down", "enter", "esc"}, "aunt", true, 4, true, false},
		"esc shows all":                 {[]string{"/", "h", "e", "r", "e", "enter", "esc"}, "mum", false, 8, true, false},
		"esc while it is typed":         {[]string{"/", "h", "e", "r", "e", "esc"}, "mum", false, 8, true, false},
		"nothing found opens nothing":   {[]string{"/", "z", "enter", "enter"}, "", false, 0, true, false},
		"a house without a name":        {[]string{"/", "(", "n", "o", "enter", "enter"}, "(no name)", true, 1, false, false},
		"a letter that is a key":        {[]string{"/", "q"}, "", false, 0, true, true},
		"the help, and back":            {[]string{"?", "?"}, "mum", false, 8, true, false},
		"the keys of a house are none":  {[]string{"s", "a", "l", "f", "space", "w", "="}, "mum", false, 8, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := street()
			m := newHousesModel(h, 80, 24)
			press(m, tt.keys...)
			checkFrame(t, m)
			selected := ""
			if at := m.houses.cursor(); at < len(m.houses.found) {
				selected = m.houses.found[at].Label()
			}
			if selected != tt.want || len(h.opened) > 0 != tt.opens || len(m.houses.found) != tt.found || m.listing() != tt.listed || m.houses.find.typing != tt.find {
				t.Errorf("at %q of %d, opened %q, listed %t, typing %t", selected, len(m.houses.found), h.opened, m.listing(), m.houses.find.typing)
			}
		})
	}
}

func TestAHouseThatCannotBeOpened(t *testing.T) {
	h := street()
	m := newHousesModel(h, 80, 24)
	h.broken = m.houses.list.Houses[0].Key
	press(m, "enter")
	checkFrame(t, m)
	if text := ansi.Strip(m.View().Content); !m.listing() || !strings.Contains(text, "no route to host") {
		t.Errorf("listed %t:\n%s", m.listing(), text)
	}
	press(m, "down")
	if text := ansi.Strip(m.View().Content); strings.Contains(text, "no route to host") {
		t.Errorf("it is still told:\n%s", text)
	}
	press(m, "enter")
	if m.listing() {
		t.Error("the next one is not opened")
	}
	press(m, "esc")
	if h.left != 1 {
		t.Errorf("left %d times", h.left)
	}
}

// TestTheCursorStaysAtItsHouse holds that it goes with a house when the order changes, and
// to the worst when that house is gone.
func TestTheCursorStaysAtItsHouse(t *testing.T) {
	h := street()
	m := newHousesModel(h, 80, 24)
	press(m, "/", "h", "e", "r", "e", "enter")
	press(m, "down", "esc")
	at := func() string { return m.houses.found[m.houses.cursor()].Label() }
	if at() != "here" {
		t.Fatalf("at %s", at())
	}
	for i := range h.list.Houses {
		if h.list.Houses[i].Name == "here" {
			freezes(&h.list.Houses[i])
		}
	}
	h.list.Sort()
	send(m, tickMsg{})
	if at() != "here" || m.houses.cursor() != 0 {
		t.Errorf("at %s, line %d", at(), m.houses.cursor())
	}
	h.list.Houses = h.list.Houses[1:]
	send(m, tickMsg{})
	if at() != "mum" {
		t.Errorf("at %s after it is gone", at())
	}
}

func FuzzHouses(f *testing.F) {
	f.Add(uint8(80), uint8(24), "mum", "Cold Water Tank", 2.5, 9, "v/mu\r\r\x1b")
	f.Add(uint8(40), uint8(20), "\u202e\x1b[2J冷", "👨‍👩‍👧‍👦", -1e300, -9, "G/冷\r0")
	f.Add(uint8(19), uint8(4), "", "", 1e300, 1<<40, "?")
	f.Fuzz(func(t *testing.T, width, height uint8, name, sensor string, celsius float64, ago int, keys string) {
		h := oddlyNamed()
		for i, kind := range append(house.Kinds(), "") {
			one := well(fmt.Sprint(name, i%2))
			one.Kind, one.Sensor, one.Pico, one.ColdestSensor, one.Key = kind, sensor, name, sensor, fmt.Sprint(name, i)
			one.Celsius, one.Coldest, one.Heard = celsius, celsius, monday.Add(-time.Duration(ago)*time.Second)
			h.list.Houses = append(h.list.Houses, one)
		}
		m := newHousesModel(h, int(width), int(height))
		names := map[rune]string{'\r': "enter", '\x1b': "esc", '^': "up", 'v': "down", '\b': "backspace"}
		for _, k := range keys[:min(len(keys), 60)] {
			switch name, ok := names[k]; {
			case ok:
				press(m, name)
			case k >= '0' && k <= '9':
				send(m, tea.WindowSizeMsg{Width: int(k-'0') * 25, Height: int(k-'0') * 7})
			case k == '!' && len(h.list.Houses) > 0: // a house goes
				h.list.Houses = h.list.Houses[1:]
				send(m, tickMsg{})
			case k != 'q':
				press(m, string(k))
			}
			checkFrame(t, m)
			if n := len(m.houses.found); n > 0 && m.houses.cursor() >= n {
				t.Errorf("the cursor is at %d of %d houses", m.houses.cursor(), n)
			}
			if t.Failed() {
				t.FailNow()
			}
		}
		checkFrame(t, m)
	})
}
