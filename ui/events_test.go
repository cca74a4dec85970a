package ui

import (
	"slices"
	"testing"
	"time"

	"picotop/house"
)

func TestEventsInWords(t *testing.T) {
	tests := map[string]house.Event{
		"Tank fell below 3.0°C":                                        {Kind: house.Freezing, Label: "Tank", Celsius: 3},
		"Tank is above 3.0°C again":                                    {Kind: house.Thawed, Label: "Tank", Celsius: 3},
		"shed went silent, 2 sensors":                                  {Kind: house.Silent, Label: "shed", Pico: true, Sensors: 2},
		"Tank went silent":                                             {Kind: house.Silent, Label: "Tank"},
		"shed is heard again, 1 sensor":                                {Kind: house.HeardAgain, Label: "shed", Pico: true, Sensors: 1},
		"Tank is near its limit and falling":                           {Kind: house.Near, Label: "Tank"},
		"Tank heard for the first time":                                {Kind: house.NewSensor, Label: "Tank"},
		"Pot is now called Tank":                                       {Kind: house.Renamed, Label: "Tank", Text: "Pot"},
		"shed: feed calls fail, API Exception":                         {Kind: house.UploadFails, Label: "shed", Pico: true, Text: "API Exception"},
		"shed: feed calls work again":                                  {Kind: house.UploadWorks, Label: "shed", Pico: true},
		"Tank: ignored one reading of 85.0°C (DS18B20 power-on value)": {Kind: house.SetAside, Label: "Tank", Celsius: 85},
		"Tank: ignored one reading of 0.0°C (what an answer of zeros means)": {
			Kind: house.SetAside, Label: "Tank", Text: house.AllZeros.Text(),
		},
		"Loft and Tank: ROM code 28aa01 from 192.0.2.5 and shed": {
			Kind: house.Clash, Label: "Loft and Tank", Text: "28aa01 from 192.0.2.5 and shed", Sensors: 2,
		},
		"Loft and Tank: only one is left of ROM code 28aa01 from 192.0.2.5 and shed": {
			Kind: house.ClashOver, Label: "Loft and Tank", Text: "28aa01 from 192.0.2.5 and shed",
		},
		"Tank: melted": {Kind: "melted", Label: "Tank"},
	}
	for want, e := range tests {
		if got := eventText(e, locale{}, false); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestManyAtOneTime holds that what happens to many at once does not push everything else
// away.
func TestManyAtOneTime(t *testing.T) {
	var events []house.Event
	for i := range 200 {
		events = append(events, house.Event{At: monday.Add(-time.Duration(i) * 100 * time.Millisecond), Kind: house.NewSensor, Label: "Tank"})
	}
	events = append(events,
		house.Event{At: monday.Add(-time.Hour), Kind: house.Freezing, Label: "Loft"},
		house.Event{At: monday.Add(-2 * time.Hour), Kind: house.NewSensor, Label: "Loft"},
		house.Event{At: monday.Add(-3 * time.Hour), Kind: house.NewSensor, Label: "Hall"})
	var got []string
	for _, e := range foldEvents(events, 4) {
		text := eventText(e.Event, locale{}, false)
		if e.count > 1 {
			text = e.folded(false)
		}
		got = append(got, text)
	}
	want := []string{"200 sensors heard for the first time", "Loft fell below 0.0°C", "Loft heard for the first time", "Hall heard for the first time"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
