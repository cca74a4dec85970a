package house

import (
	"net/netip"
	"testing"
	"time"
)

func TestNamesThatMayBeCold(t *testing.T) {
	tests := map[string]bool{
		"Outside": true, "outside": true, "OUTSIDE": true, "Outside 2": true, "GardenShed": true, "garden_2": true,
		"Chest Freezer": true, "fridge": true, "Greenhouse": true, "green house": true, "GreenHouse": true,
		"Gardener": false, "Refrigerator": false, "Tank": false, "": false, "Houseplant": false, "Green Room": false,
	}
	for name, want := range tests {
		if got := namedCold(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

// lows are those of the days before start, oldest first.
func lows(celsius ...float64) []DayLow {
	var days []DayLow
	for i, c := range celsius {
		days = append(days, DayLow{Day: start.AddDate(0, 0, i-len(celsius)), Celsius: c})
	}
	return days
}

func repeat(n int, celsius ...float64) []float64 {
	var all []float64
	for range n {
		all = append(all, celsius...)
	}
	return all
}

func TestHabit(t *testing.T) {
	tests := map[string]struct {
		lows []float64
		want ColdReason
	}{
		"cold on each of ten days":         {repeat(10, -2), ColdByHabit},
		"cold on half of ten days":         {repeat(5, -2, 6), ColdByHabit},
		"cold on one day of thirty":        {append(repeat(29, 6), -2), ""},
		"cold on the last days of thirty":  {append(repeat(20, 6), repeat(10, -2)...), ""},
		"cold since twenty days of thirty": {append(repeat(10, 6), repeat(20, -2)...), ColdByHabit},
		"cold, and known for five days":    {repeat(5, -2), ""},
		"never cold":                       {repeat(30, 6), ""},
		"nothing is known":                 {nil, ""},
		"it was, a month and more ago":     {append(repeat(30, -2), repeat(30, 6)...), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			s.hear(loft, "Shed", 6)
			s.RecallDays("Shed", lows(tt.lows...))
			if got := s.sensor(t, "Shed"); got.Cold != tt.want || got.HasLimit != (tt.want == "") {
				t.Errorf("%q, limit %v", got.Cold, got.HasLimit)
			}
			s.wait(13 * time.Second)
			s.hear(loft, "Shed", 2)
			s.wait(13 * time.Second)
			s.hear(loft, "Shed", 2)
			if got := s.sensor(t, "Shed").Freezing; got != (tt.want == "") {
				t.Errorf("freezing %v", got)
			}
		})
	}
}

// TestTheFirstFrostAlwaysWarns has a place that was warm for weeks freeze for a week: it
// must not become habit while nobody has looked.
func TestTheFirstFrostAlwaysWarns(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.hear(loft, "Loft", 6)
	s.RecallDays("Loft", lows(repeat(10, 6)...))
	for range 30 * 24 {
		s.wait(time.Hour)
		s.hear(loft, "Loft", 1)
	}
	if got := s.sensor(t, "Loft"); !got.Freezing || got.Cold != "" {
		t.Errorf("freezing %v, cold %q", got.Freezing, got.Cold)
	}
}

func TestWhoSaysThatColdIsNormal(t *testing.T) {
	cold := []Decision{{Action: ColdIsNormal, Sensor: "Outside"}}
	wrong := []Decision{{Action: ColdIsWrong, Sensor: "Outside"}}
	back := []Decision{{Action: ColdIsWrong, Sensor: "Outside"}, {Action: ColdAsLearned, Sensor: "Outside"}}
	limit := SensorRule{Limit: Threshold{Set: true, Celsius: 1}}
	tests := map[string]struct {
		rule      SensorRule
		decisions []Decision
		want      ColdReason
	}{
		"its name":                   {want: ColdByName},
		"the owner, to the contrary": {decisions: wrong, want: ""},
		"and takes it back":          {decisions: back, want: ColdByName},
		"a limit, to the contrary":   {rule: limit, want: ""},
		"no limit":                   {rule: SensorRule{Limit: Threshold{Set: true, Off: true}}, want: ColdByConfig},
		"it is outside":              {rule: SensorRule{Outside: true}, want: ColdByConfig},
		"the owner, against a limit": {rule: limit, decisions: cold, want: ColdByDecision},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{Rules: Rules{Limit: DefaultLimit, Sensors: map[string]SensorRule{"outside": tt.rule}}})
			s.hear(loft, "Outside", -5)
			for _, d := range tt.decisions {
				if err := s.Decide(d); err != nil {
					t.Fatal(err)
				}
			}
			if got := s.sensor(t, "Outside"); got.Cold != tt.want || got.Freezing != (tt.want == "") {
				t.Errorf("%q, freezing %v", got.Cold, got.Freezing)
			}
		})
	}
}

// TestRulesChangeWhileItRuns holds that conditions begin and end with the rules, and
// nothing is forgotten.
func TestRulesChangeWhileItRuns(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.hear(loft, "Tank", 5)
	s.wait(time.Minute)
	s.SetRules(Rules{Limit: 6, Sensors: map[string]SensorRule{"tank": {Label: "Cold Tank", High: Threshold{Set: true, Celsius: 4}}}}, s.now)
	got := s.sensor(t, "Tank")
	if !got.Freezing || !got.TooWarm || got.DisplayName != "Cold Tank" || got.Low.Celsius != 5 {
		t.Errorf("%+v", got)
	}
	s.SetRules(Rules{Limit: DefaultLimit}, s.now)
	if got := s.sensor(t, "Tank"); got.Freezing || got.TooWarm || got.DisplayName != "Tank" {
		t.Errorf("%+v", got)
	}
	same(t, "told", s.told(), []string{"12:01:00 freezing Tank", "12:01:00 too_warm Tank", "12:01:00 thawed Tank", "12:01:00 too_warm_over Tank"})
}

// TestLimitRaisedWhileItFalls holds that what is on its way to the new limit stays near,
// although it was not low before.
func TestLimitRaisedWhileItFalls(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	for s.now.Sub(start) < time.Hour {
		s.wait(15 * time.Second)
		s.hear(loft, "Tank", 11-s.now.Sub(start).Hours())
	}
	s.SetRules(Rules{Limit: 9}, s.now)
	for range 10 {
		s.wait(time.Second)
		s.Advance(s.now)
	}
	same(t, "wrong", s.wrong(), []string{"near Tank 13:00:00"})
	same(t, "told", s.told(), []string{"13:00:00 near Tank"})
}

// TestTheOwnersNamesForPicos holds that they count for a Pico that is heard later, and
// for one that is known.
func TestTheOwnersNamesForPicos(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit, Picos: map[netip.Addr]string{loft.Addr(): "Up there"}}})
	s.hear(loft, "Tank", 5)
	s.status(loft, "LoftPico", "API 200 OK")
	label := func() string { return s.State(s.now).Picos[0].Label() }
	if got := label(); got != "Up there" {
		t.Errorf("called %q", got)
	}
	s.SetRules(Rules{Limit: DefaultLimit}, s.now)
	if got := label(); got != "LoftPico" {
		t.Errorf("called %q without the owner's name", got)
	}
	s.SetRules(Rules{Limit: DefaultLimit, Picos: map[netip.Addr]string{loft.Addr(): "Loft"}}, s.now)
	if got := label(); got != "Loft" {
		t.Errorf("called %q after the file changed", got)
	}
}
