package house

import (
	"strings"
	"unicode"
)

// SensorName is the name with all white space removed: the label that the
// first exporter gave, which people's alert rules use.
func SensorName(name string) string {
	return strings.Join(strings.Fields(name), "")
}

// FriendlyName is the sensor name with a space put before every capital A to
// Z: "ColdWaterTank" becomes "Cold Water Tank", and "TVRoom" "T V Room".
func FriendlyName(name string) string {
	var b strings.Builder
	for i, r := range SensorName(name) {
		if i > 0 && 'A' <= r && r <= 'Z' {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// DisplayName is what people are shown: the name as it was sent if it is in
// words, such as "cold water tank", else its [FriendlyName].
func DisplayName(name string) string {
	if strings.ContainsFunc(strings.TrimSpace(name), unicode.IsSpace) {
		return name
	}
	return FriendlyName(name)
}

// takeNameLocked takes a name from a packet. A change of white space shows at once,
// and is no change of name: history keeps none. Any other must come twice in a
// row and not too often, for each name becomes a series: a name that is never
// the same must not fill the history, nor the list of events.
func (h *House) takeNameLocked(s *sensor, o observation) {
	switch {
	case s.name == o.name:
		s.newName = ""
		return
	case SensorName(o.name) == s.sensorName:
		s.newName = ""
		old := s.displayName
		h.renameLocked(s, o.name)
		h.relabelLocked(old, s.displayName)
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
	h.addEventLocked(Event{At: o.at, Kind: Renamed, Label: s.displayName, Text: old})
}

func (h *House) renameLocked(s *sensor, name string) {
	s.name, s.sensorName, s.friendlyName, s.displayName = name, SensorName(name), FriendlyName(name), DisplayName(name)
	s.limit, s.hasLimit = h.limit, !h.coldIsNormal[strings.ToLower(s.sensorName)]
	h.order = nil
}
