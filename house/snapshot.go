package house

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/maruel/natural"
)

// State returns what is known at the given moment.
func (h *House) State(now time.Time) State {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.advanceLocked(now)

	out := State{
		Revision: h.revision, At: now,
		RefusedSensors: h.refusedSensors, RefusedPicos: h.refusedPicos, RefusedAt: h.refusedAt,
		Displaced: h.displaced, Others: h.others,
	}
	picos := h.sortedPicosLocked()
	for _, p := range picos {
		out.Picos = append(out.Picos, p.snapshot())
	}
	for _, s := range h.orderLocked() {
		out.Sensors = append(out.Sensors, s.snapshot())
	}
	for _, c := range h.listConditionsLocked(picos, h.orderLocked()) {
		h.decisions.mark(&c.Condition, c.about, now)
		out.Conditions = append(out.Conditions, c.Condition)
	}
	out.Events = slices.Clone(h.events)
	slices.Reverse(out.Events)
	return out
}

// sortedPicosLocked leaves out the stand-in for unknown Picos while it has no
// sensors.
func (h *House) sortedPicosLocked() []*pico {
	picos := make([]*pico, 0, len(h.picos))
	for _, p := range h.picos {
		if p.addr.IsValid() || p.sensors > 0 {
			picos = append(picos, p)
		}
	}
	slices.SortFunc(picos, comparePicos)
	return picos
}

// comparePicos orders by address, so that no row moves when a name is learnt.
// The stand-in for unknown Picos comes last.
func comparePicos(a, b *pico) int {
	if a.addr.IsValid() != b.addr.IsValid() {
		if a.addr.IsValid() {
			return -1
		}
		return 1
	}
	return a.addr.Compare(b.addr)
}

func (h *House) orderLocked() []*sensor {
	if h.order != nil {
		return h.order
	}
	h.order = make([]*sensor, 0, len(h.sensors))
	for _, s := range h.sensors {
		h.order = append(h.order, s)
	}
	slices.SortFunc(h.order, func(a, b *sensor) int {
		return cmp.Or(
			comparePicos(a.pico, b.pico),
			natural.Compare(strings.ToLower(a.displayName), strings.ToLower(b.displayName)),
			strings.Compare(a.id, b.id),
		)
	})
	return h.order
}

// A listedCondition is one with what the owner may have decided about.
type listedCondition struct {
	Condition
	about subject
}

// listConditionsLocked lists what is wrong, worst first, and among equals the coldest
// or the longest silent first.
func (h *House) listConditionsLocked(picos []*pico, sensors []*sensor) []listedCondition {
	var out []listedCondition
	add := func(about subject, c Condition) { out = append(out, listedCondition{c, about}) }
	for _, x := range h.stands {
		add(subject{}, Condition{Kind: x.kind, Sensor: -1, Pico: -1, Since: x.since, Text: x.text})
	}
	for i, p := range picos {
		if p.silent {
			add(p.subject(), Condition{Kind: Silent, Sensor: -1, Pico: i, Since: p.spoke, Unsure: p.untold})
		}
		for _, x := range p.stands {
			add(p.subject(), Condition{Kind: x.kind, Sensor: -1, Pico: i, Since: x.since, Text: x.text})
		}
	}
	clashing, named := map[*code]bool{}, map[string]bool{}
	for i, s := range sensors {
		one := func(kind Kind, since time.Time, text string) {
			add(s.subject(), Condition{Kind: kind, Sensor: i, Pico: -1, Since: since, Text: text})
		}
		for _, x := range s.stands {
			if x.kind == NameClash { // one for all that have the name
				if named[s.sensorName] {
					continue
				}
				named[s.sensorName] = true
			}
			one(x.kind, x.since, x.text)
		}
		if s.silentReported {
			one(Silent, s.heard, "")
			out[len(out)-1].Unsure = s.untold
		}
		if s.clash && !clashing[s.code] {
			clashing[s.code] = true
			one(Clash, s.code.clash, "")
		}
		if s.setAside.now && !s.stands.has(Broken) {
			one(SetAside, s.setAside.at, "")
		}
	}
	slices.SortStableFunc(out, func(a, b listedCondition) int {
		if c := cmp.Compare(badness[a.Kind], badness[b.Kind]); c != 0 || a.Kind != Freezing {
			return cmp.Or(c, a.Since.Compare(b.Since))
		}
		return cmp.Compare(sensors[a.Sensor].celsius, sensors[b.Sensor].celsius)
	})
	return out
}

// badness is the place of each kind among all, worst first.
var badness = func() map[Kind]int {
	places := map[Kind]int{}
	for i, k := range Kinds() {
		places[k] = i
	}
	return places
}()
