package house

import (
	"time"

	"golang.org/x/time/rate"
)

const (
	thawAbove = 0.5 // kelvin above the limit at which freezing ends
	nearAbove = 2.0 // kelvin above the limit within which falling is a warning
)

// A sensor is what the house knows of one sensor.
type sensor struct {
	id   string
	code *code
	pico *pico

	name, sensorName, friendlyName, displayName string

	newName string        // that the last packet brought and the one before it did not
	renames *rate.Limiter // nil until there was one

	trust          trust
	heard          time.Time
	unheard        time.Duration // how long since then nobody was listening
	live           bool          // was heard, and not only recalled
	gaps           gaps
	silent         bool
	silentReported bool // as a condition of its own, not as one of its Pico's
	clash          bool

	filter          filter
	valid           bool
	celsius, offset float64
	setAside        setAside
	tellings        *rate.Limiter // of values set aside; nil until there was one

	trend trend
	day   day

	limit         float64
	hasLimit      bool
	freezing      bool
	freezingSince time.Time
}

// setAside is the latest value that was not believed.
type setAside struct {
	now   bool // it is that of the last packet
	value float64
	at    time.Time // zero if there was none
	why   Doubt
	count uint64 // of those about which it is decided
}

// hear notes that the sensor spoke.
func (s *sensor) hear(at time.Time) {
	if !s.heard.IsZero() && s.unheard == 0 {
		s.gaps.add(at.Sub(s.heard))
	}
	s.trust.hear(at)
	s.heard, s.unheard = at, 0
	s.silent, s.silentReported = false, false
}

// record takes a value that is believed.
func (s *sensor) record(v value, emit func(Event)) {
	s.valid, s.celsius, s.offset = true, v.celsius, v.offset
	s.trend.add(v.at, v.celsius)
	s.day.add(v.at, v.celsius)
	s.judge(v.at, emit)
}

// judge decides whether the sensor is freezing.
func (s *sensor) judge(at time.Time, emit func(Event)) {
	switch {
	case !s.hasLimit:
		s.freezing = false
	case !s.freezing && s.celsius <= s.limit:
		s.freezing, s.freezingSince = true, at
		emit(Event{At: at, Kind: Freezing, Label: s.displayName, Celsius: s.limit})
	case s.freezing && s.celsius >= s.limit+thawAbove:
		s.freezing = false
		emit(Event{At: at, Kind: Thawed, Label: s.displayName, Celsius: s.limit + thawAbove})
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
		ID: s.id, Code: s.code.text, Name: s.name, SensorName: s.sensorName, FriendlyName: s.friendlyName, DisplayName: s.displayName,
		Pico: s.pico.addr, Heard: s.heard, HeardFor: s.trust.span,
		Valid: s.valid, Celsius: s.celsius, Offset: s.offset,
		Interval: s.gaps.median(), Low: s.day.low, High: s.day.high,
		Limit: s.limit, HasLimit: s.hasLimit,
		Freezing: s.freezing, FreezingSince: s.freezingSince,
		Near: s.near(), Silent: s.silent, Clash: s.clash,
		SetAside: s.setAside.now, SetAsideValue: s.setAside.value, SetAsideAt: s.setAside.at,
		SetAsideWhy: s.setAside.why, SetAsideCount: s.setAside.count,
	}
	if !s.silent {
		out.PerHour = s.trend.perHour()
	}
	return out
}
