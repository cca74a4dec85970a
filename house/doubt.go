package house

import (
	"math"
	"net/netip"
	"slices"
	"time"
)

// A Doubt says why a value was not believed. It is part of what other programs
// read, so its text is interface.
type Doubt string

// The doubts. The first three are what a DS18B20 whose supply or bus failed
// says, with a checksum that is right (Maxim 19-7487, "Temperature register"
// and "CRC generation"). A sensor can truly measure them too.
const (
	PowerOn  Doubt = "power_on"     // 85, before it measured anything
	AllZeros Doubt = "all_zeros"    // 0, of nine bytes that are zero
	AllOnes  Doubt = "all_ones"     // -0.0625, of bits that are all set
	Leap     Doubt = "leap"         // far from the value before it, and from the one after
	Beyond   Doubt = "out_of_range" // what no DS18B20 can measure
)

// Text says in words why the value was doubted.
func (d Doubt) Text() string {
	switch d {
	case PowerOn:
		return "DS18B20 power-on value"
	case AllZeros:
		return "what an answer of zeros means"
	case AllOnes:
		return "what an answer of ones means"
	case Leap:
		return "a lone leap"
	case Beyond:
		return "beyond what a sensor can measure"
	}
	return string(d) // another picotop may know more of them
}

const (
	nearlyEqual = 0.001 // kelvin; Picos compute with 32 bits

	// What a value may differ from the one before it, in kelvin. A pipe whose
	// tap is opened changes by 10 in one interval, but not after it was steady;
	// and the longer nothing was heard the more may have happened.
	reachOfPowerOn  = 10.0
	reachOfZeros    = 1.0
	reach           = 10.0
	reachFromSteady = 5.0
	reachPerMinute  = 1.0
	// What it may after it was steady if it crosses a limit, which is worth another
	// packet.
	reachAcross = 1.0

	steadyStep  = 1.0 // kelvin from one value to the next
	steadyAfter = 2   // such steps in a row

	// holdFor is how long a value waits for the next one to decide about it.
	holdFor = 2 * time.Hour
)

// A value is what a sensor said at one moment.
type value struct {
	at         time.Time // zero means that there is none
	from       netip.AddrPort
	celsius    float64 // with offset applied
	offset     float64 // in kelvin
	recalled   bool    // history has it
	impossible bool    // no sensor can measure it
}

func (v value) isZero() bool { return v.at.IsZero() }

// chip is what the DS18B20 said.
func (v value) chip() float64 { return v.celsius - v.offset }

// minus is how far v is above w. The offset may be edited from one reading to
// the next, and is not known of what history tells: neither is a leap.
func (v value) minus(w value) float64 {
	chip, celsius := v.chip()-w.chip(), v.celsius-w.celsius
	if math.Abs(celsius) < math.Abs(chip) {
		return celsius
	}
	return chip
}

// fault is the doubt about a value that a DS18B20 says when it failed, empty
// for any other.
func (v value) fault() Doubt {
	switch chip := v.chip(); {
	case math.Abs(chip-85) < nearlyEqual:
		return PowerOn
	case math.Abs(chip) < nearlyEqual:
		return AllZeros
	case math.Abs(chip+oneStep) < nearlyEqual:
		return AllOnes
	}
	return ""
}

// copies reports whether v is the datagram of w once more, as Wi-Fi sends one
// whose receipt was lost. A Pico opens a new socket for each.
func (v value) copies(w value) bool {
	return v.from.IsValid() && v.from == w.from && v.celsius == w.celsius && v.at.Sub(w.at) < shortestGap
}

// A filter keeps back the values that are not to be believed: a leap that the
// next value undoes. It decides at the second value at the latest, except about
// the power-on value, which a sensor without supply says again and again. The
// zero value has seen nothing.
type filter struct {
	last   value   // the latest that was believed
	step   float64 // kelvin from the one before it
	steady int     // small steps in a row, up to steadyAfter
	held   value   // waits for the next to decide
	why    Doubt   // about held

	limits [2]float64 // in Celsius, of which a value that crosses one warns; NaN is none
}

// A decision is what follows from one value.
type decision struct {
	believed [2]value // oldest first
	count    int      // of believed
	dropped  value    // was held, and is not believed
	why      Doubt    // about dropped
}

// weigh decides about a value and about the one that is held.
func (f *filter) weigh(v value) (d decision) {
	held := f.held
	if v.impossible {
		if held.isZero() || !held.impossible || !v.copies(held) {
			d.dropped, d.why = v, Beyond
		}
		return d
	}
	if held.isZero() {
		f.decide(v, &d)
		return d
	}
	if v.copies(held) {
		return d
	}
	f.held = value{}
	if f.confirms(held, v) {
		f.believe(held, &d)
		f.believe(v, &d)
		return d
	}
	d.dropped, d.why = held, f.why
	f.decide(v, &d)
	return d
}

// trust believes a value that was believed once.
func (f *filter) trust(v value) (d decision) {
	f.believe(v, &d)
	return d
}

// decide believes a value or holds it.
func (f *filter) decide(v value, d *decision) {
	if why := f.doubt(v); why != "" {
		f.held, f.why = v, why
		return
	}
	f.believe(v, d)
}

func (f *filter) believe(v value, d *decision) {
	if !f.last.isZero() {
		f.step = v.minus(f.last)
		f.steady = min(f.steady+1, steadyAfter)
		if math.Abs(f.step) > steadyStep {
			f.steady = 0
		}
	}
	f.last = v
	d.believed[d.count] = v
	d.count++
}

// doubt is empty if a value is near the last one that was believed. What goes
// on as the last step went is near too.
func (f *filter) doubt(v value) Doubt {
	fault := v.fault()
	if f.last.isZero() {
		return fault
	}
	far, near := v.minus(f.last), 0.0
	switch fault {
	case PowerOn:
		near = reachOfPowerOn
	case AllZeros, AllOnes:
		near = reachOfZeros
	default:
		near = reach
		if f.steady >= steadyAfter {
			near = reachFromSteady
			if f.crosses(v) {
				near = reachAcross
			}
		}
		near += reachPerMinute * max(v.at.Sub(f.last.at).Minutes(), 0)
	}
	if far*f.step > 0 {
		near += math.Abs(f.step)
	}
	switch {
	case math.Abs(far) <= near:
		return ""
	case fault != "":
		return fault
	}
	return Leap
}

// crosses reports whether a value is on the other side of a limit.
func (f *filter) crosses(v value) bool {
	return slices.ContainsFunc(f.limits[:], func(limit float64) bool {
		return (v.celsius <= limit) != (f.last.celsius <= limit) // of NaN neither is
	})
}

// confirms reports whether v says that what is held was true.
func (f *filter) confirms(held, v value) bool {
	apart := math.Abs(v.minus(held))
	switch {
	case v.at.Sub(held.at) > holdFor:
		return false
	case held.fault() == PowerOn && v.fault() == PowerOn:
		return false
	case f.last.isZero():
		return apart <= reachOfZeros
	}
	far := v.minus(f.last)
	if apart <= reach && apart <= math.Abs(far) {
		return true // it repeats
	}
	// Or the sensor has left where it was, and is on its way.
	beyond := math.Abs(far) >= math.Abs(held.minus(f.last))
	return f.doubt(v) != "" && v.fault() == "" && far*held.minus(f.last) > 0 &&
		(held.fault() == "" || beyond)
}
