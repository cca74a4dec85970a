// Package overview tells of many houses, each in a line: the worst that is wrong there,
// the coldest sensor, and when it was last heard. It is what the screens and tables of
// houses are made from, whoever found it out.
package overview

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/maruel/natural"

	"picotop/house"
	"picotop/internal/format"
)

// silentAfter is how long nothing may have come from a house before that is its worst.
const silentAfter = 5 * time.Minute

// coldestThereIs is below every temperature that a sensor told.
const coldestThereIs = -273

// A House is what one line tells. All text is clean.
type House struct {
	Name    string // empty for what has no house
	Key     string // what it is opened by, which may not be clean
	Sensors int

	Kind    house.Kind // what is worst; empty if all is well
	Sensor  string     // of which; empty if it is about none
	Pico    string     // or of which Pico
	Celsius float64    // of the Sensor; -273 and below if it told none

	Freezing    int // how many sensors are
	Silent      int // how many sensors are
	SilentPicos int // how many Picos are, as far as Picos are told of

	Coldest        float64
	ColdestSensor  string    // empty if there is none
	Heard          time.Time // zero if nobody knows
	NothingIsHeard bool      // for five minutes and more
}

// A List is all houses at one moment.
type List struct {
	At     time.Time
	Houses []House // worst first, then by name
	More   int     // houses for which there is no room
}

// Label is what people are shown.
func (h House) Label() string { return cmp.Or(h.Name, "(no name)") }

// Judge notes whether nothing is heard, which is worse than what was heard last.
func (h *House) Judge(now time.Time) {
	h.NothingIsHeard = h.Heard.IsZero() || now.Sub(h.Heard) > silentAfter
	if h.NothingIsHeard {
		h.Kind, h.Sensor, h.Pico = house.Silent, "", ""
	}
}

// Warns reports whether something is wrong that warns.
func (h House) Warns() bool { return h.Kind != "" && h.Kind.Warns() }

// Sort puts the worst first, and what is as bad by name.
func (l *List) Sort() {
	kinds := house.Kinds()
	badness := func(h House) int {
		if i := slices.Index(kinds, h.Kind); i >= 0 {
			return i
		}
		return len(kinds)
	}
	slices.SortStableFunc(l.Houses, func(a, b House) int {
		return cmp.Or(cmp.Compare(badness(a), badness(b)),
			natural.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.Name, b.Name))
	})
}

// Warnings is how many houses warn.
func (l *List) Warnings() int {
	n := 0
	for _, h := range l.Houses {
		if h.Warns() {
			n++
		}
	}
	return n
}

// Summary says how many houses and sensors there are, and in how many houses something
// freezes, is silent or else warns.
func (l *List) Summary() (counts, wrong string) {
	sensors, freezing, silent := 0, 0, 0
	for _, h := range l.Houses {
		sensors += h.Sensors
		if h.Kind == house.Freezing {
			freezing++
		}
		if h.Kind == house.Silent {
			silent++
		}
	}
	counts = format.Count(len(l.Houses), "house") + ", " + format.Count(sensors, "sensor")
	var parts []string
	if freezing > 0 {
		parts = append(parts, fmt.Sprintf("%d freezing", freezing))
	}
	if silent > 0 {
		parts = append(parts, fmt.Sprintf("%d silent", silent))
	}
	switch others := l.Warnings() - freezing - silent; {
	case others > 0 && len(parts) > 0:
		parts = append(parts, fmt.Sprintf("%d other", others))
	case others > 0:
		parts = append(parts, format.Count(others, "warning"))
	case len(parts) == 0:
		parts = append(parts, "all well")
	}
	return counts, strings.Join(parts, "  ")
}

// Worst says in words what is worst. temperature writes a temperature in Celsius, and
// moment a time.
func (h House) Worst(temperature func(float64) string, moment func(time.Time) string) string {
	switch {
	case h.Kind == "":
		return "all well"
	case h.NothingIsHeard && h.Heard.IsZero():
		return "nothing heard for a week"
	case h.NothingIsHeard:
		return "nothing heard since " + moment(h.Heard)
	case h.Kind == house.Silent:
		return h.silence()
	}
	text := h.Sensor
	if h.Celsius > coldestThereIs {
		text += " " + temperature(h.Celsius)
	}
	if h.Kind == house.Freezing {
		text += ", freezing"
		if h.Freezing > 1 {
			text += fmt.Sprintf(", and %d more", h.Freezing-1)
		}
		return text
	}
	return text + ", " + others[h.Kind]
}

// silence says who is silent in a house that is not.
func (h House) silence() string {
	switch {
	case h.SilentPicos == 1 && h.Pico != "":
		return h.Pico + " is silent"
	case h.SilentPicos > 0:
		return format.Count(h.SilentPicos, "pico") + " silent"
	case h.Silent == 1 && h.Sensor != "":
		return h.Sensor + " is silent"
	}
	return format.Count(h.Silent, "sensor") + " silent"
}

// AlsoSilent says in words who is silent besides what is worst; it is empty if nobody is.
func (h House) AlsoSilent() string {
	if h.Kind == house.Silent || h.SilentPicos == 0 && h.Silent == 0 {
		return ""
	}
	h.Sensor = "" // which is not the one that is silent
	return h.silence()
}

// others are the words for what is seldom.
var others = map[house.Kind]string{
	house.Broken:  "broken",
	house.TooWarm: "too warm",
	house.TooFast: "changing too fast",
	house.Near:    "near its limit",
	house.Upload:  "its feed calls fail",
}
