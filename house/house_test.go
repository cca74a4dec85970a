package house

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/feed"
)

var (
	start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	loft  = netip.MustParseAddrPort("192.0.2.10:1024")
	shed  = netip.MustParseAddrPort("192.0.2.11:1024")
)

// A script drives a House through time.
type script struct {
	*House
	now      time.Time
	believed []Reading // without a packet
}

func newScript(cfg Config) *script { return &script{House: New(cfg), now: start} }

func (s *script) wait(d time.Duration) {
	s.now = s.now.Add(d)
	s.believed = append(s.believed, s.Advance(s.now)...)
}

func (s *script) hear(from netip.AddrPort, sensor string, celsius float64) bool {
	return len(s.say(from, sensor, sensor, celsius)) > 0
}

// say has a sensor speak, and returns what is believed now.
func (s *script) say(from netip.AddrPort, sensor, name string, celsius float64) []Reading {
	return s.Apply(feed.Packet{Sensor: sensor, Name: name, Celsius: celsius, From: from, Heard: s.now})
}

func (s *script) status(from netip.AddrPort, name, text string) {
	s.Apply(feed.Packet{Kind: feed.Status, Name: name, Text: text, From: from, Heard: s.now})
}

// poll lets time pass in steps of every, and has all sensors of both Picos
// speak at each step.
func (s *script) poll(d, every time.Duration, sensors map[netip.AddrPort][]string, celsius float64) {
	for end := s.now.Add(d); s.now.Before(end); {
		s.wait(every)
		for from, names := range sensors {
			for _, n := range names {
				s.hear(from, n, celsius)
			}
		}
	}
}

// kinds are what is wrong, in words.
func (s *script) wrong() []string {
	st := s.State(s.now)
	var out []string
	for _, c := range st.Conditions {
		who := ""
		if c.Pico >= 0 {
			who = "pico " + st.Picos[c.Pico].Label()
		} else {
			who = st.Sensors[c.Sensor].FriendlyName
		}
		out = append(out, fmt.Sprintf("%s %s %s", c.Kind, who, c.Since.Format("15:04:05")))
	}
	return out
}

// told are the events, oldest first, without those of new sensors and of the
// given kinds.
func (s *script) told(without ...Kind) []string {
	var out []string
	for _, e := range s.State(s.now).Events {
		if e.Kind != NewSensor && !slices.Contains(without, e.Kind) {
			out = append([]string{fmt.Sprintf("%s %s %s", e.At.Format("15:04:05"), e.Kind, e.Label)}, out...)
		}
	}
	return out
}

func (s *script) sensor(t *testing.T, id string) Sensor {
	t.Helper()
	for _, x := range s.State(s.now).Sensors {
		if x.ID == id {
			return x
		}
	}
	t.Fatalf("no sensor %s", id)
	return Sensor{}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestFreezing(t *testing.T) {
	tests := map[string]struct {
		values []float64
		want   bool
	}{
		"above the limit":                       {values: []float64{3.0625}},
		"at the limit":                          {values: []float64{3}, want: true},
		"below it":                              {values: []float64{-4}, want: true},
		"a little above it again":               {values: []float64{2.9, 3.4375}, want: true},
		"half a degree above it again":          {values: []float64{2.9, 3.5}},
		"back below after it ended":             {values: []float64{2.9, 3.5, 3}, want: true},
		"a power-on value does not end it":      {values: []float64{2.9, 85}, want: true},
		"a hot pipe":                            {values: []float64{70, 80, 85}},
		"zero, which may be a fault, once":      {values: []float64{0}},
		"zero twice":                            {values: []float64{0, 0}, want: true},
		"from warm to frozen in a single step":  {values: []float64{20, -1, -1}, want: true},
		"and once only":                         {values: []float64{20, -1}},
		"still frozen after a long slow ascent": {values: []float64{1, 2, 3, 3.25, 3.49}, want: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			for _, v := range tt.values {
				s.wait(15 * time.Second)
				s.hear(loft, "Tank", v)
			}
			if got := s.sensor(t, "Tank").Freezing; got != tt.want {
				t.Errorf("freezing = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestFreezingIsToldOnceWithItsTime(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	s.hear(loft, "Tank", 4)
	s.hear(loft, "Outside", -5)
	s.wait(15 * time.Second)
	s.hear(loft, "Tank", 3)
	s.wait(15 * time.Second)
	s.hear(loft, "Tank", 2.5)
	s.hear(loft, "Garage", 1)
	same(t, "wrong, coldest first", s.wrong(), []string{"freezing Garage 12:00:30", "freezing Tank 12:00:15"})
	s.wait(15 * time.Second)
	s.hear(loft, "Tank", 3.5)
	s.hear(loft, "Garage", 9)
	s.wait(15 * time.Second)
	s.hear(loft, "Tank", 3.6)
	s.hear(loft, "Garage", 9)
	same(t, "wrong at the end", s.wrong(), []string(nil))
	same(t, "told", s.told(), []string{
		"12:00:15 freezing Tank", "12:00:30 freezing Garage", "12:00:45 thawed Tank", "12:00:45 thawed Garage",
	})
}

func TestPowerOnValueIsSetAside(t *testing.T) {
	tests := map[string]struct {
		before []float64
		offset float64
		value  float64
		aside  bool
	}{
		"far from the last value":    {before: []float64{20}, value: 85, aside: true},
		"near the last value":        {before: []float64{76}, value: 85},
		"the first value of all":     {value: 85, aside: true},
		"calibrated":                 {before: []float64{20}, offset: 0.25, value: 85.25, aside: true},
		"85 after calibration only":  {before: []float64{76}, offset: 0.25, value: 85},
		"hotter than the power-on":   {before: []float64{20, 86}, value: 86},
		"rounded by 32 bit numbers":  {before: []float64{20}, offset: 0.2, value: 85.20001, aside: true},
		"again, with no value since": {before: []float64{20, 85, 85}, value: 85, aside: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			for _, v := range tt.before {
				s.wait(15 * time.Second)
				s.hear(loft, "Pipe", v)
			}
			s.wait(15 * time.Second)
			ok := len(s.Apply(feed.Packet{Sensor: "Pipe", Name: "Pipe", Celsius: tt.value, Offset: tt.offset, From: loft, Heard: s.now})) > 0
			got := s.sensor(t, "Pipe")
			if ok == tt.aside || got.SetAside != tt.aside || (tt.aside && got.Celsius == tt.value) {
				t.Errorf("accepted %v, sensor %+v; want set aside: %v", ok, got, tt.aside)
			}
			if !got.Heard.Equal(s.now) {
				t.Errorf("heard %v, want %v: also such a packet is a sign of life", got.Heard, s.now)
			}
		})
	}
}

func TestIntervalIsLearnt(t *testing.T) {
	tests := map[string]struct {
		gaps []time.Duration
		want time.Duration
	}{
		"not from a single gap":           {gaps: []time.Duration{15 * time.Second}},
		"the median":                      {gaps: []time.Duration{14 * time.Second, 15 * time.Second, 16 * time.Second}, want: 15 * time.Second},
		"a lost packet does not move it":  {gaps: []time.Duration{15 * time.Second, 30 * time.Second, 15 * time.Second}, want: 15 * time.Second},
		"copies of a packet do not count": {gaps: []time.Duration{15 * time.Second, time.Millisecond, 15 * time.Second, time.Millisecond, 15 * time.Second}, want: 15 * time.Second},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{})
			s.hear(loft, "Tank", 4)
			for _, d := range tt.gaps {
				s.wait(d)
				s.hear(loft, "Tank", 4)
			}
			if got := s.sensor(t, "Tank").Interval; got.Round(time.Second) != tt.want {
				t.Errorf("interval %v, want %v", got, tt.want)
			}
		})
	}
}

func TestSilenceOfOneSensor(t *testing.T) {
	s := newScript(Config{})
	both := map[netip.AddrPort][]string{loft: {"Tank", "Loft"}}
	s.poll(5*time.Minute, 15*time.Second, both, 10)
	only := map[netip.AddrPort][]string{loft: {"Loft"}}
	s.poll(90*time.Second, 15*time.Second, only, 10)
	same(t, "after exactly six intervals", s.wrong(), []string(nil))
	s.wait(time.Second)
	same(t, "a second later", s.wrong(), []string{"silent Tank 12:05:00"})
	if got := s.sensor(t, "Tank"); !got.Silent || got.Celsius != 10 {
		t.Errorf("sensor %+v", got)
	}
	s.hear(loft, "Tank", 10)
	same(t, "heard again", s.wrong(), []string(nil))
	same(t, "told", s.told(), []string{"12:05:00 silent Tank", "12:06:31 heard Tank"})
}

func TestAPicoIsToldOnceAndNotItsSensors(t *testing.T) {
	s := newScript(Config{})
	house := map[netip.AddrPort][]string{loft: {"Tank", "Loft"}, shed: {"Shed", "LogStore"}}
	s.status(shed, "shed", "API 200 OK")
	s.poll(5*time.Minute, 15*time.Second, house, 10)
	s.wait(2 * time.Second)
	s.hear(shed, "LogStore", 10) // a little later than its sister, as always
	stop := s.now
	alive := map[netip.AddrPort][]string{loft: {"Tank", "Loft"}}
	for s.now.Before(stop.Add(5 * time.Minute)) {
		s.poll(time.Second, time.Second, alive, 10)
		for _, w := range s.wrong() {
			if w != "silent pico shed 12:05:02" {
				t.Fatalf("at %v: %s", s.now.Format("15:04:05"), w)
			}
		}
	}
	same(t, "wrong", s.wrong(), []string{"silent pico shed 12:05:02"})
	s.hear(shed, "Shed", 10)
	s.wait(time.Second)
	same(t, "just back, one sensor still to speak", s.wrong(), []string(nil))
	s.hear(shed, "LogStore", 10)
	same(t, "told", s.told(), []string{"12:05:02 silent shed", "12:10:02 heard shed"})
}

func TestAPicoThatOnlySendsStatusesHasSilentSensors(t *testing.T) {
	s := newScript(Config{})
	s.poll(5*time.Minute, 15*time.Second, map[netip.AddrPort][]string{loft: {"Tank"}}, 10)
	for range 20 {
		s.wait(15 * time.Second)
		s.status(loft, "LoftPico", "API 200 OK")
	}
	same(t, "wrong", s.wrong(), []string{"silent pico LoftPico 12:05:00"})
}

func TestTrend(t *testing.T) {
	tests := map[string]struct {
		celsius func(minutes float64) float64
		length  time.Duration
		want    float64
	}{
		"steady":                     {celsius: func(float64) float64 { return 4 }, length: time.Hour},
		"falling 4 an hour":          {celsius: func(m float64) float64 { return 20 - 4*m/60 }, length: time.Hour, want: -4},
		"rising 0.5 an hour":         {celsius: func(m float64) float64 { return 20 + 0.5*m/60 }, length: time.Hour, want: 0.5},
		"slower than the dead band":  {celsius: func(m float64) float64 { return 20 + 0.15*m/60 }, length: time.Hour},
		"one step of the sensor":     {celsius: func(m float64) float64 { return 20 + oneStep*float64(int(m/52)) }, length: time.Hour},
		"too short to tell":          {celsius: func(m float64) float64 { return 20 - 4*m/60 }, length: 4 * time.Minute},
		"only the last quarter hour": {celsius: func(m float64) float64 { return max(20-4*m/60, 18) }, length: time.Hour},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{})
			for s.now.Sub(start) < tt.length {
				s.wait(15 * time.Second)
				s.hear(loft, "Tank", tt.celsius(s.now.Sub(start).Minutes()))
			}
			if got := s.sensor(t, "Tank").PerHour; got < tt.want-0.01 || got > tt.want+0.01 {
				t.Errorf("%v K an hour, want %v", got, tt.want)
			}
		})
	}
}

func TestNearIsWithinTwoDegreesAndFalling(t *testing.T) {
	tests := map[string]struct {
		end, perHour float64
		want         []string
	}{
		"near and falling": {end: 4.5, perHour: -1, want: []string{"near Tank 12:30:00"}},
		"near and rising":  {end: 4.5, perHour: 1},
		"near and steady":  {end: 4.5},
		"far and falling":  {end: 5.5, perHour: -1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
			for s.now.Sub(start) < time.Hour {
				s.wait(15 * time.Second)
				s.hear(loft, "Tank", tt.end-tt.perHour*(1-s.now.Sub(start).Hours()))
			}
			same(t, "wrong", s.wrong(), tt.want)
		})
	}
}

func TestLowAndHighOf24Hours(t *testing.T) {
	s := newScript(Config{})
	s.hear(loft, "Tank", 30)
	s.wait(time.Hour)
	s.hear(loft, "Tank", -3)
	for range 22 {
		s.wait(time.Hour)
		s.hear(loft, "Tank", 10)
	}
	got := s.sensor(t, "Tank")
	same(t, "high", got.High, Extreme{Celsius: 30, At: start})
	same(t, "low", got.Low, Extreme{Celsius: -3, At: start.Add(time.Hour)})

	s.wait(time.Hour + 5*time.Minute)
	if got := s.sensor(t, "Tank"); got.High.Celsius != 10 || got.Low.Celsius != -3 {
		t.Errorf("after 24 hours: low %v, high %v", got.Low, got.High)
	}
	s.wait(24 * time.Hour)
	if got := s.sensor(t, "Tank"); !got.High.At.IsZero() || !got.Low.At.IsZero() || len(s.Day("Tank")) != 0 {
		t.Errorf("after a silent day: low %v, high %v", got.Low, got.High)
	}
}

func TestAPicoNameMovesWithItsStatusPackets(t *testing.T) {
	s := newScript(Config{})
	s.status(loft, "LoftPico", "API 200 OK")
	s.hear(loft, "Tank", 10)
	s.wait(5 * time.Minute)
	s.hear(shed, "Tank", 10)
	s.status(shed, "LoftPico", "API 200 OK")
	st := s.State(s.now)
	if len(st.Picos) != 2 || st.Picos[0].Name != "" || st.Picos[1].Name != "LoftPico" || st.Picos[1].Sensors != 1 {
		t.Errorf("after the move: %+v", st.Picos)
	}
	s.wait(6 * time.Minute)
	if st := s.State(s.now); len(st.Picos) != 1 {
		t.Errorf("the old address is still there: %+v", st.Picos)
	}
}

func TestFeedCallsAreToldWhenTheyKeepFailing(t *testing.T) {
	s := newScript(Config{})
	for _, text := range []string{"API 200 OK", "API Exception", "API 200 OK", "API Exception", "API 500 no", "API Exception", "API 404", "API 200 OK"} {
		s.wait(15 * time.Second)
		s.status(loft, "LoftPico", text)
	}
	same(t, "told", s.told(), []string{"12:01:30 feed_fails LoftPico", "12:02:00 feed_works LoftPico"})
	p := s.State(s.now).Picos[0]
	if p.OKs != 3 || p.Errors != 5 || !p.StatusOK || p.StatusText != "API 200 OK" {
		t.Errorf("pico %+v", p)
	}
}

func TestOnePicoCannotTakeThePlacesOfAll(t *testing.T) {
	s := newScript(Config{})
	flooding := netip.MustParseAddrPort("10.0.0.66:1")
	for i := range 2 * MaxSensors {
		s.hear(flooding, fmt.Sprintf("made up %d", i), 1)
	}
	if !s.hear(loft, "Tank", 4) {
		t.Error("there was no room for an honest sensor")
	}
	st := s.State(s.now)
	if len(st.Sensors) != MaxSensorsOfPico+1 || st.RefusedSensors != 2*MaxSensors-MaxSensorsOfPico {
		t.Errorf("%d sensors, %d readings refused", len(st.Sensors), st.RefusedSensors)
	}
}

func TestKnownSensorsAreNeverGivenUp(t *testing.T) {
	s := newScript(Config{})
	s.hear(loft, "Tank", 4)
	for i := range 10_000 {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 1)
		s.hear(from, fmt.Sprintf("forged %d", i), 1)
	}
	st := s.State(s.now)
	if len(st.Sensors) > MaxSensors || len(st.Picos) > MaxPicos {
		t.Errorf("%d sensors on %d picos", len(st.Sensors), len(st.Picos))
	}
	if st.RefusedSensors+st.RefusedPicos+uint64(len(st.Sensors)) != 10_001 {
		t.Errorf("refused %d sensors and %d picos", st.RefusedSensors, st.RefusedPicos)
	}
	s.wait(2 * time.Minute) // silent where it was, so it may have moved
	strange := netip.MustParseAddrPort("192.0.2.99:1")
	if !s.hear(loft, "Tank", 5) {
		t.Error("a known sensor was refused")
	}
	s.wait(2 * time.Minute)
	if !s.hear(strange, "Tank", 6) {
		t.Error("a known sensor that moved was refused")
	}
}

func TestRecall(t *testing.T) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	past := func(at time.Duration, sensor string, celsius float64, from netip.AddrPort) {
		s.Recall(Reading{Sensor: sensor, SensorName: sensor, At: start.Add(at), Celsius: celsius}, from.Addr())
	}
	s.RecallPico(shed.Addr(), "shed")
	for at := -2 * time.Hour; at < -time.Minute; at += 15 * time.Second {
		past(at, "Tank", 5+at.Hours()*-1-2.1, loft)
		if at < -time.Hour {
			past(at, "Shed", 4, shed)
		}
	}
	s.Resume(start)
	same(t, "wrong at once", s.wrong(), []string{"freezing Tank 11:54:00", "silent pico shed 10:59:45"})
	same(t, "told", s.told(), []string{"10:05:00 near Tank", "10:59:45 silent shed", "11:54:00 freezing Tank", "11:54:00 near_over Tank"})
	tank := s.sensor(t, "Tank")
	if tank.Interval != 15*time.Second || tank.PerHour > -0.9 || tank.High.Celsius < 4.8 || tank.Silent {
		t.Errorf("tank %+v", tank)
	}
	s.wait(5 * time.Minute)
	if !s.sensor(t, "Tank").Silent {
		t.Error("the tank was not heard since the start, and is not silent")
	}
}

func TestRecallAfterALongStop(t *testing.T) {
	s := newScript(Config{})
	s.Recall(Reading{Sensor: "Tank", SensorName: "Tank", At: start.Add(-20 * time.Hour), Celsius: 5}, loft.Addr())
	s.Recall(Reading{Sensor: "Attic", SensorName: "Attic", At: start.Add(-20 * time.Hour), Celsius: 5}, netip.Addr{})
	s.Resume(start)
	same(t, "wrong at once", s.wrong(), []string{"silent pico 192.0.2.10 16:00:00", "silent Attic 16:00:00"})
	same(t, "told", s.told(), []string(nil))
	for _, sensor := range []string{"Tank", "Attic"} {
		if got := s.sensor(t, sensor); !got.Silent || !got.Unsure {
			t.Errorf("at once: %+v", got)
		}
	}
	s.wait(30 * time.Minute)
	for _, sensor := range []string{"Tank", "Attic"} {
		if got := s.sensor(t, sensor); !got.Silent || got.Unsure {
			t.Errorf("after half an hour: %+v", got)
		}
	}
	s.hear(loft, "Tank", 5)
	s.hear(loft, "Attic", 5)
	same(t, "wrong once heard", s.wrong(), []string(nil))
}

func TestRememberWhileRunning(t *testing.T) {
	s := newScript(Config{})
	s.hear(loft, "Tank", 5)
	past := func(sensor string, from netip.Addr) {
		s.RecallLate(Reading{Sensor: sensor, SensorName: sensor, At: start.Add(-20 * time.Hour), Celsius: 4}, from)
	}
	past("Tank", loft.Addr()) // known
	past("Attic", loft.Addr())
	past("Shed", shed.Addr())
	past("Cellar", netip.Addr{})
	s.wait(time.Second)
	same(t, "wrong at once", s.wrong(), []string{"silent pico 192.0.2.11 16:00:00", "silent Attic 16:00:00", "silent Cellar 16:00:00"})
	if tank := s.sensor(t, "Tank"); tank.Celsius != 5 || tank.Silent {
		t.Errorf("the tank was heard, and is %+v", tank)
	}
	s.hear(loft, "Attic", 5)
	s.hear(shed, "Shed", 5)
	s.hear(loft, "Cellar", 5)
	same(t, "wrong once heard", s.wrong(), []string(nil))
}

// The law: whatever arrives whenever, the bounds hold, a low is never above a
// high, and a sensor is never frozen and near at once.
func FuzzHouse(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8})
	f.Add([]byte{0, 0, 0, 255, 255, 1, 1, 1, 9, 200, 3})
	f.Fuzz(func(t *testing.T, script []byte) {
		s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
		for i := 0; i+3 < len(script); i += 4 {
			s.now = s.now.Add(time.Duration(int8(script[i])) * time.Second)
			from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, script[i+1] % 5}), 1)
			name := string(rune('A' + script[i+2]%7))
			if script[i+1]%11 == 0 {
				s.status(from, name, "API 200 OK")
			} else {
				s.hear(from, name, float64(int8(script[i+3]))/2)
			}
			if script[i]%3 == 0 {
				s.Advance(s.now)
			}
			st := s.State(s.now)
			sensors := 0
			for _, p := range st.Picos {
				sensors += p.Sensors
			}
			if sensors != len(st.Sensors) || len(st.Events) > MaxEvents {
				t.Fatalf("%d sensors, and %d by pico; %d events", len(st.Sensors), sensors, len(st.Events))
			}
			for _, x := range st.Sensors {
				if x.Valid && x.Low.Celsius > x.High.Celsius || x.Freezing && x.Near || x.Near && x.Silent {
					t.Fatalf("sensor %+v", x)
				}
			}
			for j := 1; j < len(st.Events); j++ {
				if st.Events[j].At.After(st.Events[j-1].At) {
					t.Fatalf("events out of order: %v after %v", st.Events[j], st.Events[j-1])
				}
			}
		}
	})
}

func BenchmarkApply(b *testing.B) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.now = s.now.Add(time.Second)
		s.hear(loft, "Tank", float64(i%1000)/50)
	}
}

func BenchmarkState(b *testing.B) {
	s := newScript(Config{Rules: Rules{Limit: DefaultLimit}})
	for i := range 24 {
		s.poll(time.Hour, 10*time.Minute, map[netip.AddrPort][]string{loft: {fmt.Sprint(i)}}, 10)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.State(s.now)
	}
}
