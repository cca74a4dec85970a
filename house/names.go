package house

import "picotop/internal/sensorname"

// takeNameLocked takes a name from a packet. A change of white space shows at once,
// and is no change of name: history keeps none. Any other must come twice in a
// row and not too often, for each name becomes a series: a name that is never
// the same must not fill the history, nor the list of events.
func (h *House) takeNameLocked(s *sensor, o observation) {
	switch {
	case s.name == o.name:
		s.newName = ""
		return
	case sensorname.Label(o.name) == s.sensorName:
		s.newName = ""
		h.renameLocked(s, o.name)
		return
	case h.recallingLocked():
		h.renameLocked(s, o.name)
		return
	case s.newName != o.name:
		s.newName = o.name
		return
	}
	if s.renames == nil {
		s.renames = newTeller()
	}
	if !s.renames.AllowN(o.at, 1) {
		return // as long as it comes it is asked again
	}
	old := s.displayName
	h.renameLocked(s, o.name)
	s.newName = ""
	h.addEventLocked(Event{At: o.at, Kind: Renamed, Label: s.displayName, Sensor: s.id, Text: old})
}

func (h *House) renameLocked(s *sensor, name string) {
	s.name = name
	s.sensorName, s.friendlyName = sensorname.Label(name), sensorname.Friendly(name)
	h.order = nil
	h.ruleLocked(s, h.now)
}
