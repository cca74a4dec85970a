package house

import (
	"math"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"picotop/feed"
)

// A courseSensor is a made-up sensor: what it measures at a time after the start.
type courseSensor struct {
	name, code string
	pico       netip.AddrPort
	celsius    func(after time.Duration) float64 // NaN sends nothing
	every      time.Duration                     // 0 means 13 s
}

// A courseHouse is a house whose sensors are played, each packet rounded as a DS18B20
// does, with a share of them lost.
type courseHouse struct {
	sensors []courseSensor
	lost    float64
	length  time.Duration
	rules   Rules
}

// play returns what the house told, as a person would have been told.
func (c courseHouse) play() []Event {
	random := rand.New(rand.NewPCG(1, 2))
	if c.rules.Limit == 0 {
		c.rules.Limit = DefaultLimit
	}
	h := New(Config{Rules: c.rules})
	var told []Event
	next := make([]time.Duration, len(c.sensors))
	for i := range next {
		next[i] = time.Duration(i) * time.Second
	}
	for after := time.Duration(0); after < c.length; after += time.Second {
		now := start.Add(after)
		for i, s := range c.sensors {
			if after < next[i] {
				continue
			}
			every := s.every
			if every == 0 {
				every = 13 * time.Second
			}
			next[i] += every
			v := s.celsius(after)
			if math.IsNaN(v) || random.Float64() < c.lost {
				continue
			}
			kind := feed.Temperature
			if v < feed.MinCelsius || v > feed.MaxCelsius {
				kind = feed.Impossible
			}
			h.Apply(feed.Packet{Kind: kind, Sensor: s.code, Name: s.name, From: s.pico, Heard: now, Celsius: math.Round(v*16) / 16})
		}
		h.Advance(now)
		told = append(told, h.TakeEvents()...)
	}
	return told
}

// of are the moments of one kind of event about one sensor or Pico, after the start.
func of(events []Event, kind Kind, label string) []time.Duration {
	var at []time.Duration
	for _, e := range events {
		if e.Kind == kind && (label == "" || e.Label == label) {
			at = append(at, e.At.Sub(start))
		}
	}
	return at
}

const (
	hour   = time.Hour
	oneDay = 24 * time.Hour
)

// wave is a day of a place: its mean, by how much it moves, and noise of a sixteenth.
func wave(mean, swing float64) func(time.Duration) float64 {
	random := rand.New(rand.NewPCG(7, uint64(mean*1000)))
	return func(after time.Duration) float64 {
		return mean + swing*math.Sin(2*math.Pi*after.Hours()/24) + (random.Float64()-0.5)/8
	}
}

func steady(celsius float64) func(time.Duration) float64 { return wave(celsius, 0) }

// falls goes from one temperature to another between two moments.
func falls(from, to float64, begin, end time.Duration) func(time.Duration) float64 {
	return func(after time.Duration) float64 {
		share := min(max(float64(after-begin)/float64(end-begin), 0), 1)
		return from + (to-from)*share
	}
}

// odd puts one value in the place of another's, once.
func odd(f func(time.Duration) float64, at time.Duration, value float64) func(time.Duration) float64 {
	done := false
	return func(after time.Duration) float64 {
		if !done && after >= at {
			done = true
			return value
		}
		return f(after)
	}
}

func until(f func(time.Duration) float64, from, to time.Duration) func(time.Duration) float64 {
	return func(after time.Duration) float64 {
		if after < from || after >= to {
			return math.NaN()
		}
		return f(after)
	}
}

// TestCourses plays courses as houses have them, and holds how often each warning is
// raised.
func TestCourses(t *testing.T) {
	type counts map[Kind]int
	one := func(name string, f func(time.Duration) float64) []courseSensor {
		return []courseSensor{{name: name, code: "28ff01", pico: loft, celsius: f}}
	}
	var eight []courseSensor
	for i := range 8 {
		eight = append(eight, courseSensor{name: "Room" + string(rune('A'+i)), code: "28ff0" + string(rune('a'+i)), pico: loft, celsius: until(steady(18), 0, 6*hour)})
	}
	flap := func(after time.Duration) float64 {
		if int(after/(13*time.Second))%2 == 0 {
			return 2.9
		}
		return 3.1
	}
	tests := map[string]struct {
		house courseHouse
		want  counts // of the kinds that warn, and of their ends
	}{
		"a frosty week in the loft": {
			// It freezes in each of seven nights.
			courseHouse{sensors: one("Loft", wave(4, 4)), length: 7 * oneDay},
			counts{Freezing: 7, Thawed: 7, Near: 7, NearOver: 7},
		},
		"a steady tank":       {courseHouse{sensors: one("Tank", steady(6)), length: 3 * oneDay}, counts{}},
		"a boiler house":      {courseHouse{sensors: one("Boiler", wave(60, 25)), length: 3 * oneDay}, counts{}},
		"between 2.9 and 3.1": {courseHouse{sensors: one("Tank", flap), length: 6 * hour}, counts{Freezing: 1}},
		"three of ten packets lost for a week": {
			courseHouse{sensors: append(one("Tank", steady(6)), courseSensor{name: "Hall", code: "28ff02", pico: shed, celsius: steady(19)}), lost: 0.3, length: 7 * oneDay}, counts{},
		},
		"a Pico of eight goes silent":      {courseHouse{sensors: eight, length: 12 * hour}, counts{Silent: 1}},
		"85 at boot":                       {courseHouse{sensors: one("Hall", odd(steady(20), 0, 85)), length: 2 * hour}, counts{SetAside: 1, SetAsideOver: 1}},
		"a true 85 on the boiler":          {courseHouse{sensors: one("Boiler", falls(60, 90, hour, 3*hour)), length: 4 * hour}, counts{}},
		"one -10 among 20s":                {courseHouse{sensors: one("Hall", odd(steady(20), hour, -10)), length: 2 * hour}, counts{SetAside: 1, SetAsideOver: 1}},
		"one 2.5 among 4.5s":               {courseHouse{sensors: one("Tank", odd(steady(4.5), hour, 2.5)), length: 2 * hour}, counts{SetAside: 1, SetAsideOver: 1}},
		"one 6 while it freezes":           {courseHouse{sensors: one("Tank", odd(steady(2), hour, 6)), length: 2 * hour}, counts{Freezing: 1, SetAside: 1, SetAsideOver: 1}},
		"a garden in January, by its name": {courseHouse{sensors: one("Garden", wave(1, 5)), length: 7 * oneDay}, counts{}},
		"a freezer":                        {courseHouse{sensors: one("Freezer2", wave(-18, 1)), length: 2 * oneDay}, counts{}},
		"a sensor that is not connected": {
			courseHouse{sensors: one("Tank", func(after time.Duration) float64 {
				if after > hour {
					return -127
				}
				return 6
			}), length: 3 * hour}, counts{Broken: 1, SetAside: 1},
		},
		"a swapped sensor": {
			courseHouse{sensors: []courseSensor{
				{name: "Tank", code: "28ff01", pico: loft, celsius: until(steady(6), 0, hour)},
				{name: "Tank", code: "28ff02", pico: loft, celsius: until(steady(6), hour+5*time.Minute, 9*hour)},
				{name: "Hall", code: "28ff03", pico: loft, celsius: steady(19)},
			}, length: 4 * hour}, counts{Silent: 1, HeardAgain: 1, Replaced: 1},
		},
		"a restart at night": {
			courseHouse{sensors: append(one("Tank", func(after time.Duration) float64 {
				if after > 3*hour && after < 3*hour+40*time.Second {
					return math.NaN()
				}
				return 6
			}), courseSensor{name: "Hall", code: "28ff02", pico: shed, celsius: steady(19)}), length: 6 * hour}, counts{},
		},
		"a slow sender": {
			courseHouse{sensors: []courseSensor{{name: "Tank", code: "28ff01", pico: loft, celsius: steady(6), every: 10 * time.Minute}}, length: oneDay}, counts{},
		},
		"two slow Picos, of which one dies": {
			courseHouse{sensors: []courseSensor{
				{name: "Tank", code: "28ff01", pico: loft, celsius: steady(6), every: 10 * time.Minute},
				{name: "Hall", code: "28ff02", pico: shed, celsius: until(steady(19), 0, 5*hour)},
			}, length: 12 * hour}, counts{Silent: 1},
		},
		"two slow Picos": {
			courseHouse{sensors: []courseSensor{
				{name: "Tank", code: "28ff01", pico: loft, celsius: steady(6), every: 10 * time.Minute},
				{name: "Hall", code: "28ff02", pico: shed, celsius: steady(19), every: 10 * time.Minute},
			}, length: 6 * hour}, counts{},
		},
		"two sensors of one name": {
			courseHouse{sensors: []courseSensor{
				{name: "Tank", code: "28ff01", pico: loft, celsius: steady(6)}, {name: "Tank", code: "28ff02", pico: loft, celsius: steady(9)},
			}, length: hour}, counts{NameClash: 1},
		},
		"nothing is heard of two Picos": {
			courseHouse{sensors: []courseSensor{
				{name: "Tank", code: "28ff01", pico: loft, celsius: until(steady(6), 0, hour)},
				{name: "Hall", code: "28ff02", pico: shed, celsius: until(steady(19), 0, hour)},
			}, length: 2 * hour}, counts{Silent: 2, NoPackets: 1},
		},
		"a boiler that fails, where it was asked for": {
			courseHouse{
				sensors: one("Boiler", falls(60, 20, hour, 2*hour)), length: 4 * hour,
				rules: Rules{Sensors: map[string]SensorRule{"boiler": {Rate: 20}}},
			}, counts{TooFast: 1, TooFastOver: 1},
		},
		"a freezer left open, where it was asked for": {
			courseHouse{
				sensors: one("Freezer", falls(-18, -2, hour, 3*hour)), length: 4 * hour,
				rules: Rules{Sensors: map[string]SensorRule{"freezer": {High: Threshold{Set: true, Celsius: -10}}}},
			}, counts{TooWarm: 1},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			told := tt.house.play()
			got := counts{}
			for _, e := range told {
				if e.Kind != NewSensor {
					got[e.Kind]++
				}
			}
			for k := range got {
				if got[k] != tt.want[k] {
					t.Errorf("%d times %s, want %d: %v", got[k], k, tt.want[k], of(told, k, ""))
				}
			}
			for k := range tt.want {
				if got[k] == 0 && tt.want[k] > 0 {
					t.Errorf("%s was never told", k)
				}
			}
		})
	}
}

// TestDelays holds how soon a warning is raised after it is due.
func TestDelays(t *testing.T) {
	tests := map[string]struct {
		celsius func(time.Duration) float64
		lost    float64
		kind    Kind
		due     time.Duration
		within  time.Duration
	}{
		"a slow fall":           {falls(6, 2, hour, 3*hour), 0, Freezing, hour + 90*time.Minute, time.Minute},
		"into ice":              {falls(20, 1, hour, hour+time.Second), 0, Freezing, hour, 26 * time.Second},
		"into ice, badly heard": {falls(20, 1, hour, hour+time.Second), 0.3, Freezing, hour, 2 * time.Minute},
		"the sensor dies":       {until(steady(6), 0, hour), 0, Silent, hour, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			told := courseHouse{sensors: []courseSensor{{name: "Tank", code: "28ff01", pico: loft, celsius: tt.celsius}}, lost: tt.lost, length: 4 * hour}.play()
			at := of(told, tt.kind, "")
			if len(at) != 1 || at[0]-tt.due > tt.within || tt.due-at[0] > time.Minute {
				t.Errorf("at %v, want one at %v and no later than %v after it", at, tt.due, tt.within)
			}
		})
	}
}

// TestAClockThatIsSetBack holds that trends, forecasts and habits go on from there.
func TestAClockThatIsSetBack(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.now = start.AddDate(1, 0, 0)
	s.poll(time.Hour, 13*time.Second, map[netip.AddrPort][]string{loft: {"Tank"}}, 8)
	s.now = start
	for after := time.Duration(0); after < 2*time.Hour; after += 13 * time.Second {
		s.wait(13 * time.Second)
		s.hear(loft, "Tank", 8-after.Hours())
	}
	got := s.sensor(t, "Tank")
	if got.PerHour > -0.9 || got.PerHour < -1.1 || got.FreezesAt.IsZero() {
		t.Errorf("%v an hour, 0 degrees at %v", got.PerHour, got.FreezesAt)
	}
}

// TestReplacedAfterARestart holds that a sensor which was there before another fell silent
// is not taken for its successor, because the program was started since.
func TestReplacedAfterARestart(t *testing.T) {
	tests := map[string]struct {
		heardFor time.Duration // the one that is alive
		want     bool
	}{
		"it was there before":   {20 * time.Hour, false},
		"it came after a while": {30 * time.Minute, true},
		"it came while away":    {0, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			old := Reading{Sensor: "28ff01", SensorName: "Tank", At: start.Add(-2 * time.Hour), Celsius: 6}
			s.Recall(old, loft.Addr())
			if tt.heardFor > 0 {
				s.RecallHeardFor("28ff02", tt.heardFor)
				s.Recall(Reading{Sensor: "28ff02", SensorName: "Tank", At: start.Add(-time.Minute), Celsius: 6}, loft.Addr())
			}
			s.Resume(start)
			for range 60 {
				s.wait(13 * time.Second)
				s.say(loft, "28ff02", "Tank", 6)
			}
			if got := s.sensor(t, "28ff01"); got.Replaced != tt.want || !got.Silent {
				t.Errorf("replaced %v, silent %v", got.Replaced, got.Silent)
			}
		})
	}
}
