package house

import (
	"cmp"
	"time"

	"golang.org/x/time/rate"
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
	born           time.Time     // when that began
	gaps           gaps
	silent         bool
	silentReported bool // as a condition of its own, not as one of its Pico's
	silentTold     bool // as an event, since it was heard
	untold         bool // silent since before the program began, as far as it knows
	clash          bool

	filter          filter
	valid           bool
	celsius, offset float64
	setAside        setAside
	tellings        *rate.Limiter // of values set aside; nil until there was one

	impossible      int       // values in a row that are not believed
	impossibleSince time.Time // the first of them

	trend    trend
	fell     time.Time // when it was low, and falling, last
	day      day
	forecast forecast
	habit    habit

	rule      SensorRule
	limit     float64
	cold      ColdReason // why it does not warn of freezing; empty if it does
	low, high crossing
	stands    stands
}

// setAside is the latest value that was not believed.
type setAside struct {
	now   bool // it is that of the last packet
	value float64
	at    time.Time // zero if there was none
	why   Doubt
	told  time.Time // the first since one was believed, if that was told; else zero
	count uint64    // of those about which it is decided
}

// hear notes that the sensor spoke.
func (s *sensor) hear(at time.Time) {
	if !s.heard.IsZero() && s.unheard == 0 {
		s.gaps.add(at.Sub(s.heard))
	}
	s.trust.hear(at)
	s.heard, s.unheard = at, 0
	s.silent, s.silentReported, s.silentTold, s.untold = false, false, false, false
}

// advance notes silence, and forgets what is over a day old. It reports
// whether anything changed.
func (s *sensor) advance(now time.Time) bool {
	changed := s.day.trim(now)
	if !s.silent && now.Sub(s.heard)-s.unheard > s.silentAfter() {
		s.silent, changed = true, true
	}
	return changed
}

// interval is the time between its packets: as the owner said, or as learnt; 0 if
// neither is known.
func (s *sensor) interval() time.Duration { return cmp.Or(s.rule.Interval, s.gaps.median()) }

// silentAfter is how long the sensor may be quiet.
func (s *sensor) silentAfter() time.Duration {
	if s.rule.Interval > 0 {
		return max(shortestSilence, time.Duration(s.gaps.mayMiss())*s.rule.Interval)
	}
	if s.gaps.median() == 0 && s.pico.interval > 0 { // it is new, and its Pico is known
		return max(leastSilence(s.pico.interval), s.gaps.learning())
	}
	return s.gaps.silentAfter()
}

// snapshot is the sensor as others see it.
func (s *sensor) snapshot() Sensor {
	out := Sensor{
		ID: s.id, Code: s.code.text, Name: s.name, SensorName: s.sensorName, FriendlyName: s.friendlyName, DisplayName: s.displayName,
		Pico: s.pico.addr, Heard: s.heard, HeardFor: s.trust.span,
		Valid: s.valid, Celsius: s.celsius, Offset: s.offset,
		Interval: s.interval(), Low: s.day.low, High: s.day.high,
		Limit: s.limit, HasLimit: s.cold == "", Cold: s.cold,
		HighLimit: s.rule.High.Celsius, HasHighLimit: s.rule.High.Set && !s.rule.High.Off, RateLimit: s.rule.Rate,
		Hidden: s.rule.Hidden, Outside: s.rule.Outside,
		Freezing: s.stands.has(Freezing), FreezingSince: s.stands.since(Freezing),
		Near: s.stands.has(Near), Silent: s.silent, Clash: s.clash,
		TooWarm: s.stands.has(TooWarm), TooFast: s.stands.has(TooFast), Broken: s.stands.has(Broken),
		NameClash: s.stands.has(NameClash), Replaced: s.stands.has(Replaced),
		SetAside: s.setAside.now, SetAsideValue: s.setAside.value, SetAsideAt: s.setAside.at,
		SetAsideWhy: s.setAside.why, SetAsideCount: s.setAside.count,
	}
	if !s.silent {
		out.PerHour, out.FreezesAt = s.trend.perHour(), s.forecast.foretold()
	}
	return out
}
