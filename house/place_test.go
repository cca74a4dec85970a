package house

import (
	"fmt"
	"net/netip"
	"testing"
	"time"
)

// address returns one of many.
func address(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 1)
}

// has reports whether the house shows a sensor.
func (s *script) has(id string) bool {
	for _, x := range s.State(s.now).Sensors {
		if x.ID == id {
			return true
		}
	}
	return false
}

func TestAnHonestSensorFindsRoomAmongMadeUpOnes(t *testing.T) {
	tests := map[string]func(s *script){
		"512 from two addresses at once": func(s *script) {
			for i := range MaxSensors {
				s.hear(address(i%2), fmt.Sprint("forged ", i), 1)
			}
		},
		"512 from two addresses, twice": func(s *script) {
			for i := range 2 * MaxSensors {
				s.wait(10 * time.Millisecond)
				s.hear(address(i%2), fmt.Sprint("forged ", i%MaxSensors), 1)
			}
		},
		"256 addresses at once": func(s *script) {
			for i := range MaxPicos {
				s.hear(address(i), fmt.Sprint("forged ", i), 1)
			}
		},
		"a thousand addresses": func(s *script) {
			for i := range 1000 {
				s.hear(address(i), fmt.Sprint("forged ", i), 1)
			}
		},
		"4,000 names from one address in 24 seconds": func(s *script) {
			for i := range 4000 {
				s.wait(6 * time.Millisecond)
				s.hear(address(0), fmt.Sprint("forged ", i), 1)
			}
		},
		"two statuses of 256 addresses": func(s *script) {
			for i := range 2 * MaxPicos {
				s.status(address(i%MaxPicos), fmt.Sprint("forged ", i), "API 200 OK")
				s.wait(5 * time.Millisecond)
			}
		},
	}
	for name, forge := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{})
			forge(s)
			believed := 0
			for range 4 {
				s.wait(500 * time.Millisecond)
				if s.hear(loft, "Tank", 4) {
					believed++
				}
			}
			if !s.has("Tank") || believed < 3 {
				t.Errorf("shown: %v; %d of 4 readings believed", s.has("Tank"), believed)
			}
			st := s.State(s.now)
			if len(st.Sensors) > MaxSensors || len(st.Picos) > MaxPicos {
				t.Errorf("%d sensors on %d picos", len(st.Sensors), len(st.Picos))
			}
		})
	}
}

// 167 packets of made-up names come each second, and go on. Ten honest Picos that
// were there before lose nothing; one that is new is shown while that lasts, if
// it can be told from what is forged, and at the latest when it has ended.
func TestAFloodThatGoesOn(t *testing.T) {
	floods := map[string]struct {
		from   func(i int) (netip.AddrPort, string)
		hidden bool // whether a new one is not shown while it lasts
	}{
		"new names from one address":   {from: func(i int) (netip.AddrPort, string) { return address(0), fmt.Sprint("forged ", i) }},
		"4,000 names in turn":          {from: func(i int) (netip.AddrPort, string) { return address(0), fmt.Sprint("forged ", i%4000) }},
		"new names from new addresses": {from: func(i int) (netip.AddrPort, string) { return address(i % 65000), fmt.Sprint("forged ", i) }},
		"1,000 addresses that are heard as often as an honest one": {
			from:   func(i int) (netip.AddrPort, string) { return address(i % 1000), fmt.Sprint("forged ", i%4000) },
			hidden: true,
		},
		"a known code from many addresses": {from: func(i int) (netip.AddrPort, string) { return address(i % 300), "old 3" }},
		"its code from many addresses": {
			from:   func(i int) (netip.AddrPort, string) { return address(i % 300), "new" },
			hidden: true,
		},
	}
	for name, flood := range floods {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{})
			lost, late, kept := 0, 0, map[string]bool{}
			hear := func(from netip.AddrPort, id string) bool {
				for _, r := range s.say(from, id, id, 4) {
					kept[r.Sensor] = true
					if r.Sensor == id && r.At.Equal(s.now) {
						return true
					}
				}
				return false
			}
			old := func(i int) netip.AddrPort {
				return netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(100 + i)}), 1)
			}
			n := 0
			for second := range 240 {
				for range 167 {
					s.now = s.now.Add(time.Second / 167)
					if second >= 60 {
						from, id := flood.from(n)
						for _, r := range s.say(from, id, id, 1) {
							kept[r.Sensor] = true
						}
						n++
					}
				}
				s.Advance(s.now)
				if second%10 == 0 {
					for i := range 10 {
						if !hear(old(i), fmt.Sprint("old ", i)) {
							lost++
						}
					}
				}
				if second%10 == 5 && second > 90 && !hear(loft, "new") && second > 200 {
					late++
				}
			}
			if lost > 0 {
				t.Errorf("%d readings of old sensors lost", lost)
			}
			if !flood.hidden && (late > 0 || !s.has("new")) {
				t.Errorf("%d readings of a new one lost after two minutes; shown: %v", late, s.has("new"))
			}
			st := s.State(s.now)
			if s.now.Sub(st.RefusedAt) > time.Minute {
				t.Errorf("it is not told that some were refused, but at %v", st.RefusedAt)
			}
			if len(st.Sensors) > MaxSensors || len(st.Picos) > MaxPicos || len(st.Events) > MaxEvents {
				t.Errorf("%d sensors, %d picos", len(st.Sensors), len(st.Picos))
			}
			// Each becomes a series of the history.
			if len(kept) > 1300 {
				t.Errorf("%d names were kept", len(kept))
			}
			for range 20 { // as long as the flood went on
				s.wait(10 * time.Second)
				hear(loft, "new")
			}
			found := false
			for _, x := range s.State(s.now).Sensors {
				found = found || x.Code == "new" && x.Pico == loft.Addr()
			}
			if !found {
				t.Error("when the flood has ended a new one is not shown")
			}
		})
	}
}

func TestWhatWasHeardForADayNeverGoes(t *testing.T) {
	s := newScript(Config{})
	s.poll(25*time.Hour, 5*time.Minute, map[netip.AddrPort][]string{loft: {"Tank"}}, 4)
	s.wait(30 * 24 * time.Hour) // it is silent now
	for i := range 200_000 {
		s.now = s.now.Add(20 * time.Millisecond)
		s.hear(address(i%1000), fmt.Sprint("forged ", i%5000), 1)
	}
	if !s.has("Tank") {
		t.Error("it is gone")
	}
	if st := s.State(s.now); st.RefusedSensors+st.RefusedPicos == 0 || st.RefusedAt.IsZero() || st.Displaced == 0 {
		t.Errorf("nothing is told: %d, %d, %v, %d", st.RefusedSensors, st.RefusedPicos, st.RefusedAt, st.Displaced)
	}
}

func TestTrustIsRecalled(t *testing.T) {
	tests := map[string]struct {
		heardFor time.Duration
		wait     time.Duration
		want     bool
	}{
		"heard over days, long ago": {heardFor: 48 * time.Hour, wait: 24 * time.Hour, want: true},
		"as far as history knows":   {want: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{})
			s.RecallHeardFor("Cottage", tt.heardFor)
			s.Recall(Reading{Sensor: "Cottage", SensorName: "Cottage", At: start.Add(-20 * 24 * time.Hour), Celsius: 5}, netip.Addr{})
			s.Resume(start)
			s.wait(tt.wait)
			for i := range 4 * MaxSensors {
				s.now = s.now.Add(10 * time.Millisecond)
				s.hear(address(i%4), fmt.Sprint("forged ", i), 1)
			}
			if s.has("Cottage") != tt.want {
				t.Errorf("still there: %v, want %v", s.has("Cottage"), tt.want)
			}
		})
	}
}

func TestANameThatIsNeverTheSame(t *testing.T) {
	s := newScript(Config{})
	names := map[string]bool{}
	s.hear(shed, "Shed", 10)
	s.wait(15 * time.Minute)
	for i := range 1000 {
		s.wait(10 * time.Second)
		for _, r := range s.say(loft, "28ff02", fmt.Sprint("Name", i), 20) {
			names[r.SensorName] = true
		}
	}
	if len(names) != 1 {
		t.Errorf("%d names are kept", len(names))
	}
	for i := range 1000 {
		s.wait(10 * time.Second)
		for _, r := range s.say(loft, "28ff02", fmt.Sprint("Name", i/3), 20) {
			names[r.SensorName] = true
		}
	}
	if len(names) > 6+3*6 {
		t.Errorf("%d names are kept in three hours", len(names))
	}
	st := s.State(s.now)
	if st.Events[len(st.Events)-1].Kind != NewSensor {
		t.Errorf("what happened first was driven out: %+v", st.Events[len(st.Events)-1])
	}
}

func TestARareEventIsNotDrivenOut(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.hear(loft, "Tank", 5)
	s.wait(15 * time.Second)
	s.hear(loft, "Tank", 2)
	s.wait(15 * time.Second)
	s.hear(loft, "Tank", 2)
	for i := range 5000 {
		s.wait(time.Second)
		s.hear(address(i%50), fmt.Sprint("forged ", i), 20)
	}
	for _, e := range s.State(s.now).Events {
		if e.Kind == Freezing {
			return
		}
	}
	t.Error("the event of the tank is gone")
}

func BenchmarkApplyMadeUpNames(b *testing.B) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.now = s.now.Add(time.Millisecond)
		s.hear(address(i%1000), fmt.Sprint("forged ", i%4000), 1)
	}
}
