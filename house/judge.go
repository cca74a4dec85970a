package house

import (
	"math"
	"time"
)

const (
	nearAbove = 2.0 // kelvin above the limit within which falling is a warning
	nearBand  = 0.5 // kelvin above that at which it is over
	// nearLasts is how long it may be steady without being over.
	nearLasts = 2 * time.Hour
	// fastBand is the share of the rate that was set below which it is over.
	fastBand = 0.8
	// brokenAfter is after how many impossible values in a row a sensor is broken, if
	// they go on for as long as it may be silent.
	brokenAfter = 6
)

// event is one about the sensor, to be completed.
func (s *sensor) event() Event { return Event{Label: s.displayName, Sensor: s.id} }

func (s *sensor) subject() subject { return subject{sensor: s.id} }

func (p *pico) subject() subject { return subject{pico: p.addr.String()} }

// recordLocked takes a value that is believed.
func (h *House) recordLocked(s *sensor, v value) {
	s.valid, s.celsius, s.offset = true, v.celsius, v.offset
	s.trend.add(v.at, v.celsius)
	s.day.add(v.at, v.celsius)
	s.forecast.add(v.at, v.celsius, s.cold == "")
	if s.habit.add(v.at, v.celsius) {
		h.habitLocked(s, v.at)
	}
	if s.isLow() && s.trend.perHour() < 0 {
		s.fell = v.at
	}
	h.crossLocked(s, v.at)
	h.judgeLocked(s, v.at)
}

// crossLocked decides whether the value has crossed a limit.
func (h *House) crossLocked(s *sensor, at time.Time) {
	was := s.stands.has(Freezing)
	is, since := s.low.judge(at, s.celsius, s.limit, was)
	h.freezingLocked(s, is && s.cold == "", since)
	if high := s.rule.High; high.Set && !high.Off {
		is, since := s.high.judge(at, -s.celsius, -high.Celsius, s.stands.has(TooWarm))
		h.tooWarmLocked(s, is, since)
	}
}

func (h *House) freezingLocked(s *sensor, is bool, at time.Time) {
	if is == s.stands.has(Freezing) {
		return
	}
	c := change{kind: Freezing, is: is, at: at, event: s.event()}
	c.event.Celsius = s.limit
	if !is {
		c.event.Celsius += ThawAbove
	}
	h.turnLocked(&s.stands, s.subject(), c)
}

func (h *House) tooWarmLocked(s *sensor, is bool, at time.Time) {
	if is == s.stands.has(TooWarm) {
		return
	}
	c := change{kind: TooWarm, is: is, at: at, event: s.event()}
	c.event.Celsius = s.rule.High.Celsius
	if !is {
		c.event.Celsius -= ThawAbove
	}
	h.turnLocked(&s.stands, s.subject(), c)
}

// ruleChangedLocked decides anew about the last value, as limits have changed.
func (h *House) ruleChangedLocked(s *sensor, at time.Time) {
	freezing := s.celsius <= s.limit || s.stands.has(Freezing) && s.celsius < s.limit+ThawAbove
	h.freezingLocked(s, freezing && s.cold == "", at)
	high := s.rule.High
	warm := s.celsius >= high.Celsius || s.stands.has(TooWarm) && s.celsius > high.Celsius-ThawAbove
	h.tooWarmLocked(s, warm && high.Set && !high.Off, at)
	h.judgeLocked(s, at)
}

// judgeLocked decides what follows from the trend, and from silence.
func (h *House) judgeLocked(s *sensor, at time.Time) {
	if is := s.near(at); is != s.stands.has(Near) {
		c := change{kind: Near, is: is, at: at, event: s.event()}
		switch {
		case is:
			s.fell = at // it may not have been low under an earlier limit
		case s.stands.has(Freezing):
			c.event.Text = string(Freezing) // it arrived
		}
		h.turnLocked(&s.stands, s.subject(), c)
	}
	rate := s.rule.Rate
	if s.stands.has(TooFast) {
		rate *= fastBand
	}
	if is := rate > 0 && s.valid && !s.silent && math.Abs(s.trend.exact()) > rate; is != s.stands.has(TooFast) {
		c := change{kind: TooFast, is: is, at: at, event: s.event()}
		c.event.Celsius = s.rule.Rate
		h.turnLocked(&s.stands, s.subject(), c)
	}
}

// isLow reports whether a value is so low that its trend matters: no higher one warns
// of what is near.
func (s *sensor) isLow() bool { return s.celsius <= s.limit+nearAbove+nearBand }

// near reports whether the sensor is on its way to the limit.
func (s *sensor) near(now time.Time) bool {
	if s.cold != "" || !s.valid || s.silent || s.stands.has(Freezing) {
		return false
	}
	if s.stands.has(Near) {
		return s.isLow() && now.Sub(s.fell) <= nearLasts
	}
	return s.celsius <= s.limit+nearAbove && s.trend.perHour() < 0 && s.trend.falls()
}

// impossibleLocked counts values that are not believed, and finds out whether there is
// anything else.
func (h *House) impossibleLocked(s *sensor, at time.Time, believed bool) {
	if believed {
		s.impossible = 0
	} else if s.impossible++; s.impossible == 1 {
		s.impossibleSince = at
	}
	is := !believed && (s.stands.has(Broken) || h.stoodLocked(Event{Kind: Broken, Sensor: s.id}) ||
		s.impossible >= brokenAfter && at.Sub(s.impossibleSince) >= s.silentAfter())
	if is == s.stands.has(Broken) {
		return
	}
	since := at
	if is {
		since = s.impossibleSince
	}
	c := change{kind: Broken, is: is, at: since, event: s.event()}
	c.event.Celsius = s.setAside.value
	h.turnLocked(&s.stands, s.subject(), c)
}
