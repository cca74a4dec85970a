package house

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// The habit of a sensor
//
// Cold is a sensor's habit if, of the 30 days before today,
//
//   - at least 7 are known, and on a third or more of the known ones its low was at or
//     below its limit;
//   - the first such day was 7 days ago or more, if it was cold since it is known and
//     that is less than 30 days, and else 14 days ago or more;
//   - and in the latter case it does not freeze right now: a warning that stands is
//     ended by warmth or by the owner, never by habit.
//
// So what falls to its limit for the first time always warns. The habit ends when the
// limit was reached on less than a fifth of the known days. A day is one of UTC.

const (
	// HabitDays is how many days before today count.
	HabitDays    = 30
	habitNeeds   = 7  // known days
	habitAge     = 7  // days since the first cold one, if it was always cold
	habitAgeFell = 14 // and if it was not
	dayOfHabit   = 24 * time.Hour
)

// A DayLow is the lowest temperature of one sensor on one day.
type DayLow struct {
	Day     time.Time // any moment of it
	Celsius float64
}

// A habit is the daily lows of a sensor. The zero value knows none.
type habit struct {
	isCold bool

	days  []dayLow // oldest first, at most HabitDays, without today
	today dayLow
	ends  time.Time // of today; zero before the first value
}

type dayLow struct {
	number  int64 // of days since the Unix epoch
	celsius float64
}

func dayNumber(t time.Time) int64 { return t.Unix() / int64(dayOfHabit/time.Second) }

// add notes a value, and reports whether a day has ended with it.
func (h *habit) add(at time.Time, celsius float64) bool {
	if at.Before(h.ends) && h.ends.Sub(at) <= dayOfHabit {
		h.today.celsius = min(h.today.celsius, celsius)
		return false
	}
	ended := !h.ends.IsZero() && !at.Before(h.ends) // else the clock was set back
	if ended {
		h.put(h.today)
	}
	h.today = dayLow{dayNumber(at), celsius}
	h.ends = at.Truncate(dayOfHabit).Add(dayOfHabit)
	return ended
}

// put notes the low of a day that is over. Of a day that is known the lower one counts.
func (h *habit) put(d dayLow) {
	i, found := slices.BinarySearchFunc(h.days, d.number, func(a dayLow, n int64) int { return cmp.Compare(a.number, n) })
	if found {
		h.days[i].celsius = min(h.days[i].celsius, d.celsius)
		return
	}
	h.days = slices.Insert(h.days, i, d)
	if len(h.days) > HabitDays {
		h.days = slices.Delete(h.days, 0, 1)
	}
}

// judge decides whether cold is the habit on the day of now, and reports whether that
// changed. freezing says that a warning stands.
func (h *habit) judge(now time.Time, limit float64, freezing bool) bool {
	today := dayNumber(now)
	known, cold, first, firstCold := 0, 0, int64(0), int64(0)
	for _, d := range h.days {
		if d.number >= today || d.number < today-HabitDays {
			continue
		}
		if known++; known == 1 {
			first = d.number
		}
		if d.celsius > limit {
			continue
		}
		if cold++; cold == 1 {
			firstCold = d.number
		}
	}
	was := h.isCold
	if was {
		h.isCold = known == 0 || 5*cold >= known
		return !h.isCold
	}
	age, always := int64(habitAgeFell), firstCold == first && known < HabitDays
	if always {
		age = habitAge
	}
	h.isCold = known >= habitNeeds && 3*cold >= known && today-firstCold >= age && (always || !freezing)
	return h.isCold
}

// RecallHabits tells the house which sensors were cold by habit in the last run, before
// Recall tells of their readings. RecallDays may say otherwise later.
func (h *House) RecallHabits(sensors []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.habits = map[string]bool{}
	for _, id := range sensors[:min(len(sensors), MaxSensors)] {
		h.habits[id] = true
	}
}

// RecallDays tells the house how low a sensor was on days of the past: of a day that is
// known the lower one counts. Days older than HabitDays are passed over, and so is a
// sensor that is not known.
func (h *House) RecallDays(sensor string, lows []DayLow) {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, id := splitID(sensor)
	s := h.sensors[id]
	if s == nil {
		return
	}
	newest := dayNumber(h.now)
	for _, low := range lows {
		n := dayNumber(low.Day)
		if n >= newest-HabitDays && n < newest && !math.IsNaN(low.Celsius) && !math.IsInf(low.Celsius, 0) {
			s.habit.put(dayLow{n, low.Celsius})
		}
	}
	h.habitLocked(s, h.now)
}

// habitLocked decides anew about the habit of a sensor.
func (h *House) habitLocked(s *sensor, now time.Time) {
	if s.habit.judge(now, h.limitLocked(s), s.stands.has(Freezing)) {
		h.ruleLocked(s, now)
	}
}
