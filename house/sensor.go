package house

import (
	"math"
	"time"
)

const (
	thawAbove = 0.5 // kelvin above the limit at which freezing ends
	nearAbove = 2.0 // kelvin above the limit within which falling is a warning

	// A DS18B20 that was not told to measure says its power-on value (Maxim
	// 19-7487, "Temperature register"). Pipes can be that hot too, so only a
	// leap to it is not believed.
	powerOnCelsius = 85.0
	believableLeap = 10.0  // kelvin
	nearlyEqual    = 0.001 // kelvin; Picos compute with 32 bits
)

// A sensor is what the house knows of one sensor.
type sensor struct {
	id                             string
	name, sensorName, friendlyName string
	renamed                        time.Time // when a change of name was last told
	pico                           *pico

	heard          time.Time
	unheard        time.Duration // how long since then nobody was listening
	gaps           gaps
	silent         bool
	silentReported bool // as a condition of its own, not as one of its Pico's

	valid           bool
	celsius, offset float64
	setAside        bool
	setAsideValue   float64

	trend trend
	day   day

	limit         float64
	hasLimit      bool
	freezing      bool
	freezingSince time.Time
}

// hear notes that the sensor spoke.
func (s *sensor) hear(at time.Time) {
	if !s.heard.IsZero() && s.unheard == 0 {
		s.gaps.add(at.Sub(s.heard))
	}
	s.heard, s.unheard = at, 0
	s.silent, s.silentReported = false, false
}

// accept takes a value, unless it is not to be believed.
func (s *sensor) accept(o observation, emit func(Event)) bool {
	chip := o.celsius - o.offset
	if math.Abs(chip-powerOnCelsius) < nearlyEqual &&
		(!s.valid || math.Abs(chip-(s.celsius-s.offset)) > believableLeap) {
		if !s.setAside {
			emit(Event{At: o.at, Kind: SetAside, Label: s.friendlyName, Celsius: o.celsius})
		}
		s.setAside, s.setAsideValue = true, o.celsius
		return false
	}
	s.setAside = false
	s.valid, s.celsius, s.offset = true, o.celsius, o.offset
	s.trend.add(o.at, o.celsius)
	s.day.add(o.at, o.celsius)
	s.judge(o.at, emit)
	return true
}

// judge decides whether the sensor is freezing.
func (s *sensor) judge(at time.Time, emit func(Event)) {
	switch {
	case !s.hasLimit:
		s.freezing = false
	case !s.freezing && s.celsius <= s.limit:
		s.freezing, s.freezingSince = true, at
		emit(Event{At: at, Kind: Freezing, Label: s.friendlyName, Celsius: s.limit})
	case s.freezing && s.celsius >= s.limit+thawAbove:
		s.freezing = false
		emit(Event{At: at, Kind: Thawed, Label: s.friendlyName, Celsius: s.limit + thawAbove})
	}
}

// near reports whether the sensor is on its way to the limit.
func (s *sensor) near() bool {
	return s.hasLimit && s.valid && !s.freezing && !s.silent &&
		s.celsius <= s.limit+nearAbove && s.trend.perHour() < 0
}

// advance notes silence, and forgets what is over a day old. It reports
// whether anything changed.
func (s *sensor) advance(now time.Time) bool {
	changed := s.day.trim(now)
	if !s.silent && now.Sub(s.heard)-s.unheard > silentAfter(s.gaps.median()) {
		s.silent, changed = true, true
	}
	return changed
}

// silentAfter is how long a sender of the given interval may be quiet. Picos
// poll every 10 s and more, and one lost packet must not raise an alarm.
func silentAfter(interval time.Duration) time.Duration {
	return max(time.Minute, 6*interval)
}

// snapshot is the sensor as others see it.
func (s *sensor) snapshot() Sensor {
	out := Sensor{
		ID: s.id, Name: s.name, SensorName: s.sensorName, FriendlyName: s.friendlyName,
		Pico: s.pico.addr, Heard: s.heard,
		Valid: s.valid, Celsius: s.celsius, Offset: s.offset,
		Interval: s.gaps.median(), Low: s.day.low, High: s.day.high,
		Limit: s.limit, HasLimit: s.hasLimit,
		Freezing: s.freezing, FreezingSince: s.freezingSince,
		Near: s.near(), Silent: s.silent,
		SetAside: s.setAside, SetAsideValue: s.setAsideValue,
	}
	if !s.silent {
		out.PerHour = s.trend.perHour()
	}
	return out
}
