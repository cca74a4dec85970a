package house

import (
	"slices"
	"time"
)

// A standing is one condition that stands.
type standing struct {
	kind  Kind
	since time.Time
	text  string // as in Condition
	label string // with which it was told
	// untold is the event with which it began, if that was found in the past and the
	// last run seems to have told it; else nil.
	untold *Event
}

// stands are the conditions of one sensor, one Pico or the house. Most have none.
// The zero value is empty.
type stands []standing

func (s stands) index(k Kind) int {
	return slices.IndexFunc(s, func(x standing) bool { return x.kind == k })
}

func (s stands) has(k Kind) bool { return s.index(k) >= 0 }

// since is when a condition began; zero if it does not stand.
func (s stands) since(k Kind) time.Time {
	if i := s.index(k); i >= 0 {
		return s[i].since
	}
	return time.Time{}
}

// beginnings are the events with which conditions begin, where they are not of the
// same kind.
var beginnings = map[Kind]Kind{Upload: UploadFails}

// endings are the events with which conditions end.
var endings = map[Kind]Kind{
	Freezing: Thawed, Silent: HeardAgain, Broken: BrokenOver, NoPackets: PacketsAgain,
	CannotStore: StoresAgain, ClockNotSet: ClockSet, TooWarm: TooWarmOver, TooFast: TooFastOver,
	Near: NearOver, Upload: UploadWorks, Clash: ClashOver, NameClash: NameClashOver,
	Replaced: ReplacedOver, SetAside: SetAsideOver,
}

// End is the kind of event with which a condition of this kind ends; empty if this is no
// kind of condition.
func (k Kind) End() Kind { return endings[k] }

// A change is a condition that may have begun or ended.
type change struct {
	kind  Kind
	is    bool      // whether it stands now
	at    time.Time // since when it does, or does not
	text  string    // as in Condition
	event Event     // what to tell, but for its kind, time and For
	quiet bool      // whether others tell of it
}

// turnLocked begins or ends a condition if it does not stand as the change says, and
// tells of it. What about is what the owner may have decided about.
func (h *House) turnLocked(on *stands, about subject, c change) {
	i := on.index(c.kind)
	switch {
	case c.is && i >= 0:
		(*on)[i].text = c.text
	case c.is:
		h.beginLocked(on, c)
	case i >= 0:
		x := (*on)[i]
		*on = slices.Delete(*on, i, i+1)
		if x.untold != nil {
			begun, ok := h.goesOnLocked(Event{At: c.at, Kind: x.untold.Kind, Label: x.untold.Label, Pico: x.untold.Pico, Sensor: x.untold.Sensor})
			x.since, c.quiet = begun, !ok
		}
		h.decisions.over(about, c.kind)
		h.revision++
		if c.event.Pico { // its name may have been learnt meanwhile
			c.event.Label = x.label
		}
		c.event.At, c.event.Kind, c.event.For = c.at, endings[c.kind], max(c.at.Sub(x.since), 0)
		if !c.quiet {
			h.addEventLocked(c.event)
		}
	}
}

func (h *House) beginLocked(on *stands, c change) {
	h.revision++
	c.event.At, c.event.Kind = c.at, c.kind
	if k, ok := beginnings[c.kind]; ok {
		c.event.Kind = k
	}
	x := standing{kind: c.kind, since: c.at, text: c.text, label: h.toldAsLocked(c.event)}
	if !c.quiet {
		if begun, ok := h.goesOnLocked(c.event); ok {
			x.since = begun
		} else if !h.addEventLocked(c.event) {
			x.untold = &c.event
		}
	}
	*on = append(*on, x)
}

// tellUntoldLocked tells, once the past is over, what stands and the last run did not
// tell, as the rules have changed since.
func (h *House) tellUntoldLocked() {
	tell := func(on stands) {
		for i := range on {
			if e := on[i].untold; e != nil {
				h.addEventLocked(*e)
				on[i].untold = nil
			}
		}
	}
	for _, s := range h.sensors {
		tell(s.stands)
	}
	for _, p := range h.picos {
		tell(p.stands)
	}
}
