package house

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A Decision is what the owner decided about a sensor, a Pico or one condition, on
// the screen and not in a file.
type Decision struct {
	Action Action
	At     time.Time // when

	// What it is about: the ID of a sensor, or the address of a Pico; both are
	// empty for the house.
	Sensor string
	Pico   string
	// Kind is the condition of it that is acknowledged or snoozed.
	Kind Kind
	// Until is when a Snooze ends.
	Until time.Time
}

// An Action is what one can decide. Its text is part of what other programs read.
type Action string

// The actions.
const (
	Acknowledge   Action = "acknowledge"     // quiet until the condition is over
	Snooze        Action = "snooze"          // quiet until a moment
	Loud          Action = "loud"            // takes either back
	ColdIsNormal  Action = "cold_is_normal"  // this sensor does not warn of freezing
	ColdIsWrong   Action = "cold_is_wrong"   // it does, whatever its name and habit say
	ColdAsLearned Action = "cold_as_learned" // takes either back
)

const (
	// maxDecisions bounds how many are kept; beyond, the oldest goes.
	maxDecisions = 1024
	// acknowledgeWaits is for how long an acknowledgement waits, after it was
	// recalled, for its condition to be found again.
	acknowledgeWaits = time.Hour
)

// A subject is what a condition and a decision are of. The zero value is the house.
type subject struct{ sensor, pico string }

type decisionKey struct {
	subject
	kind Kind // empty for what is decided about cold
}

// decisions are what the owner decided. The zero value is nothing.
type decisions struct {
	byKey map[decisionKey]Decision
	// waits are the recalled acknowledgements whose condition does not stand yet.
	waits map[decisionKey]time.Time // until when; zero before the first Advance
}

func (d Decision) key() decisionKey {
	k := decisionKey{subject: subject{d.Sensor, d.Pico}, kind: d.Kind}
	if d.aboutCold() {
		k.kind = ""
	}
	return k
}

func (d Decision) aboutCold() bool {
	return d.Action == ColdIsNormal || d.Action == ColdIsWrong || d.Action == ColdAsLearned
}

func (d *decisions) put(x Decision) {
	switch x.Action {
	case Loud, ColdAsLearned:
		delete(d.byKey, x.key())
		return
	}
	if d.byKey == nil {
		d.byKey = map[decisionKey]Decision{}
	}
	d.byKey[x.key()] = x
	if len(d.byKey) <= maxDecisions {
		return
	}
	delete(d.byKey, slices.MinFunc(d.list(), compareDecisions).key())
}

func (d *decisions) list() []Decision {
	out := make([]Decision, 0, len(d.byKey))
	for _, x := range d.byKey {
		out = append(out, x)
	}
	slices.SortFunc(out, compareDecisions)
	return out
}

func compareDecisions(a, b Decision) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Sensor, b.Sensor), cmp.Compare(a.Pico, b.Pico), cmp.Compare(a.Kind, b.Kind))
}

// over forgets that a condition that is over was acknowledged.
func (d *decisions) over(about subject, k Kind) {
	key := decisionKey{about, k}
	if len(d.byKey) > 0 && d.byKey[key].Action == Acknowledge {
		if _, waits := d.waits[key]; !waits {
			delete(d.byKey, key)
		}
	}
}

// mark puts into a condition what was decided about it.
func (d *decisions) mark(c *Condition, about subject, now time.Time) {
	if len(d.byKey) == 0 {
		return
	}
	key := decisionKey{about, c.Kind}
	switch x := d.byKey[key]; x.Action {
	case Acknowledge:
		c.Acknowledged = true
		delete(d.waits, key)
	case Snooze:
		if now.Before(x.Until) {
			c.Snoozed = x.Until
		}
	}
}

// advance forgets what no longer matters.
func (d *decisions) advance(now time.Time) {
	for key, x := range d.byKey {
		if x.Action == Snooze && !now.Before(x.Until) {
			delete(d.byKey, key)
		}
	}
	for key, until := range d.waits {
		switch {
		case until.IsZero():
			d.waits[key] = now.Add(acknowledgeWaits)
		case now.After(until):
			delete(d.waits, key)
			delete(d.byKey, key)
		}
	}
}

// Decide takes a decision of the owner. It is an error if nothing here has the sensor,
// the Pico, the kind or the action that it names, or an acknowledged condition does
// not stand. The newest decision about a condition counts, and so does the newest
// about cold.
func (h *House) Decide(d Decision) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.checkDecisionLocked(d); err != nil {
		return err
	}
	h.decisions.put(d)
	delete(h.decisions.waits, d.key())
	h.decidedLocked(d)
	return nil
}

// decidedLocked has a decision take effect.
func (h *House) decidedLocked(d Decision) {
	h.revision++
	if s := h.sensors[d.Sensor]; s != nil && d.aboutCold() {
		h.ruleLocked(s, h.now)
	}
}

// RecallDecisions tells the house what was decided in the last run, as Decisions
// gave it. What is of sensors that are not known yet waits for them.
func (h *House) RecallDecisions(list []Decision) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range list {
		h.decisions.put(d)
		if d.Action == Acknowledge {
			if h.decisions.waits == nil {
				h.decisions.waits = map[decisionKey]time.Time{}
			}
			h.decisions.waits[d.key()] = time.Time{}
		}
		h.decidedLocked(d)
	}
}

// Decisions returns what the owner decided and still matters, oldest first. The
// caller owns it.
func (h *House) Decisions() []Decision {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.decisions.list()
}

func (h *House) checkDecisionLocked(d Decision) error {
	s := h.sensors[d.Sensor]
	if d.Sensor != "" && s == nil {
		return fmt.Errorf("no sensor %q is known", d.Sensor)
	}
	switch d.Action {
	case ColdIsNormal, ColdIsWrong, ColdAsLearned:
		if s == nil {
			return fmt.Errorf("%q needs a sensor", d.Action)
		}
		return nil
	case Acknowledge, Snooze, Loud:
	default:
		return fmt.Errorf("there is no action %q", d.Action)
	}
	if !slices.Contains(Kinds(), d.Kind) {
		return fmt.Errorf("there is no condition %q", d.Kind)
	}
	if d.Pico != "" && !h.hasPicoLocked(d.Pico) {
		return fmt.Errorf("no Pico %q is known", d.Pico)
	}
	if d.Action == Acknowledge && !h.standsLocked(subject{d.Sensor, d.Pico}, d.Kind) {
		return fmt.Errorf("the condition %q is over", d.Kind)
	}
	return nil
}

func (h *House) hasPicoLocked(addr string) bool {
	for a := range h.picos {
		if a.IsValid() && a.String() == addr {
			return true
		}
	}
	return false
}

// standsLocked reports whether a condition is among those that are shown.
func (h *House) standsLocked(about subject, k Kind) bool {
	for _, c := range h.listConditionsLocked(h.sortedPicosLocked(), h.orderLocked()) {
		if c.about == about && c.Kind == k {
			return true
		}
	}
	return false
}
