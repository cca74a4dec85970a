// Package simulate makes up a house of any size, for trying a network before
// the Picos are built.
//
// It behaves as Picos do: each reads its sensors one after the other, a second
// each, sends one packet a sensor, perhaps a status packet, and sleeps; so its
// period is longer than its sleep and drifts against that of the others. The
// temperatures go up and down with the hour. All names begin with "Sim", so
// that nobody takes them for a sensor of a real house.
//
// The same seed makes the same house. The package opens no socket: it is
// handed a way to send.
package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// a profile is how one place in a house gets warm and cold. Temperatures are in
// Celsius.
type profile struct {
	name  string
	base  float64 // on average, with the heating off
	daily float64 // how far the day moves it up and the night down
	// hot is what the heating brings it to, in warm and cool, the times in
	// which it gets there and back; 0 if nothing heats it.
	hot        float64
	warm, cool time.Duration
}

// No place is near the limit at which picotop warns.
var profiles = []profile{
	{name: "Outside", base: 11, daily: 4},
	{name: "ColdWaterTank", base: 9, daily: 0.8},
	{name: "Loft", base: 13, daily: 2.5},
	{name: "BoilerFeed", base: 20, daily: 0.3, hot: 59, warm: 6 * time.Minute, cool: 70 * time.Minute},
	{name: "HotWater", base: 27, daily: 0.2, hot: 56, warm: 25 * time.Minute, cool: 5 * time.Hour},
	{name: "LivingRoom", base: 18.5, daily: 0.6, hot: 21.2, warm: 80 * time.Minute, cool: 4 * time.Hour},
	{name: "Bedroom", base: 17, daily: 0.7, hot: 18.6, warm: 90 * time.Minute, cool: 5 * time.Hour},
	{name: "Radiators", base: 19, daily: 0.4, hot: 52, warm: 14 * time.Minute, cool: 50 * time.Minute},
	{name: "Kitchen", base: 19.5, daily: 0.9, hot: 21.5, warm: 40 * time.Minute, cool: 2 * time.Hour},
	{name: "Garage", base: 12, daily: 1.5},
	{name: "Greenhouse", base: 14, daily: 4.5},
	{name: "Shed", base: 12, daily: 2},
}

// heated are the hours of the day in which the heating runs, from and to.
var heated = [][2]float64{{6, 8.5}, {17, 22}}

// A randomSensor is one in a house that a seed makes.
type randomSensor struct {
	profile
	rom    string
	name   string
	offset float64 // in kelvin, as calibrated
	phase  float64 // of its own slow waves, from 0 to 1
	random *rand.Rand
}

func newSensor(number int, r *rand.Rand) *randomSensor {
	s := &randomSensor{profile: profiles[number%len(profiles)], random: r, phase: r.Float64()}
	s.name = "Sim" + s.profile.name
	if n := number / len(profiles); n > 0 {
		s.name += fmt.Sprint(n + 1)
	}
	// 28 is the family code of the DS18B20.
	s.rom = fmt.Sprintf("28ff%012x", r.Uint64()>>16)
	if r.IntN(4) == 0 {
		s.offset = float64(r.IntN(17)-8) / 16
	}
	return s
}

// celsius is what the sensor says at a time of day, offset included: in steps
// of 1/16, and not quite still.
func (s *randomSensor) celsius(now time.Time) float64 {
	hour := now.Sub(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())).Hours()
	t := s.base + s.daily*math.Cos(2*math.Pi*(hour-15)/24)
	if s.hot > 0 {
		t += (s.hot - s.base) * s.heat(hour)
	}
	seconds := float64(now.Unix() % 86400)
	for _, period := range []float64{47 * 60, 13 * 60} {
		t += 0.12 * math.Sin(2*math.Pi*(seconds/period+s.phase))
	}
	noise := 0.6 * (s.random.Float64() - 0.5)
	return math.Round(16*t+noise)/16 + s.offset
}

// heat is how much of the heating has arrived at an hour of the day, from 0 to
// 1.
func (s *randomSensor) heat(hour float64) float64 {
	level, last := 0.0, heated[len(heated)-1][1]-24
	for _, h := range heated {
		if hour < h[0] {
			break
		}
		level *= math.Exp(-(h[0] - last) / s.cool.Hours())
		until := min(hour, h[1])
		level = 1 - (1-level)*math.Exp(-(until-h[0])/s.warm.Hours())
		last = until
	}
	if last < 0 { // before the first: what is left of the evening
		level = 1
	}
	return level * math.Exp(-(hour-last)/s.cool.Hours())
}

// packet is what the Pico sends for the sensor at a moment.
func (s *randomSensor) packet(now time.Time, _ int) temperature {
	return newTemperature(s.name, s.rom, s.celsius(now), s.offset)
}

// randomStatus is what a Pico sends after a feed call: one in thirty fails.
func randomStatus(name string, r *rand.Rand) status {
	switch r.IntN(60) {
	case 0:
		return newStatus(name, "API Exception")
	case 1:
		return newStatus(name, "API 500 Internal Server Error")
	}
	return newStatus(name, "API 200 OK")
}
