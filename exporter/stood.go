package exporter

import (
	"slices"
	"sync"

	dto "github.com/prometheus/client_model/go"

	"picotop/house"
)

// stood knows which conditions a scrape has told of since the program started: those
// are told on, as 0, so that an alert ends when they do. It forgets with the house.
// The zero value knows of none.
type stood struct {
	mu   sync.Mutex
	what map[subject]bool
}

// A subject is one sensor, Pico or house in one condition.
type subject struct {
	id   string // of a sensor, or "Pico " and its address
	kind house.Kind
}

// addConditions tells of all conditions of a state.
func (s *stood) addConditions(p *metricsPage, sensors []labelledSensor, state house.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.what
	s.what = make(map[subject]bool, len(was))
	// tell reports whether a condition is to be told, and remembers it if it stands.
	tell := func(c subject, stands bool, always []house.Kind) bool {
		if stands || was[c] {
			s.what[c] = true
			return true
		}
		return slices.Contains(always, c.kind)
	}
	standing := standing(state)
	for _, k := range house.Kinds() {
		condition := conditionLabel(k)
		for _, sensor := range sensors {
			if is := sensor.Is(k); tell(subject{sensor.id, k}, is, sensorConditions) {
				p.add(sensorCondition, oneIf(is), append([]*dto.LabelPair{condition}, sensor.labels...)...)
			}
		}
	}
	for address, pico := range heardPicos(state.Picos) {
		for _, k := range []house.Kind{house.Silent, house.Upload} {
			is := standing[subject{"Pico " + address, k}] || k == house.Silent && pico.Silent
			if tell(subject{"Pico " + address, k}, is, picoConditions) {
				p.add(picoCondition, oneIf(is), picoCondition.with(address, string(k), clean(pico.Label()))...)
			}
		}
	}
	for _, k := range houseConditions {
		p.add(houseCondition, oneIf(standing[subject{kind: k}]), conditionLabel(k))
	}
}

// standing are the conditions of Picos, by address, and of the house, with no id.
func standing(state house.State) map[subject]bool {
	list := map[subject]bool{}
	for _, c := range state.Conditions {
		switch {
		case c.Kind.OfHouse():
			list[subject{kind: c.Kind}] = true
		case c.Pico >= 0 && c.Pico < len(state.Picos):
			list[subject{"Pico " + clean(state.Picos[c.Pico].Addr.String()), c.Kind}] = true
		}
	}
	return list
}

func conditionLabel(k house.Kind) *dto.LabelPair { return houseCondition.with(string(k))[0] }
