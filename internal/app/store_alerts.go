package app

import (
	"picotop/exporter"
	"picotop/history"
	"picotop/house"
)

// storeAlerts tells history what is wrong now.
func (i *instance) storeAlerts(st house.State) {
	if i.store == nil {
		return
	}
	i.store.Warn(st.At, warningsOf(st))
}

// warningsOf puts the conditions as history keeps them.
func warningsOf(st house.State) []history.Warning {
	var list []history.Warning
	for _, c := range st.Conditions {
		w := history.Warning{Name: exporter.AlertName(c.Kind)}
		switch {
		case c.Pico >= 0:
			w.Pico = st.Picos[c.Pico].Label()
		case c.Sensor >= 0:
			s := st.Sensors[c.Sensor]
			w.Sensor, w.SensorName, w.FriendlyName = s.ID, s.SensorName, s.FriendlyName
		}
		list = append(list, w)
	}
	return list
}
