package house

import (
	"cmp"
	"slices"
	"time"
)

// namesakesSettle is how long two sensors of one name must both be alive to be told of:
// one that is swapped is silent before that.
const namesakesSettle = 2 * time.Minute

// A namesakes is the sensors of one name, of which there are several.
type namesakes struct {
	all []*sensor // by ID
	// told is the event with which it was told that they clash; its At is zero if it
	// was not.
	told Event
}

// judgeNamesLocked finds sensors that have one name: if both are alive they are mixed up
// in every list, and if one has been silent since before the other came it was replaced.
func (h *House) judgeNamesLocked(now time.Time) {
	if h.order == nil || h.names == nil {
		h.names = h.namesLocked()
	}
	for _, n := range h.names {
		for _, s := range n.all {
			is := hasNamesake(s, n.all, now)
			if is != s.stands.has(NameClash) {
				h.turnLocked(&s.stands, s.subject(), change{kind: NameClash, is: is, at: now, quiet: true})
			}
			by := successor(s, n.all)
			if by == nil && !s.stands.has(Replaced) {
				continue
			}
			c := change{kind: Replaced, is: by != nil, at: now, event: s.event()}
			if by != nil {
				c.text, c.event.Text = by.id, by.id
			}
			h.turnLocked(&s.stands, s.subject(), c)
		}
		h.tellNamesLocked(n, now)
	}
}

// tellNamesLocked tells once that the sensors of one name clash, and that it is over.
func (h *House) tellNamesLocked(n *namesakes, now time.Time) {
	i := slices.IndexFunc(n.all, func(s *sensor) bool { return s.stands.has(NameClash) })
	switch {
	case i >= 0 && n.told.At.IsZero():
		n.told = n.all[i].event()
		n.told.At, n.told.Kind = now, NameClash
		if since, ok := h.goesOnLocked(n.told); ok {
			n.told.At = since
		} else {
			h.addEventLocked(n.told)
		}
	case i < 0 && !n.told.At.IsZero():
		e := n.told
		e.At, e.Kind, e.For = now, NameClashOver, max(now.Sub(n.told.At), 0)
		n.told = Event{}
		h.addEventLocked(e)
	}
}

// namesLocked groups the sensors by name, and leaves out those that are alone with it and
// of which nothing was told.
func (h *House) namesLocked() map[string]*namesakes {
	names := map[string]*namesakes{}
	for _, s := range h.sensors {
		n := names[s.sensorName]
		if n == nil {
			n = &namesakes{}
			if was := h.names[s.sensorName]; was != nil {
				n.told = was.told
			}
			names[s.sensorName] = n
		}
		n.all = append(n.all, s)
	}
	for name, was := range h.names {
		if names[name] == nil && !was.told.At.IsZero() {
			names[name] = &namesakes{told: was.told}
		}
	}
	for name, n := range names {
		alone := len(n.all) == 1 && len(n.all[0].stands) == 0
		if name == "" || n.told.At.IsZero() && (alone || len(n.all) == 0) {
			delete(names, name)
			continue
		}
		slices.SortFunc(n.all, func(a, b *sensor) int { return cmp.Compare(a.id, b.id) })
	}
	return names
}

// hasNamesake reports whether another sensor that is alive has the name of this one. What
// began goes on until one of them is silent.
func hasNamesake(s *sensor, all []*sensor, now time.Time) bool {
	if s.silent || !s.live {
		return false
	}
	return slices.ContainsFunc(all, func(o *sensor) bool {
		if o.code == s.code || o.silent || !o.live {
			return false
		}
		return s.stands.has(NameClash) || now.Sub(s.born) >= namesakesSettle && now.Sub(o.born) >= namesakesSettle
	})
}

// successor is the newest sensor with the name of one that has been silent since before
// that came, nil if there is none. One that was heard for longer than that was there
// before.
func successor(s *sensor, all []*sensor) *sensor {
	if !s.silent {
		return nil
	}
	var by *sensor
	for _, o := range all {
		if o.code != s.code && o.live && !o.silent && o.born.After(s.heard) &&
			o.trust.span < o.heard.Sub(s.heard)+namesakesSettle && (by == nil || o.born.After(by.born)) {
			by = o
		}
	}
	return by
}
