package overview

import (
	"encoding/json"
	"time"

	"picotop/house"
)

// What JSON says it is, as all that picotop tells in JSON does.
const (
	jsonAPI     = "picotop"
	jsonVersion = 1
)

// jsonList is a List as docs/api.md describes it.
type jsonList struct {
	API      string      `json:"api"`
	Version  int         `json:"version"`
	At       time.Time   `json:"at"`
	Warnings int         `json:"warnings"` // houses in which something is wrong
	Houses   []jsonHouse `json:"houses"`   // never null
	More     bool        `json:"more"`     // whether there are houses for which there is no room
}

// jsonHouse is a House. What is not known is left out.
type jsonHouse struct {
	House   string     `json:"house"`
	Sensors int        `json:"sensors"`
	Warns   bool       `json:"warns"`
	Worst   house.Kind `json:"worst,omitempty"`
	Sensor  string     `json:"sensor,omitempty"`
	Pico    string     `json:"pico,omitempty"`
	Celsius *float64   `json:"celsius,omitempty"` // of the sensor

	Freezing    int `json:"freezing"`
	Silent      int `json:"silent"`
	SilentPicos int `json:"silent_picos"`

	ColdestSensor  string    `json:"coldest_sensor,omitempty"`
	ColdestCelsius *float64  `json:"coldest_celsius,omitempty"`
	Heard          time.Time `json:"heard,omitzero"`
	NothingHeard   bool      `json:"nothing_heard"`
}

// MarshalJSON implements [json.Marshaler].
func (l List) MarshalJSON() ([]byte, error) {
	out := jsonList{
		API: jsonAPI, Version: jsonVersion, At: l.At.UTC(), Warnings: l.Warnings(), Houses: []jsonHouse{}, More: l.More > 0,
	}
	for _, h := range l.Houses {
		out.Houses = append(out.Houses, h.json())
	}
	return json.Marshal(out)
}

func (h House) json() jsonHouse {
	out := jsonHouse{
		House: h.Name, Sensors: h.Sensors, Warns: h.Warns(), Worst: h.Kind, Sensor: h.Sensor, Pico: h.Pico,
		Freezing: h.Freezing, Silent: h.Silent, SilentPicos: h.SilentPicos,
		ColdestSensor: h.ColdestSensor, Heard: h.Heard.UTC(), NothingHeard: h.NothingIsHeard,
	}
	if h.Sensor != "" && h.Celsius > coldestThereIs {
		out.Celsius = &h.Celsius
	}
	if h.ColdestSensor != "" {
		out.ColdestCelsius = &h.Coldest
	}
	return out
}
