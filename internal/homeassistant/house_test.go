package homeassistant

import (
	"net/netip"
	"time"

	"picotop/house"
)

var (
	noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	loft = netip.MustParseAddr("192.168.1.57")
)

// aHouse is one with a Pico, a sensor that freezes, and one that is silent.
func aHouse() house.State {
	return house.State{
		At:    noon,
		Picos: []house.Pico{{Addr: loft, Name: "Loft", Sensors: 2, Heard: noon}},
		Sensors: []house.Sensor{
			{
				ID: "28ff641f7616035c", Code: "28ff641f7616035c", Name: "ColdWaterTank", SensorName: "ColdWaterTank", DisplayName: "Cold Water Tank",
				Pico: loft, Heard: noon, Valid: true, Celsius: 2.5, Interval: 15 * time.Second,
				Limit: 3, HasLimit: true, Freezing: true, FreezingSince: noon.Add(-time.Minute),
			},
			{
				ID: "28ff4a02b3170485~2", Code: "28ff4a02b3170485", Name: "Outside", DisplayName: "Outside",
				Pico: loft, Heard: noon.Add(-time.Hour), Valid: true, Celsius: -3, Silent: true, Hidden: true,
				HighLimit: 40, HasHighLimit: true, RateLimit: 10,
			},
		},
		Conditions: []house.Condition{
			{Kind: house.Freezing, Sensor: 0, Pico: -1, Since: noon.Add(-time.Minute)},
			{Kind: house.Silent, Sensor: 1, Pico: -1, Since: noon.Add(-time.Hour), Acknowledged: true},
			{Kind: house.CannotStore, Sensor: -1, Pico: -1, Since: noon, Text: "no space left on device"},
		},
	}
}

func aDescriber() *describer {
	return newDescriber(newTopics(Broker{}, "raspberrypi"), "1.0")
}

// rooms puts all that is at a Pico into one room.
func rooms() Config {
	return Config{
		Area:     func(s house.Sensor) string { return map[bool]string{true: "Loft"}[s.Pico == loft] },
		PicoArea: func(house.Pico) string { return "Loft" },
	}
}
