package app

import (
	"maps"
	"slices"

	"picotop/history"
	"picotop/house"
	"picotop/internal/sensorname"
)

// sentReading is a reading of the past, under the name that its sensor sent if the
// roster knows that: the series have only the labels. A sensor that is silent since
// the start is then shown as before.
func sentReading(s history.Sample, sent map[string]string) house.Reading {
	r := house.Reading(s)
	if name := sent[s.Sensor]; sensorname.Label(name) == s.SensorName {
		r.SensorName = name
	}
	return r
}

// sentNames lists the names that sensors send in words. One that the house no longer
// knows keeps its name, for its readings are still there, while there is room.
func sentNames(st house.State, known map[string]string) map[string]string {
	names, gone := map[string]string{}, maps.Clone(known)
	for _, s := range st.Sensors {
		delete(gone, s.ID)
		if sensorname.InWords(s.DisplayName) && s.DisplayName != s.FriendlyName {
			names[s.ID] = s.DisplayName
		}
	}
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		if len(names) >= history.MaxNames {
			break
		}
		names[id] = gone[id]
	}
	return names
}
