package house

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"picotop/internal/sensorname"
)

// Where cold is normal
//
// A sensor does not warn of freezing if the first of these that says anything says
// that cold is normal there:
//
//  1. what the owner decided on the screen;
//  2. the owner's rules: no limit, or outside; a limit of its own says that it warns;
//  3. its name: one of the words of coldWords, in any letter case, is a word of it;
//  4. its habit, see habit.go.
//
// The words of a name are those between what is no letter, both of the name as it was
// sent and of the friendly name, which also parts words at capitals: "GardenShed" has
// the word Garden, "garden_2" too, "Gardener" and "Refrigerator" have none. Of two
// words "Green House" counts as Greenhouse; of no other are two words put together.

var coldWords = []string{"outside", "garden", "greenhouse", "freezer", "fridge"}

// namedCold reports whether a name says that cold is normal there.
func namedCold(name string) bool {
	return slices.ContainsFunc([]string{name, sensorname.Friendly(name)}, func(text string) bool {
		words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
		for i, w := range words {
			if slices.Contains(coldWords, w) || w == "green" && i+1 < len(words) && words[i+1] == "house" {
				return true
			}
		}
		return false
	})
}

// coldReasonLocked is why cold is normal for a sensor; empty if it is not.
func (h *House) coldReasonLocked(s *sensor) ColdReason {
	switch h.decisions.byKey[decisionKey{subject: subject{sensor: s.id}}].Action {
	case ColdIsNormal:
		return ColdByDecision
	case ColdIsWrong:
		return ""
	}
	switch {
	case s.rule.Limit.Set && !s.rule.Limit.Off:
		return ""
	case s.rule.Limit.Off, s.rule.Outside:
		return ColdByConfig
	case namedCold(s.name):
		return ColdByName
	case s.habit.isCold:
		return ColdByHabit
	}
	return ""
}

// limitLocked is the temperature that warns, if cold is not normal.
func (h *House) limitLocked(s *sensor) float64 {
	if s.rule.Limit.Set && !s.rule.Limit.Off {
		return s.rule.Limit.Celsius
	}
	return h.rules.Limit
}

// limits are the temperatures that warn, NaN for none.
func (s *sensor) limits() [2]float64 {
	low, high := s.limit, s.rule.High.Celsius
	if s.cold != "" {
		low = math.NaN()
	}
	if !s.rule.High.Set || s.rule.High.Off {
		high = math.NaN()
	}
	return [2]float64{low, high}
}

// ruleLocked has the rules, the name, the habit and the decisions take effect on a
// sensor.
func (h *House) ruleLocked(s *sensor, now time.Time) {
	h.revision++
	s.rule = h.rules.sensor(s.code.text, s.sensorName)
	if label := cmp.Or(s.rule.Label, sensorname.Display(s.name)); label != s.displayName {
		h.relabelLocked(s, label)
		s.displayName, h.order = label, nil
	}
	s.limit = h.limitLocked(s)
	s.cold = h.coldReasonLocked(s)
	s.filter.limits = s.limits()
	if s.valid {
		h.ruleChangedLocked(s, now)
	}
}

// SetRules changes the rules. What is known of the house stays; conditions begin and
// end as the new rules have it.
func (h *House) SetRules(r Rules, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rules, h.order = r, nil
	h.revision++
	for _, s := range h.sensors {
		s.habit.judge(now, h.limitLocked(s), s.stands.has(Freezing))
		h.ruleLocked(s, now)
	}
	for addr, p := range h.picos {
		p.given = r.Picos[addr]
	}
}
