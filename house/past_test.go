package house

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"picotop/feed"
)

// A run is one run of the program: what happens in it each ten seconds.
type run func(s *script)

// live has a script live for a time.
func (r run) live(s *script, d time.Duration) {
	for end := s.now.Add(d); s.now.Before(end); {
		s.wait(10 * time.Second)
		r(s)
	}
}

// restart has a second house go on after a first one, as the program does, and returns
// what it tells in half an hour.
func restart(t *testing.T, cfg Config, away time.Duration, first, next run) (told []string, s *script) {
	t.Helper()
	var readings []Reading
	one := newScript(cfg)
	for range 200 {
		one.wait(10 * time.Second)
		first(one)
		readings = append(readings, one.believed...)
		one.believed = nil
	}
	two := newScript(cfg)
	two.now = one.now.Add(away)
	st := one.State(one.now)
	for _, p := range st.Picos {
		two.RecallPico(p.Addr, p.Name)
	}
	two.RecallEvents(one.TakeEvents())
	for _, r := range readings {
		for _, s := range st.Sensors {
			if s.ID == r.Sensor {
				two.Recall(r, s.Pico)
			}
		}
	}
	two.Resume(two.now)
	next.live(two, 30*time.Minute)
	for _, e := range two.TakeEvents() {
		told = append(told, fmt.Sprintf("%s %s", e.Kind, e.Label))
	}
	return told, two
}

// says is a sensor that says something each time.
func says(s *script, code, name string, celsius float64) {
	s.believed = append(s.believed, s.say(loft, code, name, celsius)...)
}

// TestNothingIsToldTwice holds that what stands at the end of a run and in the next is
// told once, that what is over is told, and nothing of what nobody can know.
func TestNothingIsToldTwice(t *testing.T) {
	impossible := func(s *script) {
		s.Apply(feed.Packet{Kind: feed.Impossible, Sensor: "Tank", Name: "Tank", Celsius: -127, From: loft, Heard: s.now})
	}
	well := func(s *script) { says(s, "Hall", "Hall", 20) }
	with := func(more run) run { return func(s *script) { well(s); more(s) } }
	fails := func(s *script) { s.status(loft, "cupboard", "API Exception") }
	works := func(s *script) { s.status(loft, "cupboard", "API 200 OK") }
	seldom := func(r run) run {
		return func(s *script) {
			if s.now.Unix()/10%30 == 0 { // each five minutes
				r(s)
			}
		}
	}
	clash := func(s *script) {
		s.believed = append(s.believed, s.say(loft, "28ff01", "Tank", 20)...)
		s.believed = append(s.believed, s.say(shed, "28ff01", "Shed", 12)...)
	}
	namesakes := func(s *script) { says(s, "28ff01", "Tank", 20); says(s, "28ff02", "Tank", 12) }
	tests := map[string]struct {
		away        time.Duration
		first, next run
		want        []string
	}{
		"a broken sensor":                   {time.Minute, with(impossible), with(impossible), nil},
		"a broken one that sends seldom":    {time.Minute, with(seldom(impossible)), with(seldom(impossible)), nil},
		"a broken one is mended":            {time.Minute, with(impossible), with(func(s *script) { says(s, "Tank", "Tank", 6) }), []string{"set_aside_over Tank", "broken_over Tank"}},
		"uploads fail":                      {time.Minute, with(fails), with(fails), nil},
		"uploads fail, seldom":              {time.Minute, with(seldom(fails)), with(seldom(fails)), nil},
		"uploads work again":                {time.Minute, with(fails), with(works), []string{"feed_works cupboard"}},
		"a clash":                           {time.Minute, with(clash), with(clash), nil},
		"a clash that is over":              {time.Minute, with(clash), with(func(s *script) { s.say(loft, "28ff01", "Tank", 20) }), []string{"silent 192.0.2.11", "clash_over Tank and Shed"}},
		"namesakes":                         {time.Minute, with(namesakes), with(namesakes), nil},
		"namesakes, renamed":                {time.Minute, with(namesakes), with(func(s *script) { says(s, "28ff01", "Tank", 20); says(s, "28ff02", "Cellar", 12) }), []string{"renamed Cellar", "name_clash_over Tank"}},
		"hardly above the limit":            {time.Minute, with(func(s *script) { says(s, "Tank", "Tank", 2.9) }), with(func(s *script) { says(s, "Tank", "Tank", 3.25) }), nil},
		"one of a Pico's died, for a day":   {24 * time.Hour, with(func(s *script) { says(s, "Tank", "Tank", 6) }), well, []string{"silent Tank"}},
		"one of a Pico's died just now":     {time.Minute, with(func(s *script) { says(s, "Tank", "Tank", 6) }), well, []string{"silent Tank"}},
		"one that was silent is so still":   {time.Minute, with(func(s *script) { once(s, "Tank") }), well, nil},
		"all is well, and was":              {24 * time.Hour, with(func(s *script) { says(s, "Tank", "Tank", 6) }), with(func(s *script) { says(s, "Tank", "Tank", 6) }), nil},
		"a sensor that freezes, and dies":   {time.Hour, with(func(s *script) { says(s, "Tank", "Tank", 2) }), well, []string{"silent Tank"}},
		"one that is set aside is so still": {time.Minute, with(func(s *script) { says(s, "Tank", "Tank", 85) }), with(func(s *script) { says(s, "Tank", "Tank", 85) }), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			told, s := restart(t, Config{Rules: Rules{Limit: DefaultLimit}}, tt.away, tt.first, tt.next)
			same(t, "told", told, tt.want)
			events := s.State(s.now).Events
			slices.Reverse(events)
			alternate(t, events)
		})
	}
}

// once has a sensor speak until ten minutes after the start.
func once(s *script, sensor string) {
	if s.now.Sub(start) < 10*time.Minute {
		says(s, sensor, sensor, 6)
	}
}

// TestWhatIsToldLateEndsNothing tells a house, while it runs, what the last run told: the
// history opened late.
func TestWhatIsToldLateEndsNothing(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	freezes := run(func(s *script) { says(s, "Tank", "Tank", 2) })
	freezes.live(s, time.Hour)
	s.TakeEvents()
	s.RecallEvents([]Event{{At: start.Add(-time.Hour), Kind: Freezing, Label: "Tank", Sensor: "Tank"}})
	freezes.live(s, time.Hour)
	if told := s.TakeEvents(); len(told) > 0 {
		t.Errorf("%v", told)
	}
	if got := s.sensor(t, "Tank"); !got.FreezingSince.Equal(start.Add(-time.Hour)) {
		t.Errorf("freezing since %v", got.FreezingSince)
	}
}

// TestAForgottenSensorIsNotHeardAgain has the last run tell of a sensor that nobody knows
// any more.
func TestAForgottenSensorIsNotHeardAgain(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.RecallEvents([]Event{{At: start.Add(-time.Hour), Kind: Silent, Label: "Tank", Sensor: "Tank"}})
	run(func(s *script) { says(s, "Hall", "Hall", 20) }).live(s, time.Hour)
	same(t, "told", s.told(), []string{"11:00:00 silent Tank"})
}

// alternate fails unless the events of each condition of each sensor and Pico, in the
// order in which they were told, begin and end by turns.
func alternate(t *testing.T, events []Event) {
	t.Helper()
	stands := map[pastKey]bool{}
	for _, e := range events {
		for _, k := range Kinds() {
			begin := e.Kind == beginOf(k)
			if !begin && e.Kind != endings[k] {
				continue
			}
			e.Kind = beginOf(k)
			key := keyOf(e)
			if stands[key] == begin {
				t.Fatalf("%s of %s begins or ends twice: %v", k, e.Label, events)
			}
			stands[key] = begin
		}
	}
}

// TestASilenceIsToldOnce has one of two sensors die, and three of ten packets of the other
// one get lost, and then all of them for a while.
func TestASilenceIsToldOnce(t *testing.T) {
	tank := until(steady(6), 0, hour)
	hall := func(after time.Duration) float64 {
		if after > 5*hour && after < 6*hour {
			return math.NaN()
		}
		return 19
	}
	told := courseHouse{sensors: []courseSensor{
		{name: "Tank", code: "28ff01", pico: loft, celsius: tank},
		{name: "Hall", code: "28ff02", pico: loft, celsius: hall},
		{name: "Shed", code: "28ff03", pico: shed, celsius: steady(12)},
	}, lost: 0.3, length: 12 * hour}.play()
	var got []string
	for _, e := range told {
		if e.Kind != NewSensor {
			got = append(got, string(e.Kind)+" "+e.Label)
		}
	}
	same(t, "told", got, []string{"silent Tank", "silent 192.0.2.10", "heard 192.0.2.10"})
}
