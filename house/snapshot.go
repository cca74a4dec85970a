package house

import (
	"cmp"
	"slices"
	"strings"
	"time"
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
	out.Conditions = conditions(picos, h.orderLocked())
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
			strings.Compare(strings.ToLower(a.displayName), strings.ToLower(b.displayName)),
			strings.Compare(a.id, b.id),
		)
	})
	return h.order
}

// conditions lists what is wrong, worst first, and among equals the coldest
// or the longest silent first.
func conditions(picos []*pico, sensors []*sensor) []Condition {
	var out []Condition
	for i, p := range picos {
		if p.silent {
			out = append(out, Condition{Kind: Silent, Sensor: -1, Pico: i, Since: p.spoke})
		}
	}
	clashing := map[*code]bool{}
	for i, s := range sensors {
		add := func(is bool, kind Kind, since time.Time) {
			if is {
				out = append(out, Condition{Kind: kind, Sensor: i, Pico: -1, Since: since})
			}
		}
		add(s.freezing, Freezing, s.freezingSince)
		add(s.silentReported, Silent, s.heard)
		if s.clash && !clashing[s.code] {
			clashing[s.code] = true
			add(true, Clash, s.code.clash)
		}
		add(s.near(), Near, s.heard)
		add(s.setAside.now, SetAside, s.setAside.at)
	}
	worst := map[Kind]int{}
	for i, k := range Kinds() {
		worst[k] = i
	}
	slices.SortStableFunc(out, func(a, b Condition) int {
		if c := cmp.Compare(worst[a.Kind], worst[b.Kind]); c != 0 || a.Kind != Freezing {
			return cmp.Or(c, a.Since.Compare(b.Since))
		}
		return cmp.Compare(sensors[a.Sensor].celsius, sensors[b.Sensor].celsius)
	})
	return out
}
