package exporter

import (
	"picotop/exporter/promapi"
	"picotop/house"
	"picotop/internal/wording"
)

// alertNames are the warnings as PromQL sees them. People's dashboards and rules
// are written against them.
var alertNames = map[house.Kind]string{
	house.Freezing:    "Freezing",
	house.Silent:      "Silent",
	house.Broken:      "Broken",
	house.NoPackets:   "NoPackets",
	house.CannotStore: "CannotStore",
	house.ClockNotSet: "ClockNotSet",
	house.TooWarm:     "TooWarm",
	house.TooFast:     "TooFast",
	house.Near:        "Near",
	house.Upload:      "Upload",
	house.Clash:       "Clash",
	house.NameClash:   "NameClash",
	house.Replaced:    "Replaced",
	house.SetAside:    "SetAside",
}

// AlertName is the name of the alert that a condition is for PromQL, such as
// Freezing; empty for a kind that is none.
func AlertName(k house.Kind) string { return alertNames[k] }

// alerts are what is wrong in the house, with the labels that the history stores.
func (e *Exporter) alerts() []promapi.Alert {
	state := e.source.State()
	var list []promapi.Alert
	for _, c := range state.Conditions {
		summary := wording.Condition(state, c)
		if summary == "" {
			continue
		}
		a := promapi.Alert{Name: alertNames[c.Kind], Since: c.Since, Summary: summary}
		switch {
		case c.Pico >= 0:
			a.Pico = state.Picos[c.Pico].Label()
		case c.Sensor >= 0:
			s := state.Sensors[c.Sensor]
			a.Sensor, a.SensorName, a.FriendlyName = s.ID, s.SensorName, s.FriendlyName
		}
		list = append(list, a)
	}
	return list
}
