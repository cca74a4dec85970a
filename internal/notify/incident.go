package notify

import (
	"cmp"
	"slices"
	"time"

	"picotop/house"
	"picotop/internal/wording"
)

const (
	// maxIncidents bounds how many are followed; what comes beyond waits until others
	// are over.
	maxIncidents = 1000
	// overFor is how long a condition must be gone for its incident to be over.
	overFor = 5 * time.Second
)

// A key tells incidents apart.
type key struct {
	kind         house.Kind
	sensor, pico string // the ID of one, the address of one; both are empty for the house
}

// An incident is a condition from its beginning to its end.
type incident struct {
	key
	label string    // of the sensor or the Pico
	seen  time.Time // when it was seen first
	last  time.Time // and last
	began time.Time // as the house says
	text  string    // as it was last
	quiet bool      // the owner knows of it
	// listed says that it is in the latest state. A silence that is part of that of its
	// Pico is not, and still stands.
	listed bool
	over   time.Time // when it was found to be over; zero while it stands

	told map[string]time.Time // when each target was told last
}

// followLocked brings the incidents in line with the conditions.
func (n *Notifier) followLocked(st house.State) {
	for _, i := range n.incidents {
		i.listed = false
	}
	for _, c := range st.Conditions {
		if c.Unsure {
			continue
		}
		k, label := keyOf(st, c)
		i := n.incidents[k]
		switch {
		case i == nil && len(n.incidents) >= maxIncidents:
			continue
		case i != nil && len(i.told) > 0:
			i.over = time.Time{} // who has not heard of its end need not
		case i == nil, !i.over.IsZero():
			i = &incident{key: k, seen: st.At, told: map[string]time.Time{}}
			if st.At.Equal(n.began) && !c.Since.IsZero() && c.Since.Before(st.At) {
				i.seen = c.Since // a restart does not make it wait once more
			}
			n.incidents[k] = i
			n.begun = n.begun || c.Kind == house.Freezing
		}
		i.label, i.last, i.began, i.quiet, i.listed = label, st.At, c.Since, c.Quiet(st.At), true
		c.Acknowledged, c.Snoozed = false, time.Time{} // the message does not tell of that
		i.text = n.style().Condition(st, c)
	}
	settled := st.At.Sub(n.began) >= settleAfter
	for k, i := range n.incidents {
		switch {
		case i.listed || !i.over.IsZero():
		case stillIs(st, i):
			i.last = st.At
		case endsUnsaid(st, i):
			delete(n.incidents, k)
			continue
		}
		if i.over.IsZero() && st.At.Sub(i.last) >= overFor && (settled || i.seen.After(n.began)) {
			i.over = i.last
		}
		if !i.over.IsZero() && len(i.told) == 0 && (k.kind != house.Freezing || st.At.Sub(i.over) > settleAfter) {
			delete(n.incidents, k) // nobody heard of it
		}
	}
}

// adoptLocked takes what another picotop saw as told.
func (n *Notifier) adoptLocked(st house.State) {
	for _, c := range st.Conditions {
		k, label := keyOf(st, c)
		if c.Unsure || c.Quiet(st.At) || n.incidents[k] != nil || len(n.incidents) >= maxIncidents {
			continue
		}
		i := &incident{key: k, label: label, seen: n.began, last: n.began, began: c.Since, text: n.style().Condition(st, c), told: map[string]time.Time{}}
		for _, t := range n.cfg.Targets {
			if t.wants(k.kind) {
				i.told[t.Name] = n.began
			}
		}
		if len(i.told) > 0 {
			n.incidents[k] = i
		}
	}
}

// stillIs reports whether what an incident is of is in its condition although no condition
// tells of it: one of a Pico tells of all its sensors.
func stillIs(st house.State, i *incident) bool {
	for _, s := range st.Sensors {
		if s.ID == i.sensor && i.sensor != "" {
			return s.Is(i.kind)
		}
	}
	for _, p := range st.Picos {
		if i.pico != "" && p.Addr.String() == i.pico {
			return i.kind == house.Silent && p.Silent
		}
	}
	return false
}

// endsUnsaid reports whether an incident is over in a way of which there is nothing to
// tell: the owner changed what warns, or what was near its limit has fallen below it.
func endsUnsaid(st house.State, i *incident) bool {
	for _, s := range st.Sensors {
		if s.ID == i.sensor && i.sensor != "" {
			return i.kind == house.Freezing && !s.HasLimit || i.kind == house.TooWarm && !s.HasHighLimit ||
				i.kind == house.TooFast && s.RateLimit == 0 || i.kind == house.Near && s.Freezing
		}
	}
	return false
}

func keyOf(st house.State, c house.Condition) (k key, label string) {
	k.kind = c.Kind
	switch {
	case c.Sensor >= 0 && c.Sensor < len(st.Sensors):
		k.sensor, label = st.Sensors[c.Sensor].ID, st.Sensors[c.Sensor].Label()
	case c.Pico >= 0 && c.Pico < len(st.Picos):
		k.pico, label = st.Picos[c.Pico].Addr.String(), st.Picos[c.Pico].Label()
	}
	return k, label
}

// style is how the texts are written.
func (n *Notifier) style() wording.Style { return wording.Style{Fahrenheit: n.cfg.Fahrenheit} }

// end is the sentence that it is over.
func (i *incident) end(st house.State, style wording.Style) string {
	e := house.Event{Kind: i.kind.End(), Label: i.label, Pico: i.pico != "", Sensor: i.sensor, For: i.over.Sub(i.began)}
	if i.began.IsZero() {
		e.For = 0
	}
	for _, s := range st.Sensors {
		if s.ID == i.sensor && i.sensor != "" && i.kind == house.Freezing {
			e.Celsius = s.Limit + house.ThawAbove
		}
	}
	return style.Event(e)
}

// sortedLocked lists the incidents, worst first.
func (n *Notifier) sortedLocked() []*incident {
	all := make([]*incident, 0, len(n.incidents))
	for _, i := range n.incidents {
		all = append(all, i)
	}
	kinds := house.Kinds()
	slices.SortFunc(all, func(a, b *incident) int {
		return cmp.Or(
			cmp.Compare(slices.Index(kinds, a.kind), slices.Index(kinds, b.kind)), a.seen.Compare(b.seen),
			cmp.Compare(a.sensor, b.sensor), cmp.Compare(a.pico, b.pico),
		)
	})
	return all
}
