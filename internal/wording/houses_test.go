package wording

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"picotop/house"
	"picotop/internal/goldentest"
	"picotop/internal/overview"
)

// someHouses are houses in which is wrong what can be, as the engine tells of them.
func someHouses() overview.List {
	list := overview.List{At: monday, More: 1, Houses: []overview.House{
		{Name: "x", Sensors: 20, Coldest: 4.25, ColdestSensor: "Loft", Heard: ago(9 * time.Second)},
		{
			Name: "mum", Sensors: 20, Kind: house.Freezing, Sensor: "Cold Water Tank", Celsius: 2.5, Freezing: 2,
			Coldest: -11.5, ColdestSensor: "Outside", Heard: ago(time.Minute),
		},
		{Name: strings.Repeat("long ", 12) + "name", Kind: house.Silent, Pico: "shed", SilentPicos: 1, Heard: ago(3 * time.Second)},
		{Name: "冷蔵庫の家", Kind: house.Near, Sensor: "室温", Celsius: 4, Coldest: 4, ColdestSensor: "室温", Heard: ago(time.Second)},
		{Name: "boat", Coldest: 3, ColdestSensor: "Bilge", Heard: ago(26 * time.Hour)},
		{},
	}}
	for i := range list.Houses {
		list.Houses[i].Judge(monday)
	}
	list.Sort()
	return list
}

func TestHouses(t *testing.T) {
	calm := overview.List{At: monday, Houses: []overview.House{{Name: "mum", Sensors: 3, Coldest: 4, ColdestSensor: "Loft", Heard: ago(time.Second)}}}
	for name, tt := range map[string]struct {
		list  overview.List
		style Style
	}{
		"houses":            {someHouses(), Style{}},
		"houses-fahrenheit": {someHouses(), Style{Fahrenheit: true}},
		"houses-ascii":      {someHouses(), Style{ASCII: true}},
		"houses-calm":       {calm, Style{}},
		"houses-none":       {overview.List{At: monday}, Style{}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := tt.style.Houses(&b, tt.list); err != nil {
				t.Fatal(err)
			}
			goldentest.Compare(t, "testdata/"+name+".txt", b.Bytes())
			for _, r := range b.String() {
				if tt.style.ASCII && r > '~' || r < ' ' && r != '\n' {
					t.Errorf("it holds %q", r)
				}
			}
		})
	}
}
