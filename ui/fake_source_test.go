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
	mu        sync.Mutex
	state     house.State
	health    Health
	decisions []house.Decision
	packets   []feed.Packet
	past      []house.PastCondition // newest first
	pastAsked []time.Time           // from when on, in each call
	refuse    error                 // what Decide answers
	broken    error                 // what Range answers
	shapes    map[string]string     // by sensor: a sparkline of 28 cells, · for a gap
	last      stretch
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

func (f *fakeSource) Decide(_ context.Context, d house.Decision) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.decisions = append(f.decisions, d)
	return f.refuse
}

func (f *fakeSource) Packets() []feed.Packet {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.packets
}

// Past tells what began since from, as a history does.
func (f *fakeSource) Past(_ context.Context, from, _ time.Time) ([]house.PastCondition, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pastAsked = append(f.pastAsked, from)
	var list []house.PastCondition
	for _, c := range f.past {
		if !c.From.Before(from) && len(list) < house.MaxPast {
			list = append(list, c)
		}
	}
	return list, f.broken
}

// update makes a new state, as a reading would.
func (f *fakeSource) update(change func(*house.State)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.state.Sensors = append([]house.Sensor(nil), f.state.Sensors...)
	change(&f.state)
	f.state.Revision++
}

// A stretch is the range over which a shape was drawn.
type stretch struct {
	from time.Time
	step time.Duration
	n    int
}

// Range stretches the sensor's shape over the time between from and now, at the height of
// its low and high, in buckets of the clock as a store has them. What is asked of another
// time is a part of what was asked last, but for the night.
func (f *fakeSource) Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.broken != nil {
		return nil, f.broken
	}
	var s house.Sensor
	for _, s = range f.state.Sensors {
		if s.ID == sensor {
			break
		}
	}
	shape := []rune(f.shapes[sensor])
	night, _ := nightOf(f.state.At)
	isNight := from.Equal(night)
	from = bucketStart(from, step)
	n := int(to.Sub(from)/step) + 1
	of := f.last
	if to.Equal(f.state.At) {
		if of = (stretch{from, step, n}); !isNight {
			f.last = of
		}
	}
	buckets := make([]history.Bucket, n)
	for i := range buckets {
		b := &buckets[i]
		b.Start = from.Add(time.Duration(i) * step)
		at := int(b.Start.Sub(of.from) / max(of.step, 1))
		if len(shape) == 0 || at < 0 || at >= of.n {
			continue
		}
		if r := shape[at*len(shape)/of.n]; r != noData {
			b.Count = max(int(step/max(s.Interval, time.Second)), 1)
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
		health: Health{Status: status.Status{
			Feed:    healthyFeed(),
			Metrics: status.Metrics{Addr: ":8000", Scraped: monday.Add(-6 * time.Second)},
			History: status.History{Span: 41 * 24 * time.Hour, Bytes: 5 << 20},
		}},
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

// setReading gives sensor i a reading of now.
func (f *fakeSource) setReading(i int, now time.Time, celsius float64) {
	f.update(func(s *house.State) {
		s.Sensors[i].Heard, s.Sensors[i].Celsius = now, celsius
		s.At = now
	})
}
