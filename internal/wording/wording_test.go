package wording

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"picotop/house"
	"picotop/internal/goldentest"
)

var (
	monday = time.Date(2026, time.January, 5, 21, 47, 0, 0, time.UTC)
	airing = netip.MustParseAddr("192.168.1.40")
	shed   = netip.MustParseAddr("192.168.1.41")
)

func ago(d time.Duration) time.Time { return monday.Add(-d) }

// wintry is a house in which all is wrong that can be, each of another sensor.
func wintry() house.State {
	st := house.State{
		At: monday,
		Picos: []house.Pico{
			{Addr: airing, Name: "airing-cupboard", Sensors: 14, Interval: 15 * time.Second},
			{Addr: shed, Sensors: 1, Silent: true, Interval: 2 * time.Minute},
		},
	}
	add := func(name string, celsius float64, change func(*house.Sensor)) {
		s := house.Sensor{
			ID: fmt.Sprintf("28ff%012x", len(st.Sensors)), SensorName: strings.ReplaceAll(name, " ", ""), DisplayName: name,
			Pico: airing, Heard: ago(4 * time.Second), Interval: 15 * time.Second,
			Valid: true, Celsius: celsius, Limit: 3, HasLimit: true,
			Low: house.Extreme{Celsius: celsius - 1, At: monday}, High: house.Extreme{Celsius: celsius + 3, At: monday},
		}
		s.Code = s.ID
		change(&s)
		st.Sensors = append(st.Sensors, s)
	}
	of := func(c house.Condition) {
		c.Pico, c.Sensor = -1, len(st.Sensors)-1
		st.Conditions = append(st.Conditions, c)
	}
	add("Cold Water Tank", 2.9, func(s *house.Sensor) {
		s.Freezing, s.PerHour, s.FreezesAt = true, -0.4, monday.Add(7*time.Hour+13*time.Minute)
	})
	of(house.Condition{Kind: house.Freezing, Since: ago(14 * time.Minute)})
	add("Bathroom", 3.2, func(s *house.Sensor) { s.Freezing = true })
	of(house.Condition{Kind: house.Freezing, Since: ago(30 * time.Hour), Acknowledged: true})
	add("Porch", -1, func(s *house.Sensor) { s.Freezing, s.Silent, s.Heard = true, true, ago(3*time.Minute) })
	of(house.Condition{Kind: house.Freezing, Since: ago(time.Hour)})
	add("Loft", 4.1, func(s *house.Sensor) { s.Silent, s.Heard = true, ago(109*time.Minute) })
	of(house.Condition{Kind: house.Silent, Since: ago(109 * time.Minute)})
	st.Conditions = append(st.Conditions, house.Condition{Kind: house.Silent, Sensor: -1, Pico: 1, Since: ago(8 * 24 * time.Hour)})
	add("Cellar", 0, func(s *house.Sensor) {
		s.Valid, s.Broken, s.SetAsideValue, s.Low, s.High = false, true, -127, house.Extreme{}, house.Extreme{}
	})
	of(house.Condition{Kind: house.Broken, Since: ago(20 * time.Minute)})
	for _, k := range []house.Kind{house.NoPackets, house.CannotStore, house.ClockNotSet} {
		st.Conditions = append(st.Conditions, house.Condition{Kind: k, Sensor: -1, Pico: -1, Since: ago(5 * time.Minute)})
	}
	st.Conditions[len(st.Conditions)-2].Text = "no space left on device"
	add("Boiler", 91, func(s *house.Sensor) { s.TooWarm, s.HighLimit, s.HasHighLimit, s.PerHour = true, 90, true, 3 })
	of(house.Condition{Kind: house.TooWarm, Since: ago(10 * time.Minute), Snoozed: monday.Add(time.Hour)})
	add("Freezer", -12, func(s *house.Sensor) {
		s.TooFast, s.RateLimit, s.PerHour, s.HasLimit, s.Cold = true, 10, 14, false, house.ColdByName
	})
	of(house.Condition{Kind: house.TooFast, Since: ago(10 * time.Minute)})
	add("Outlet", 4.1, func(s *house.Sensor) { s.Near, s.PerHour = true, -0.5 })
	of(house.Condition{Kind: house.Near})
	st.Conditions = append(st.Conditions, house.Condition{
		Kind: house.Upload, Sensor: -1, Pico: 0, Since: ago(6 * time.Minute), Text: "API 500 Internal Server Error",
	})
	add("冷蔵庫", 5, func(s *house.Sensor) { s.Clash, s.Cold, s.HasLimit = true, house.ColdByHabit, false })
	of(house.Condition{Kind: house.Clash, Since: ago(time.Hour)})
	st.Sensors = append(st.Sensors, st.Sensors[len(st.Sensors)-1])
	st.Sensors[len(st.Sensors)-1].ID += "~2"
	st.Sensors[len(st.Sensors)-1].Pico = shed
	add("Hall", 17, func(s *house.Sensor) { s.NameClash = true })
	of(house.Condition{Kind: house.NameClash, Since: ago(time.Hour)})
	add("Hall", 18, func(s *house.Sensor) { s.NameClash = true })
	add("Stairs", 16, func(s *house.Sensor) { s.Silent, s.Replaced, s.Heard = true, true, ago(26*time.Hour) })
	of(house.Condition{Kind: house.Replaced, Since: ago(26 * time.Hour), Text: "28ffaaaaaaaaaaaa"})
	add("Greenhouse", 7, func(s *house.Sensor) { s.SetAside, s.SetAsideValue, s.SetAsideWhy = true, 85, house.PowerOn })
	of(house.Condition{Kind: house.SetAside, Since: ago(time.Minute)})
	add("Nobody's Business", 20, func(s *house.Sensor) { s.Hidden = true })
	add("Kitchen", 21.25, func(*house.Sensor) {})
	return st
}

func TestEveryConditionInWords(t *testing.T) {
	st := wintry()
	told := map[house.Kind]bool{}
	var out bytes.Buffer
	for _, c := range st.Conditions {
		told[c.Kind] = true
		fmt.Fprintf(&out, "%-14s %s\n", c.Kind, Condition(st, c))
	}
	for _, k := range house.Kinds() {
		if !told[k] {
			t.Errorf("nothing tells of %s", k)
		}
	}
	goldentest.Compare(t, "testdata/conditions.txt", out.Bytes())
}

func TestEveryEventInWords(t *testing.T) {
	var out bytes.Buffer
	tell := func(e house.Event) { fmt.Fprintf(&out, "%-16s %s\n", e.Kind, Event(e)) }
	values := map[house.Kind]house.Event{
		house.Silent:      {Label: "shed", Pico: true, Sensors: 2},
		house.Clash:       {Label: "Bathroom and Log Store", Sensors: 2, Text: "28aa from airing-cupboard and shed"},
		house.ClashOver:   {Label: "Bathroom", Text: "28aa from airing-cupboard"},
		house.SetAside:    {Label: "Greenhouse", Celsius: 85, Text: house.PowerOn.Text()},
		house.Freezing:    {Label: "Cold Water Tank", Celsius: 3},
		house.Thawed:      {Label: "Cold Water Tank", Celsius: 3.5, For: 200 * time.Minute},
		house.UploadFails: {Label: "shed", Pico: true, Text: "API 500 Internal Server Error"},
		house.UploadWorks: {Label: "shed", Pico: true},
		house.CannotStore: {Text: "no space left on device"},
		house.Renamed:     {Label: "Cold Water Tank", Text: "Tank"},
	}
	ends := []house.Kind{
		house.Thawed, house.HeardAgain, house.ClashOver, house.UploadFails, house.UploadWorks, house.BrokenOver,
		house.PacketsAgain, house.StoresAgain, house.ClockSet, house.TooWarmOver, house.TooFastOver, house.NearOver,
		house.NameClashOver, house.ReplacedOver, house.SetAsideOver, house.NewSensor, house.Renamed, "flooded",
	}
	for _, k := range append(house.Kinds(), ends...) {
		e, ok := values[k]
		if !ok && !k.OfHouse() {
			e.Label = "Loft"
		}
		if k == house.PacketsAgain || k == house.StoresAgain || k == house.ClockSet {
			e.Label = ""
		}
		e.Kind = k
		tell(e)
	}
	goldentest.Compare(t, "testdata/events.txt", out.Bytes())
}

func TestTable(t *testing.T) {
	calm := wintry()
	calm.Conditions, calm.Sensors = nil, calm.Sensors[len(calm.Sensors)-1:]
	tests := map[string]struct {
		state house.State
		style Style
	}{
		"winter":            {state: wintry()},
		"winter-fahrenheit": {state: wintry(), style: Style{Fahrenheit: true}},
		"winter-ascii":      {state: wintry(), style: Style{ASCII: true}},
		"calm":              {state: calm},
		"nobody":            {state: house.State{At: monday, Conditions: []house.Condition{{Kind: house.NoPackets, Sensor: -1, Pico: -1, Since: monday}}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := tt.style.Table(&out, tt.state); err != nil {
				t.Fatal(err)
			}
			for _, r := range out.String() {
				if tt.style.ASCII && r > '~' {
					t.Errorf("%q in ASCII", r)
				}
			}
			goldentest.Compare(t, "testdata/table-"+name+".txt", out.Bytes())
		})
	}
}

func TestConditionsSurviveABadIndex(t *testing.T) {
	state := house.State{Conditions: []house.Condition{{Sensor: 3, Pico: -1}, {Sensor: -1, Pico: 3}, {Kind: house.Freezing, Sensor: -1, Pico: -1}}}
	if got := Conditions(state); len(got) != 0 {
		t.Errorf("conditions out of nothing: %q", got)
	}
}
