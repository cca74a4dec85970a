package house

import (
	"cmp"
	"slices"
	"time"
)

// namesakesSettle is how long two sensors of one name must both be alive to be told of:
// one that is swapped is silent before that.
const namesakesSettle = 2 * time.Minute

// judgeNamesLocked finds sensors that have one name: if both are alive they are mixed up
// in every list, and if one has been silent since before the other came it was replaced.
func (h *House) judgeNamesLocked(now time.Time) {
	named := map[string][]*sensor{}
	for _, s := range h.sensors {
		if s.sensorName != "" {
			named[s.sensorName] = append(named[s.sensorName], s)
		}
	}
	for _, all := range named {
		if len(all) == 1 && len(all[0].stands) == 0 {
			continue
		}
		slices.SortFunc(all, func(a, b *sensor) int { return cmp.Compare(a.id, b.id) })
		for _, s := range all {
			h.turnLocked(&s.stands, s.subject(), change{
				kind: NameClash, is: hasNamesake(s, all, now), at: now, event: s.event(),
			})
			by := successor(s, all)
			c := change{kind: Replaced, is: by != nil, at: now, event: s.event()}
			if by != nil {
				c.text = by.id
				c.event.Text = by.id
			}
			h.turnLocked(&s.stands, s.subject(), c)
		}
	}
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
// that came, nil if there is none.
func successor(s *sensor, all []*sensor) *sensor {
	if !s.silent {
		return nil
	}
	var by *sensor
	for _, o := range all {
		if o.code != s.code && o.live && !o.silent && o.born.After(s.heard) && (by == nil || o.born.After(by.born)) {
			by = o
		}
	}
	return by
}
