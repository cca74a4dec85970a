package house

import (
	"math"
	"net/netip"
	"testing"
	"time"

	"picotop/feed"
)

// lost is a packet that never came.
var lost = math.NaN()

// A course is what one sensor says, each 15 s.
type course []float64

// play has a sensor say the course, and returns what is believed, in the order
// in which the house hands it out.
func (c course) play(s *script) []float64 {
	var believed []float64
	for _, v := range c {
		s.wait(15 * time.Second)
		if math.IsNaN(v) {
			continue
		}
		for _, r := range s.say(loft, "28aa00000000d001", "Tank", v) {
			believed = append(believed, r.Celsius)
		}
	}
	return believed
}

func TestLoneLeapsAreSetAside(t *testing.T) {
	tests := map[string]struct {
		says  course
		want  []float64 // believed
		told  []string  // events but new_sensor
		why   Doubt     // of the last that was set aside
		count uint64
	}{
		"zero among 21.5": {
			says: course{21.5, 21.5, 21.5625, 0, 21.5, 21.5}, want: []float64{21.5, 21.5, 21.5625, 21.5, 21.5},
			told: []string{"12:01:00 set_aside Tank"}, why: AllZeros, count: 1,
		},
		"minus a sixteenth among 21.5": {
			says: course{21.5, 21.5, -0.0625, 21.5}, want: []float64{21.5, 21.5, 21.5},
			told: []string{"12:00:45 set_aside Tank"}, why: AllOnes, count: 1,
		},
		"85 among 21.5": {
			says: course{21.5, 85, 21.5}, want: []float64{21.5, 21.5},
			told: []string{"12:00:30 set_aside Tank"}, why: PowerOn, count: 1,
		},
		"any other far value": {
			says: course{21.5, 21.5, 21.5, 43, 21.5}, want: []float64{21.5, 21.5, 21.5, 21.5},
			told: []string{"12:01:00 set_aside Tank"}, why: Leap, count: 1,
		},
		"a smaller leap of a steady sensor": {
			says: course{21.5, 21.5, 21.5, 14, 21.5}, want: []float64{21.5, 21.5, 21.5, 21.5},
			told: []string{"12:01:00 set_aside Tank"}, why: Leap, count: 1,
		},
		"a small one to below the limit": {
			says: course{4.5, 4.5, 4.5, 2.5, 4.5}, want: []float64{4.5, 4.5, 4.5, 4.5},
			told: []string{"12:01:00 set_aside Tank"}, why: Leap, count: 1,
		},
		"a small one from below the limit": {
			says: course{2, 2, 2, 4.5, 2}, want: []float64{2, 2, 2, 2},
			told: []string{"12:00:15 freezing Tank", "12:01:00 set_aside Tank"}, why: Leap, count: 1,
		},
		"a small leap elsewhere": {
			says: course{21.5, 21.5, 21.5, 23.5, 21.5}, want: []float64{21.5, 21.5, 21.5, 23.5, 21.5},
		},
		"a small leap to below the limit that lasts": {
			says: course{4.5, 4.5, 4.5, 2.5, 2.75}, want: []float64{4.5, 4.5, 4.5, 2.5, 2.75},
			told: []string{"12:01:00 freezing Tank"}, why: Leap,
		},
		"a small leap to below the limit, and on": {
			says: course{4.5, 4.5, 4.5, 2.5, 0.5}, want: []float64{4.5, 4.5, 4.5, 2.5, 0.5},
			told: []string{"12:01:00 freezing Tank"}, why: Leap,
		},
		"zero of a tank at 4 degrees": {
			says: course{4, 4, 4, 0, 4}, want: []float64{4, 4, 4, 4},
			told: []string{"12:01:00 set_aside Tank"}, why: AllZeros, count: 1,
		},
		"zero first of all": {
			says: course{0, 21.5, 21.5}, want: []float64{21.5, 21.5},
			told: []string{"12:00:15 set_aside Tank"}, why: AllZeros, count: 1,
		},
		"zero first, of a tank at 4 degrees": {
			says: course{0, 4, 4}, want: []float64{4, 4},
			told: []string{"12:00:15 set_aside Tank"}, why: AllZeros, count: 1,
		},
		"one fault after another": {
			says: course{21.5, 85, 0, 21.5}, want: []float64{21.5, 21.5},
			told: []string{"12:00:30 set_aside Tank"}, why: AllZeros, count: 2,
		},
		"a fault with packets lost around it": {
			says: course{21.5, lost, lost, 0, lost, 21.5}, want: []float64{21.5, 21.5},
			told: []string{"12:01:00 set_aside Tank"}, why: AllZeros, count: 1,
		},
		"a sensor without supply": {
			says: course{21.5, 85, 85, 85, 21.5}, want: []float64{21.5, 21.5},
			told: []string{"12:00:30 set_aside Tank"}, why: PowerOn, count: 3,
		},
		"zero that repeats": {
			says: course{21.5, 0, 0}, want: []float64{21.5, 0, 0}, told: []string{"12:00:30 freezing Tank"}, why: AllZeros,
		},
		"zero, and near it": {
			says: course{21.5, 0, -0.5, -1}, want: []float64{21.5, 0, -0.5, -1}, told: []string{"12:00:30 freezing Tank"}, why: AllZeros,
		},
		"zero that repeats at the start": {
			says: course{0, 0, -0.0625}, want: []float64{0, 0, -0.0625}, told: []string{"12:00:15 freezing Tank"}, why: AllZeros,
		},
		"a tank that freezes slowly": {
			says: course{0.25, 0.125, 0.0625, 0, -0.0625, -0.125}, want: []float64{0.25, 0.125, 0.0625, 0, -0.0625, -0.125},
			told: []string{"12:00:15 freezing Tank"},
		},
		"a tank that freezes fast": {
			says: course{6, 4, 2, 0, -2}, want: []float64{6, 4, 2, 0, -2}, told: []string{"12:00:45 freezing Tank"},
		},
		"a sensor thrown into ice": {
			says: course{21.5, 21.5, 21.5, 8, 0, -0.0625}, want: []float64{21.5, 21.5, 21.5, 8, 0, -0.0625},
			told: []string{"12:01:15 freezing Tank"}, why: Leap,
		},
		"a boiler through 85": {
			says: course{84.8125, 84.9375, 85, 85.0625, 85, 84.9375}, want: []float64{84.8125, 84.9375, 85, 85.0625, 85, 84.9375},
		},
		"a boiler that heats up fast": {
			says: course{60, 70, 80, 85, 85, 85}, want: []float64{60, 70, 80, 85, 85, 85},
		},
		"a leap to 85 and on": {
			says: course{60, 85, 88}, want: []float64{60, 85, 88}, told: []string{"12:00:30 set_aside Tank"}, why: PowerOn,
		},
		"a tap is opened": {
			says: course{20, 20, 20, 50, 55, 55, 52}, want: []float64{20, 20, 20, 50, 55, 55, 52}, why: Leap,
		},
		"and closed at once, so that it cools down": {
			says: course{20, 20, 20, 50, 35, 28, 24}, want: []float64{20, 20, 20, 50, 35, 28, 24}, why: Leap,
		},
		"another value after the silence of a night": {
			says: append(append(course{21.5}, make120Lost()...), -4), want: []float64{21.5, -4}, told: []string{"12:30:30 freezing Tank"},
		},
		"only leaps": {
			says: course{21.5, 60, -20, 60, -20, 21.5}, want: []float64{21.5, 21.5},
			told: []string{"12:00:30 set_aside Tank"}, why: Leap, count: 4,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			same(t, "believed", tt.says.play(s), tt.want)
			same(t, "told", s.told(Silent, HeardAgain, SetAsideOver), tt.told)
			got := s.sensor(t, "28aa00000000d001")
			if got.SetAside || got.SetAsideWhy != tt.why || got.SetAsideCount != tt.count {
				t.Errorf("set aside %v, %q, %d; want no, %q, %d", got.SetAside, got.SetAsideWhy, got.SetAsideCount, tt.why, tt.count)
			}
			low, high := math.Inf(1), math.Inf(-1)
			for _, v := range tt.want {
				low, high = min(low, v), max(high, v)
			}
			if got.Low.Celsius != low || got.High.Celsius != high {
				t.Errorf("low %v and high %v, want %v and %v", got.Low.Celsius, got.High.Celsius, low, high)
			}
		})
	}
}

func make120Lost() course {
	c := make(course, 120)
	for i := range c {
		c[i] = lost
	}
	return c
}

func TestAValueThatIsHeldShowsWhy(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	course{21.5, 0}.play(s)
	got := s.sensor(t, "28aa00000000d001")
	if !got.SetAside || got.SetAsideValue != 0 || got.SetAsideWhy != AllZeros || !got.SetAsideAt.Equal(s.now) || got.Celsius != 21.5 || got.Freezing {
		t.Errorf("sensor %+v", got)
	}
	same(t, "wrong", s.wrong(), []string{"set_aside Tank 12:00:30"})
	if !got.Heard.Equal(s.now) {
		t.Error("such a packet is a sign of life too")
	}
}

func TestAValueIsBelievedLateWithItsOwnTime(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	course{21.5, 0}.play(s)
	s.wait(15 * time.Second)
	got := s.say(loft, "28aa00000000d001", "Tank", 0)
	reading := func(at time.Duration) Reading {
		return Reading{Sensor: "28aa00000000d001", SensorName: "Tank", FriendlyName: "Tank", At: start.Add(at)}
	}
	same(t, "believed", got, []Reading{reading(30 * time.Second), reading(45 * time.Second)})
	if x := s.sensor(t, "28aa00000000d001"); !x.FreezingSince.Equal(start.Add(30 * time.Second)) {
		t.Errorf("freezing since %v", x.FreezingSince)
	}
}

func TestACopyOfAFaultDoesNotConfirmIt(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	say := func(port uint16, v float64) []Reading {
		return s.say(netip.AddrPortFrom(loft.Addr(), port), "Tank", "Tank", v)
	}
	say(1, 21.5)
	s.wait(15 * time.Second)
	say(2, 0)
	s.wait(100 * time.Millisecond)
	if got := say(2, 0); len(got) > 0 {
		t.Errorf("the same datagram again is believed: %v", got)
	}
	s.wait(100 * time.Millisecond)
	if got := say(3, 0); len(got) != 2 {
		t.Errorf("another one that says the same is not: %v", got)
	}
}

func TestAnEditedOffsetIsNoLeap(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	for i, offset := range []float64{0, 0, 0, -12, -12, 0} {
		s.wait(15 * time.Second)
		got := s.Apply(feed.Packet{Sensor: "Tank", Name: "Tank", Celsius: 21.5 + offset, Offset: offset, From: loft, Heard: s.now})
		if len(got) != 1 {
			t.Errorf("reading %d, with offset %v: %v", i, offset, got)
		}
	}
}

func TestFaultsInTheHistoryAreNotRecalled(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	for i, v := range []float64{21.5, 21.5, 0, 21.5, 85, 21.5, 0} {
		s.Recall(Reading{Sensor: "Tank", SensorName: "Tank", At: start.Add(time.Duration(i-10) * 15 * time.Second), Celsius: v}, loft.Addr())
	}
	s.Resume(start)
	got := s.sensor(t, "Tank")
	if got.Low.Celsius != 21.5 || got.High.Celsius != 21.5 || got.Celsius != 21.5 || got.SetAsideCount != 0 {
		t.Errorf("sensor %+v", got)
	}
	same(t, "told", s.told(), []string(nil))
	if got := s.say(loft, "Tank", "Tank", 0); len(got) != 1 || !got[0].At.Equal(s.now) {
		t.Errorf("the history is told again of what it has: %v", got)
	}
}

func TestTheLastReadingOfAColdTankIsRecalled(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.Recall(Reading{Sensor: "Tank", SensorName: "Tank", At: start.Add(-48 * time.Hour), Celsius: 0}, loft.Addr())
	s.Resume(start)
	if got := s.sensor(t, "Tank"); !got.Valid || got.Celsius != 0 {
		t.Errorf("sensor %+v", got)
	}
}

func TestAFlakySensorIsToldOfNowAndThen(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.hear(shed, "Shed", 1)
	for range 1000 {
		course{21.5, 0}.play(s)
		s.hear(shed, "Shed", 1)
	}
	told := map[Kind]int{}
	for _, e := range s.State(s.now).Events {
		told[e.Kind]++
	}
	if told[SetAside] > 6+9*6 || told[Freezing] != 1 {
		t.Errorf("told %v in eight hours", told)
	}
	if got := s.sensor(t, "28aa00000000d001"); got.SetAsideCount < 998 {
		t.Errorf("%d were set aside", got.SetAsideCount)
	}
}

// The law: whatever a sensor says, each value is believed once, in the order of
// time, or set aside and counted, or waits; what is within reach of the one
// before is never set aside, and nothing waits for longer than one value.
func FuzzFilter(f *testing.F) {
	f.Add([]byte{40, 40, 0, 40})
	f.Add([]byte{128, 170, 128, 0, 1, 2})
	f.Fuzz(func(t *testing.T, says []byte) {
		s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
		var believed []time.Time
		for i, b := range says {
			s.now = s.now.Add(time.Duration(1+b%7) * 5 * time.Second)
			v := float64(b)/2 - 55 + float64(b%2)/16
			for _, r := range s.say(loft, "Tank", "Tank", v) {
				believed = append(believed, r.At)
			}
			x := s.sensor(t, "Tank")
			waits := 0
			if x.SetAside {
				waits = 1
			}
			if len(believed)+int(x.SetAsideCount)+waits != i+1 {
				t.Fatalf("%d believed, %d set aside and %d waits, of %d", len(believed), x.SetAsideCount, waits, i+1)
			}
		}
		for i := 1; i < len(believed); i++ {
			if !believed[i].After(believed[i-1]) {
				t.Fatalf("believed at %v after %v", believed[i], believed[i-1])
			}
		}
		slow := newScript(Config{})
		for i, b := range says {
			slow.now = slow.now.Add(15 * time.Second)
			v := 85 + float64(i%32)/16*float64(int(b%3)-1)
			if i > 0 && len(slow.say(loft, "Boiler", "Boiler", v)) == 0 {
				t.Fatalf("%v, after what is near, is set aside", v)
			} else if i == 0 {
				slow.say(loft, "Boiler", "Boiler", 84.5)
			}
		}
	})
}

func BenchmarkApplyLeaps(b *testing.B) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.now = s.now.Add(time.Second)
		s.hear(loft, "Tank", 21.5*float64(i%2))
	}
}
