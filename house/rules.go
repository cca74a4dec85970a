package house

import (
	"net/netip"
	"strings"
	"time"

	"picotop/internal/sensorname"
)

// Rules say what is wrong and what is not. They come from the owner.
type Rules struct {
	// Limit is the temperature in Celsius at or below which a sensor freezes.
	Limit float64
	// Sensors are the rules for single ones, by ROM code, or by SensorName in
	// lower case. The one for the ROM code wins as a whole.
	Sensors map[string]SensorRule
	// Picos are the names that the owner gives them; they win over what a status
	// packet says.
	Picos map[netip.Addr]string
}

// sensor is the rule for one sensor; the zero value if there is none.
func (r Rules) sensor(code, sensorName string) SensorRule {
	if rule, ok := r.Sensors[code]; ok {
		return rule
	}
	return r.Sensors[strings.ToLower(sensorName)]
}

// LimitOf is the temperature that warns for a sensor of which nothing but its ROM code and
// its name is known. ok is false where cold is normal by the rules or by the name.
func (r Rules) LimitOf(code, name string) (celsius float64, ok bool) {
	rule := r.sensor(code, sensorname.Label(name))
	switch {
	case rule.Limit.Set && !rule.Limit.Off:
		return rule.Limit.Celsius, true
	case rule.Limit.Off, rule.Outside, namedCold(name):
		return 0, false
	}
	return r.Limit, true
}

// HighestLimit is the highest temperature that warns of any sensor.
func (r Rules) HighestLimit() float64 {
	highest := r.Limit
	for _, rule := range r.Sensors {
		if rule.Limit.Set && !rule.Limit.Off {
			highest = max(highest, rule.Limit.Celsius)
		}
	}
	return highest
}

// A SensorRule is what the owner wants of one sensor. The zero value wants nothing
// special.
type SensorRule struct {
	Label string // what people are shown; empty means the name as sent

	Limit Threshold // low: freezing
	High  Threshold // too warm; none by default
	Rate  float64   // in kelvin an hour, up or down: too fast; 0 means none

	Hidden   bool          // not shown
	Outside  bool          // it measures the air outside: shown large, and cold is normal
	Interval time.Duration // at which it sends; 0 means that it is learnt
}

// A Threshold is a temperature that the owner set, or that there is to be none. The
// zero value leaves it to the rules for all.
type Threshold struct {
	Set     bool
	Off     bool // there is none; only if Set
	Celsius float64
}

// A ColdReason says why a sensor does not warn of freezing. It is part of what other
// programs read, so its text is interface.
type ColdReason string

// The reasons why cold is normal for a sensor.
const (
	ColdByName     ColdReason = "name"     // such as Outside or Freezer
	ColdByHabit    ColdReason = "habit"    // it was below the limit on a good part of its days
	ColdByConfig   ColdReason = "config"   // the owner wrote so
	ColdByDecision ColdReason = "decision" // the owner said so on the screen
)
