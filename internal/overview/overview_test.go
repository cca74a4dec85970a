package overview

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"picotop/house"
)

var monday = time.Date(2026, time.January, 5, 21, 47, 0, 0, time.UTC)

func names(l List) string {
	var all []string
	for _, h := range l.Houses {
		all = append(all, h.Label())
	}
	return strings.Join(all, " ")
}

func TestSort(t *testing.T) {
	for name, tt := range map[string]struct {
		houses []House
		want   string
	}{
		"nothing": {nil, ""},
		"the worst first": {
			[]House{{Name: "well"}, {Name: "near", Kind: house.Near}, {Name: "silent", Kind: house.Silent}, {Name: "freezes", Kind: house.Freezing}},
			"freezes silent near well",
		},
		"by name as people count":      {[]House{{Name: "h10"}, {Name: "h9"}, {Name: "h1"}}, "h1 h9 h10"},
		"in any letter case":           {[]House{{Name: "b"}, {Name: "C"}, {Name: "A"}}, "A b C"},
		"names alike but for the case": {[]House{{Name: "mum"}, {Name: "Mum"}}, "Mum mum"},
		"the one without a name":       {[]House{{Name: "a"}, {}}, "(no name) a"},
		"a kind that nobody knows":     {[]House{{Name: "odd", Kind: "odd"}, {Name: "upload", Kind: house.Upload}}, "upload odd"},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(5) { // whatever the order was
				l := List{Houses: slices.Clone(tt.houses)}
				rand.New(rand.NewPCG(seed, 1)).Shuffle(len(l.Houses), func(i, j int) { l.Houses[i], l.Houses[j] = l.Houses[j], l.Houses[i] })
				l.Sort()
				if got := names(l); got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
			}
		})
	}
}

func TestJudge(t *testing.T) {
	for name, tt := range map[string]struct {
		heard time.Duration // before now; 0 if nobody knows
		want  house.Kind
	}{
		"just now":                {time.Second, house.Near},
		"for five minutes":        {5 * time.Minute, house.Near},
		"longer than that":        {5*time.Minute + time.Second, house.Silent},
		"nobody knows":            {0, house.Silent},
		"by a clock that's ahead": {-time.Hour, house.Near},
	} {
		t.Run(name, func(t *testing.T) {
			h := House{Kind: house.Near, Sensor: "Loft"}
			if tt.heard != 0 {
				h.Heard = monday.Add(-tt.heard)
			}
			h.Judge(monday)
			if h.Kind != tt.want || (h.Kind == house.Silent) != h.NothingIsHeard || h.NothingIsHeard && h.Sensor != "" {
				t.Errorf("%+v", h)
			}
		})
	}
}

func TestWorst(t *testing.T) {
	gone := func(heard time.Time) House {
		h := House{Heard: heard}
		h.Judge(monday)
		return h
	}
	for want, h := range map[string]House{
		"all well":                       {},
		"nothing heard for a week":       gone(time.Time{}),
		"nothing heard since 19:47":      gone(monday.Add(-2 * time.Hour)),
		"Tank 2.5, freezing":             {Kind: house.Freezing, Sensor: "Tank", Celsius: 2.5, Freezing: 1},
		"Tank 2.5, freezing, and 2 more": {Kind: house.Freezing, Sensor: "Tank", Celsius: 2.5, Freezing: 3},
		"Tank, freezing":                 {Kind: house.Freezing, Sensor: "Tank", Celsius: -1000, Freezing: 1},
		"shed is silent":                 {Kind: house.Silent, Pico: "shed", SilentPicos: 1, Silent: 6},
		"2 picos silent":                 {Kind: house.Silent, Pico: "shed", SilentPicos: 2},
		"Loft is silent":                 {Kind: house.Silent, Sensor: "Loft", Silent: 1},
		"3 sensors silent":               {Kind: house.Silent, Sensor: "Loft", Silent: 3},
		"Loft, broken":                   {Kind: house.Broken, Sensor: "Loft", Celsius: -1000},
		"Boiler 91.0, too warm":          {Kind: house.TooWarm, Sensor: "Boiler", Celsius: 91},
		"Loft 4.0, changing too fast":    {Kind: house.TooFast, Sensor: "Loft", Celsius: 4},
		"Loft 4.1, near its limit":       {Kind: house.Near, Sensor: "Loft", Celsius: 4.1},
	} {
		t.Run(want, func(t *testing.T) {
			got := h.Worst(func(c float64) string { return fmt.Sprintf("%.1f", c) }, func(at time.Time) string { return at.Format("15:04") })
			if got != want {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestAlsoSilent(t *testing.T) {
	for name, tt := range map[string]struct {
		house House
		want  string
	}{
		"all is well":              {House{}, ""},
		"that is what is worst":    {House{Kind: house.Silent, Pico: "shed", SilentPicos: 1}, ""},
		"a Pico beside frost":      {House{Kind: house.Freezing, Sensor: "Tank", Pico: "shed", SilentPicos: 1, Silent: 6}, "shed is silent"},
		"Picos beside frost":       {House{Kind: house.Freezing, Sensor: "Tank", Pico: "shed", SilentPicos: 2}, "2 picos silent"},
		"a sensor that is another": {House{Kind: house.Freezing, Sensor: "Tank", Silent: 1}, "1 sensor silent"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.house.AlsoSilent(); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestSummary(t *testing.T) {
	for name, tt := range map[string]struct {
		houses        []House
		counts, wrong string
		warnings      int
	}{
		"nothing":  {nil, "0 houses, 0 sensors", "all well", 0},
		"all well": {[]House{{Sensors: 1}}, "1 house, 1 sensor", "all well", 0},
		"of each": {
			[]House{{Sensors: 20, Kind: house.Freezing}, {Sensors: 20, Kind: house.Silent}, {Kind: house.Silent}, {Sensors: 3}},
			"4 houses, 43 sensors", "1 freezing  2 silent", 3,
		},
		"another warning":    {[]House{{Sensors: 2, Kind: house.Near}}, "1 house, 2 sensors", "1 warning", 1},
		"warnings of others": {[]House{{Kind: house.Near}, {Kind: house.TooWarm}, {Kind: house.Freezing}}, "3 houses, 0 sensors", "1 freezing  2 other", 3},
	} {
		t.Run(name, func(t *testing.T) {
			l := List{Houses: tt.houses}
			counts, wrong := l.Summary()
			if counts != tt.counts || wrong != tt.wrong || l.Warnings() != tt.warnings {
				t.Errorf("%q, %q, %d", counts, wrong, l.Warnings())
			}
		})
	}
}

// TestJSON holds the form that docs/api.md promises.
func TestJSON(t *testing.T) {
	freezes := House{
		Name: "mum", Key: "never told", Sensors: 20, Kind: house.Freezing, Sensor: "Tank", Celsius: 2.5, Freezing: 1,
		Coldest: -1.5, ColdestSensor: "Outside", Heard: monday.In(time.FixedZone("", 3600)),
	}
	silent := House{Name: "boat", Kind: house.Silent, Sensor: "Loft", Celsius: -1000, Silent: 1, Heard: monday}
	gone := House{}
	gone.Judge(monday)
	for name, tt := range map[string]struct {
		list List
		want string
	}{
		"no house": {List{At: monday}, `{"api":"picotop","version":1,"at":"2026-01-05T21:47:00Z","warnings":0,"houses":[],"more":false}`},
		"several": {
			List{At: monday, Houses: []House{freezes, silent, gone}, More: 7},
			`{"api":"picotop","version":1,"at":"2026-01-05T21:47:00Z","warnings":3,"houses":[` +
				`{"house":"mum","sensors":20,"warns":true,"worst":"freezing","sensor":"Tank","celsius":2.5,"freezing":1,"silent":0,"silent_picos":0,` +
				`"coldest_sensor":"Outside","coldest_celsius":-1.5,"heard":"2026-01-05T21:47:00Z","nothing_heard":false},` +
				`{"house":"boat","sensors":0,"warns":true,"worst":"silent","sensor":"Loft","freezing":0,"silent":1,"silent_picos":0,` +
				`"heard":"2026-01-05T21:47:00Z","nothing_heard":false},` +
				`{"house":"","sensors":0,"warns":true,"worst":"silent","freezing":0,"silent":0,"silent_picos":0,"nothing_heard":true}],"more":true}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := json.Marshal(&tt.list)
			if err != nil || string(got) != tt.want {
				t.Errorf("%v\ngot  %s\nwant %s", err, got, tt.want)
			}
		})
	}
}
