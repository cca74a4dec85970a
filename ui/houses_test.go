package ui

import (
	"fmt"
	"net/netip"
	"time"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/status"
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

func demo() *fakeSource {
	f := winter()
	f.health.Demo = true
	f.health.Feed = feed.Health{}
	f.health.Metrics = status.Metrics{}
	f.health.History = status.History{Off: true}
	return f
}

// trouble is a house in which more is wrong than there are lines.
func trouble() *fakeSource {
	f := winter()
	f.state.Sensors[0].Silent = true
	f.state.Sensors[0].Heard = monday.Add(-3 * time.Minute)
	f.state.Sensors[7].Freezing, f.state.Sensors[7].Limit = true, 1
	f.state.Sensors[7].FreezingSince = monday.Add(-50 * time.Hour)
	f.state.Sensors[6].SetAside, f.state.Sensors[6].SetAsideValue = true, 85
	f.state.Sensors[4].Heard = monday.Add(-50 * time.Second)
	f.state.Conditions = []house.Condition{
		{Kind: house.Freezing, Sensor: 0, Pico: -1, Since: monday.Add(-time.Hour)},
		{Kind: house.Freezing, Sensor: 7, Pico: -1, Since: monday.Add(-50 * time.Hour)},
		{Kind: house.Silent, Sensor: 0, Pico: -1, Since: monday.Add(-3 * time.Minute)},
		{Kind: house.Silent, Sensor: -1, Pico: 2, Since: monday.Add(-109 * time.Minute)},
		{Kind: house.Near, Sensor: 1, Pico: -1, Since: monday},
	}
	f.health.Feed.Ports[1] = heldPort(f.health.Feed.Ports[1])
	f.health.Metrics.Err = "listen tcp :8000: bind: address already in use"
	return f
}

// clash is a house in which two Picos send one ROM code, a sensor is named in
// words and another says what cannot be true; and somebody makes up sensors.
func clash() *fakeSource {
	f := calm()
	for _, i := range []int{4, 9} {
		f.state.Sensors[i].Clash, f.state.Sensors[i].Code = true, "28aaaaaaaaaaaa01"
	}
	f.state.Sensors[0].Name, f.state.Sensors[0].DisplayName = "cold water tank", "cold water tank"
	f.state.Sensors[6].SetAside, f.state.Sensors[6].SetAsideWhy = true, house.AllZeros
	f.state.Conditions = []house.Condition{
		{Kind: house.Clash, Sensor: 4, Pico: -1, Since: monday.Add(-time.Hour)},
		{Kind: house.SetAside, Sensor: 6, Pico: -1, Since: monday},
	}
	f.state.Events = append([]house.Event{{
		At: monday.Add(-time.Hour), Kind: house.Clash, Label: "Bathroom and Log Store", Sensors: 2,
		Text: "28aaaaaaaaaaaa01 from airing-cupboard and shed",
	}}, f.state.Events...)
	f.state.RefusedSensors, f.state.RefusedAt = 4000, monday.Add(-time.Minute)
	f.health.Feed.Refused[4].Count = 12
	f.health.Feed.LastRefused = feed.Refusal{
		From: addrPort(garage), Reason: feed.NotJSON, Place: feed.Place{Offset: 63, Found: "nan"}, At: monday.Add(-time.Second),
	}
	return f
}

// forgotten is a house behind a switch that has forgotten the membership, while
// another program keeps picotop from renewing it.
func forgotten() *fakeSource {
	f := winter()
	f.health.Feed.LastHeard = monday.Add(-5 * time.Minute)
	f.health.Feed.Rejoins, f.health.Feed.Ineffective = 2, 2
	return f
}

// old is a house with sensors that only history knows.
func old() *fakeSource {
	f := calm()
	for i, name := range []string{"Attic", "Cellar", "Pump Room"} {
		s := f.addSensor("", name, 8, 0, 0, 0, time.Duration(i*i*3+2)*24*time.Hour, "")
		s.Silent, s.Interval, s.Low, s.High = true, 0, house.Extreme{}, house.Extreme{}
	}
	f.state.Picos = append([]house.Pico{{Sensors: 3, Silent: true}}, f.state.Picos...)
	return f
}

func firstRunHouse(change func(*fakeSource)) *fakeSource {
	f := newFakeSource()
	f.health.Feed.Ports[0].Datagrams = 0
	f.health.Metrics.Scraped = time.Time{}
	f.health.History = status.History{}
	change(f)
	return f
}

func tenSecondsOld(f *fakeSource) { f.health.Feed.Since = monday.Add(-10 * time.Second) }

func joinedNowhere(f *fakeSource) {
	f.health.Feed.Interfaces = []feed.InterfaceHealth{
		{Name: "eth0", Why: "no cable"}, {Name: "docker0", Why: "container bridge"},
	}
}

func unreadable(f *fakeSource) {
	f.health.Feed.Ports[0].Datagrams = 12
	f.health.Feed.Refused[4].Count = 12
	f.health.Feed.LastRefused = feed.Refusal{From: addrPort(garage), Reason: feed.NotJSON, At: monday.Add(-time.Second)}
}

func onlyStatus(f *fakeSource) {
	f.health.Feed.Ports[0].Datagrams = 3
	f.state.Picos = []house.Pico{{Name: "shed", Addr: addrPort(shed).Addr(), Heard: monday, StatusText: "API 200 OK", StatusAt: monday}}
}

func blocked(f *fakeSource) {
	f.health.Feed.Ports = []feed.PortHealth{heldPort(f.health.Feed.Ports[0])}
}

// heldPort is a port while the older exporter has it.
func heldPort(p feed.PortHealth) feed.PortHealth {
	p.State, p.Why = feed.Blocked, "held by another program"
	p.Holder, p.Stop = "python3 exporter.py (temps.service, pid 812)", "sudo systemctl disable --now temps.service"
	return p
}

// every is a house in which all is wrong that can be but what winter has: each kind at
// its worst place. From the given kind on; what is worse is left out.
func every(from house.Kind) *fakeSource {
	f := calm()
	s := f.state.Sensors
	at := func(h, m int) time.Time { return time.Date(2026, time.January, 5, h, m, 0, 0, time.UTC) }
	s[0].Broken, s[0].Valid, s[0].SetAsideValue = true, false, -127
	s[2].TooWarm, s[2].HighLimit, s[2].HasHighLimit, s[2].PerHour, s[2].Celsius = true, 60, true, 3, 62.4
	s[3].TooFast, s[3].RateLimit, s[3].PerHour = true, 10, -14
	s[1].Near, s[1].PerHour, s[1].FreezesAt = true, -0.5, monday.Add(8*time.Hour+12*time.Minute)
	s[6].NameClash, s[7].NameClash, s[7].DisplayName = true, true, "Garage"
	s[8].Silent, s[8].Replaced, s[8].Heard = true, true, at(19, 58)
	s[4].Hidden = true
	all := []house.Condition{
		{Kind: house.Broken, Sensor: 0, Pico: -1, Since: at(21, 27)},
		{Kind: house.NoPackets, Sensor: -1, Pico: -1, Since: at(21, 42)},
		{Kind: house.CannotStore, Sensor: -1, Pico: -1, Since: at(21, 42), Text: "no space left on device"},
		{Kind: house.ClockNotSet, Sensor: -1, Pico: -1},
		{Kind: house.TooWarm, Sensor: 2, Pico: -1, Since: at(21, 37)},
		{Kind: house.TooFast, Sensor: 3, Pico: -1, Since: at(21, 37)},
		{Kind: house.Near, Sensor: 1, Pico: -1, Since: at(21, 37), Acknowledged: true},
		{Kind: house.Upload, Sensor: -1, Pico: 0, Since: at(21, 41), Text: "API 500 Internal Server Error"},
		{Kind: house.NameClash, Sensor: 6, Pico: -1, Since: at(20, 0)},
		{Kind: house.Replaced, Sensor: 8, Pico: -1, Since: at(20, 0), Text: "28ffaaaaaaaaaaaa"},
	}
	for i, c := range all {
		if c.Kind == from {
			f.state.Conditions = all[i:]
		}
	}
	f.state.Events = []house.Event{
		{At: at(21, 42), Kind: house.CannotStore, Text: "no space left on device"},
		{At: at(21, 40), Kind: house.ClockSet},
		{At: at(21, 37), Kind: house.TooFast, Label: "Hot Water"},
		{At: at(21, 30), Kind: house.Thawed, Label: "Cold Water Tank", Celsius: 3.5, For: 200 * time.Minute},
	}
	return f
}

// somePackets is a house of which packets of each kind were heard.
func somePackets() *fakeSource {
	f := winter()
	from := netip.MustParseAddrPort("192.168.1.57:4711")
	f.packets = []feed.Packet{
		{Kind: feed.Temperature, Sensor: "28ff641f7616035c", Name: "ColdWaterTank", Celsius: 2.9, Offset: -0.25, From: from, Heard: monday},
		{Kind: feed.Impossible, Sensor: "28ff641f7616035d", Name: "Loft", Celsius: -127, From: from, Heard: monday.Add(-time.Second)},
		{Kind: feed.Status, Name: "shed", Text: "API 200 OK", From: from, Heard: monday.Add(-2 * time.Second)},
		{Kind: feed.Other, Text: "humidity", From: from, Heard: monday.Add(-time.Minute)},
	}
	return f
}
