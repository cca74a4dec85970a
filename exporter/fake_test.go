package exporter

import (
	"net/netip"
	"time"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/status"
)

// A fake is a source that says what a test wants it to.
type fake struct {
	state   house.State
	feed    feed.Health
	history status.History
	notify  []status.Notify
	writes  []status.RemoteWrite
	mqtt    status.MQTT
	config  status.Config

	asked   chan struct{} // if not nil, told of each call to State
	release chan struct{} // if not nil, State waits for it
}

func (f *fake) State() house.State {
	if f.asked != nil {
		f.asked <- struct{}{}
	}
	if f.release != nil {
		<-f.release
	}
	return f.state
}

func (f *fake) Status() status.Status {
	return status.Status{Feed: f.feed, History: f.history, Notify: f.notify, MQTT: f.mqtt, RemoteWrite: f.writes, Config: f.config}
}

var (
	monday = time.Date(2026, 11, 23, 21, 47, 3, 250e6, time.UTC)

	airing   = netip.MustParseAddr("192.168.1.56")
	nameless = netip.MustParseAddr("192.168.1.57")
	shed     = netip.MustParseAddr("192.168.1.58")
)

// winter is a house with a bit of everything that can be the matter.
func winter() *fake {
	ago := func(d time.Duration) time.Time { return monday.Add(-d) }
	return &fake{
		state: house.State{
			At: monday,
			Picos: []house.Pico{
				{Addr: airing, Name: "airing-cupboard", Heard: ago(0), Sensors: 2, OKs: 120, Errors: 3, StatusOK: true},
				{Addr: nameless, Heard: ago(8 * time.Second), Sensors: 2},
				{Addr: shed, Name: "shed", Heard: ago(109 * time.Minute), Sensors: 1, Errors: 7, Silent: true},
				{Sensors: 1},
			},
			Sensors: []house.Sensor{
				{
					ID: "28ff641f7616035c", Name: "ColdWaterTank", SensorName: "ColdWaterTank", FriendlyName: "Cold Water Tank",
					Pico: airing, Heard: ago(4 * time.Second), Valid: true, Celsius: 2.875, Offset: -0.25, PerHour: -0.4,
					Low: house.Extreme{Celsius: 2.875, At: ago(time.Minute)}, High: house.Extreme{Celsius: 6.125, At: ago(23 * time.Hour)},
					Limit: 3, HasLimit: true, Freezing: true, FreezingSince: ago(14 * time.Minute),
				},
				{
					ID: "28ff641f7616035d", Name: "Loft", SensorName: "Loft", FriendlyName: "Loft",
					Pico: airing, Heard: ago(3 * time.Second), Valid: true, Celsius: 4.0625, PerHour: -0.8,
					Limit: 3, HasLimit: true, Near: true, FreezesAt: monday.Add(5 * time.Hour),
				},
				{
					ID: "28ff641f7616035e", Name: "Green\tHouse", SensorName: "GreenHouse", FriendlyName: "Green House",
					Pico: nameless, Heard: ago(8 * time.Second), Valid: true, Celsius: 1.1875, SetAside: true, SetAsideValue: 85,
				},
				{
					ID: "28ff641f7616035f", Name: "New", SensorName: "New", FriendlyName: "New",
					Pico: nameless, Heard: ago(9 * time.Second), SetAside: true, SetAsideValue: 85,
				},
				{
					ID: "28ff641f76160360", Name: "LogStore", SensorName: "LogStore", FriendlyName: "Log Store",
					Pico: shed, Heard: ago(109 * time.Minute), Valid: true, Celsius: 5.6875, Silent: true,
				},
				{
					ID: "28ff641f76160361", Name: "Attic", SensorName: "Attic", FriendlyName: "Attic",
					Heard: ago(49 * time.Hour), Valid: true, Celsius: 9, Silent: true,
				},
			},
			Conditions: []house.Condition{
				{Kind: house.Freezing, Sensor: 0, Pico: -1, Since: ago(14 * time.Minute)},
				{Kind: house.Silent, Sensor: 5, Pico: -1, Since: ago(49 * time.Hour)},
				{Kind: house.Silent, Sensor: -1, Pico: 2, Since: ago(109 * time.Minute)},
				{Kind: house.Near, Sensor: 1, Pico: -1, Since: ago(3 * time.Second)},
				{Kind: house.SetAside, Sensor: 2, Pico: -1, Since: ago(8 * time.Second)},
			},
			RefusedSensors: 2, RefusedPicos: 1, Others: 5,
		},
		feed: feed.Health{
			Group:      netip.MustParseAddr("239.0.0.1"),
			Ports:      []feed.PortHealth{{Port: 9999, State: feed.Listening, Datagrams: 4711}, {Port: 11235, State: feed.Listening}},
			Interfaces: []feed.InterfaceHealth{{Name: "eth0", Joined: true}, {Name: "docker0", Why: "container bridge"}},
			Refused:    []feed.Refusals{{Reason: feed.NotJSON, Count: 12}},
		},
		notify:  []status.Notify{{Target: "phone", Sent: 3, Failed: 1}},
		writes:  []status.RemoteWrite{{Target: "house", Sent: 1_000_000, Failed: 5, Refused: 1, Behind: 70 * time.Second}},
		mqtt:    status.MQTT{Broker: "mqtt://192.168.1.10:1883", Connected: true, Published: 1200, Failed: 2},
		config:  status.Config{File: "/etc/picotop/config.toml", LoadedAt: monday},
		history: status.History{Appended: 63_000_000, Dropped: 4, Bytes: 40 << 20},
	}
}
