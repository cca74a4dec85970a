package ui

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"
	"unicode/utf8"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/status"
)

// monday is the time now in the tests.
var monday = time.Date(2026, time.January, 5, 21, 47, 0, 0, time.UTC)

// fakeSource is a Source that returns what it is given.
type fakeSource struct {
	mu         sync.Mutex
	state      house.State
	health     Health
	shapes     map[string]string // by sensor: a sparkline of 28 cells, · for a gap
	rangeCalls int               // calls of Range
}

func (f *fakeSource) State() house.State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

func (f *fakeSource) Health() Health {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.health
}

// update makes a new state, as a reading would.
func (f *fakeSource) update(change func(*house.State)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state.Sensors = append([]house.Sensor(nil), f.state.Sensors...)
	change(&f.state)
	f.state.Revision++
}

// Range stretches the sensor's shape over the time between from and to, at
// the height of its low and high.
func (f *fakeSource) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rangeCalls++
	var s house.Sensor
	for _, s = range f.state.Sensors {
		if s.ID == sensor {
			break
		}
	}
	shape := []rune(f.shapes[sensor])
	n := int(to.Sub(from)/step) + 1
	buckets := make([]history.Bucket, n)
	for i := range buckets {
		b := &buckets[i]
		b.Start = from.Add(time.Duration(i) * step)
		if len(shape) == 0 {
			continue
		}
		if r := shape[i*len(shape)/n]; r != noData {
			b.Count = 100
			b.Mean = s.Low.Celsius + float64(r-'▁')/7*(s.High.Celsius-s.Low.Celsius)
			b.Min, b.Max = b.Mean, b.Mean
		}
	}
	return buckets, ctx.Err()
}

// addSensor puts one more sensor into the house. Its ROM code is made up.
func (f *fakeSource) addSensor(pico, name string, now, perHour, low, high float64, ago time.Duration, shape string) *house.Sensor {
	id := fmt.Sprintf("28ff%012x", len(f.state.Sensors)+1)
	s := house.Sensor{
		ID: id, Name: name, SensorName: name, FriendlyName: name,
		Heard: monday.Add(-ago), Valid: true, Celsius: now, PerHour: perHour, Interval: 13 * time.Second,
		Low: house.Extreme{Celsius: low, At: monday}, High: house.Extreme{Celsius: high, At: monday.Add(-20 * time.Hour)},
		Limit: 3, HasLimit: true,
	}
	if pico != "" {
		s.Pico = netip.MustParseAddr(pico)
	}
	f.state.Sensors = append(f.state.Sensors, s)
	if utf8.RuneCountInString(shape) > 0 {
		f.shapes[id] = shape
	}
	return &f.state.Sensors[len(f.state.Sensors)-1]
}

func newFakeSource() *fakeSource {
	return &fakeSource{
		state: house.State{Revision: 1, At: monday},
		health: Health{
			Feed:    healthyFeed(),
			Metrics: Metrics{Addr: ":8000", Scraped: monday.Add(-6 * time.Second)},
			History: History{Span: 41 * 24 * time.Hour, Bytes: 5e6},
		},
		shapes: map[string]string{},
	}
}

func healthyFeed() feed.Health {
	h := feed.Health{
		Group: netip.MustParseAddr("239.0.0.1"),
		Since: monday.Add(-42 * time.Second),
		Ports: []feed.PortHealth{
			{Port: 9999, State: feed.Listening, Datagrams: 1200},
			{Port: 11235, State: feed.Listening},
		},
		Interfaces: []feed.InterfaceHealth{
			{Name: "eth0", Addr: netip.MustParseAddr("192.168.1.10"), Joined: true},
			{Name: "wlan0", Addr: netip.MustParseAddr("192.168.1.11"), Joined: true},
			{Name: "docker0", Addr: netip.MustParseAddr("172.17.0.1"), Why: "container bridge"},
		},
		LastHeard: monday,
	}
	for _, r := range feed.Reasons() {
		h.Refused = append(h.Refused, feed.Refusals{Reason: r})
	}
	return h
}

func addrPort(ip string) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr(ip), 51234) }

const (
	airing = "192.168.1.40"
	garage = "192.168.1.57"
	shed   = "192.168.1.61"
)

// winter is a house in which the tank freezes and the shed is silent.
func winter() *fakeSource {
	f := newFakeSource()
	at := func(h, m int) time.Time { return time.Date(2026, time.January, 5, h, m, 0, 0, time.UTC) }

	s := f.addSensor(airing, "Cold Water Tank", 2.9, -0.4, 2.9, 6.1, 4*time.Second, "██████▇▇▇▆▆▆▅▅▅▄▄▄▃▃▃▂▂▂▁▁▁▁")
	s.Freezing, s.FreezingSince = true, at(21, 33)
	s = f.addSensor(airing, "Loft", 4.1, -0.5, 4.1, 7.9, 3*time.Second, "████████████▇▇▆▆▅▄▄▃▃▂▂▁▁▁▁▁")
	s.Near = true
	f.addSensor(airing, "Boiler Feed", 38.1, 0, 19, 62.4, 2*time.Second, "▁▁▁▁▁▁▁▁▁▁▁██▄▄▁▁▁▁▁▁▁████▄▄")
	f.addSensor(airing, "Hot Water", 24.2, 0, 23.9, 58.1, time.Second, "▁▁▁▁▁▁▁▁▁▁▁█▅▅▅▁▁▁▁▁▁▁▁▁▁▁▁▁")
	f.addSensor(airing, "Radiators", 34.4, -2, 19.6, 55.3, 0, "▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁███▄▄")
	f.addSensor(garage, "Outside", -1.9, -0.6, -1.9, 4.8, 9*time.Second, "▇▇▇█████████▇▇▆▅▄▄▃▂▂▁▁▁▁▁▁▁").Limit = -10
	f.addSensor(garage, "Garage", 4.2, 0, 3.9, 6.9, 8*time.Second, "█████████▇▇▆▆▅▅▄▃▃▂▂▁▁▁▁▁▁▁▁")
	f.addSensor(garage, "Greenhouse", 1.2, -0.3, 1.2, 7.4, 7*time.Second, "▇▇▆▆▆▆▆▅▅▅▅▆▇█████▇▆▄▃▂▁▁▁▁▁").Limit = -10
	silent := monday.Sub(at(19, 58))
	f.addSensor(shed, "Shed", 3.9, 0, 3.9, 5.5, silent, "▆▆▆▆▅▅▅▅▅▄▄▄▄▃▃▃▃▂▂▂▂▁▁▁▁▁··").Silent = true
	f.addSensor(shed, "Log Store", 5.7, 0, 5.6, 6.8, silent, "▅▅▅▄▄▄▄▄▄▃▃▃▃▃▂▂▂▂▂▂▁▁▁▁▁▁··").Silent = true

	f.state.Picos = []house.Pico{
		{
			Addr: netip.MustParseAddr(airing), Name: "airing-cupboard", Heard: monday, Sensors: 5, Interval: 15 * time.Second,
			StatusText: "API 200 OK", StatusAt: monday.Add(-5 * time.Second), StatusOK: true,
		},
		{Addr: netip.MustParseAddr(garage), Heard: monday, Sensors: 3, Interval: 13 * time.Second},
		{
			Addr: netip.MustParseAddr(shed), Name: "shed", Heard: at(19, 58), Sensors: 2, Interval: 12 * time.Second, Silent: true,
			StatusText: "API Exception", StatusAt: at(19, 58),
		},
	}
	f.state.Conditions = []house.Condition{
		{Kind: house.Freezing, Sensor: 0, Pico: -1, Since: at(21, 33)},
		{Kind: house.Silent, Sensor: -1, Pico: 2, Since: at(19, 58)},
	}
	f.state.Events = []house.Event{
		{At: at(21, 33), Kind: house.Freezing, Label: "Cold Water Tank", Celsius: 3},
		{At: at(19, 58), Kind: house.Silent, Label: "shed", Pico: true, Sensors: 2},
		{At: at(18, 2), Kind: house.SetAside, Label: "Greenhouse", Celsius: 85},
	}
	return f
}

// calm is the same house on a better day.
func calm() *fakeSource {
	f := winter()
	f.state.Sensors[0].Celsius, f.state.Sensors[0].Freezing, f.state.Sensors[0].PerHour = 5.4, false, 0
	f.state.Sensors[1].Near, f.state.Sensors[1].PerHour = false, 0.3
	for i := 8; i < 10; i++ {
		f.state.Sensors[i].Silent = false
		f.state.Sensors[i].Heard = monday.Add(-time.Second)
	}
	p := &f.state.Picos[2]
	p.Silent, p.Heard, p.StatusText, p.StatusAt = false, monday, "API 200 OK", monday.Add(-3*time.Hour)
	f.state.Conditions = nil
	f.state.Events = f.state.Events[2:]
	return f
}

// many is a house of n sensors on Picos of six each, without any condition.
func many(n int) *fakeSource {
	f := newFakeSource()
	shapes := []string{
		"██████▇▇▇▆▆▆▅▅▅▄▄▄▃▃▃▂▂▂▁▁▁▁", "▁▁▁▁▁▁▁▁▁▁▁██▄▄▁▁▁▁▁▁▁████▄▄",
		"▇▇▆▆▆▆▆▅▅▅▅▆▇█████▇▆▄▃▂▁▁▁▁▁", "▁▂▃▄▅▆▇█▇▆▅▄▃▂▁▂▃▄▅▆▇█▇▆▅▄▃▂",
	}
	for i := range n {
		low := float64(i%24) - 2
		ago := time.Duration(i%10) * time.Second
		f.addSensor(fmt.Sprintf("192.168.1.%d", 10+i/6), fmt.Sprintf("Sensor Number %d", i+1), low+1, 0, low, low+5, ago, shapes[i%4])
		f.state.Sensors[i].Interval = 10 * time.Second
		f.state.Sensors[i].HasLimit = false
	}
	for i := range (n + 5) / 6 {
		f.state.Picos = append(f.state.Picos, house.Pico{
			Addr: netip.MustParseAddr(fmt.Sprintf("192.168.1.%d", 10+i)), Heard: monday,
			Sensors: min(6, n-i*6), Interval: 10 * time.Second,
		})
	}
	return f
}

// hostile is a house whose names come from someone who wants to do harm, and
// from someone who likes pictures.
func hostile() *fakeSource {
	f := newFakeSource()
	for _, name := range []string{
		"\x1b[31mRed\x1b]0;title\x07", "Tank\nTwo\tLines", "\u202eegdirF\u202c",
		"冷蔵庫の温度センサー室内", "👨‍👩‍👧‍👦 Family 👍🏽", "e\u0301cole u\u0308ber", "🇩🇪 Keller ❤️",
		"\u009b2JC1", "\u200b\u200d\ufeff", "한국어 센서", "नमस्ते दुनिया", "A Very Long Name That Nobody Would Read To Its End",
		"\xff\xfe", "",
	} {
		f.addSensor(airing, name, -10.55, -10, -12.3, 104.9, 3*time.Second, "")
	}
	f.state.Sensors[0].Freezing = true
	f.state.Picos = []house.Pico{{
		Addr: netip.MustParseAddr(airing), Name: "\x1b[2Jpico\u202e", Heard: monday, Sensors: len(f.state.Sensors),
		StatusText: "API 500 \x1b]8;;http://x\x07<html>\r\n<body>" + string(make([]byte, 100)), StatusAt: monday,
	}}
	f.state.Conditions = []house.Condition{
		{Kind: house.Freezing, Sensor: 0, Pico: -1, Since: monday.Add(-26 * time.Hour)},
		{Kind: house.Silent, Sensor: 99, Pico: -1},
	}
	f.state.Events = []house.Event{{At: monday, Kind: house.Renamed, Label: "\x1b[31mRed", Text: "冷蔵庫\u202e"}}
	f.health.Metrics.Err = "listen \x1b[1m:8000"
	return f
}
