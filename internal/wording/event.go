package wording

import (
	"cmp"
	"fmt"

	"picotop/house"
	"picotop/internal/format"
)

// Event is [Event] in this style.
func (s Style) Event(e house.Event) string {
	text := s.event(e)
	if e.For > 0 {
		text += ", after " + format.Duration(e.For)
	}
	return text
}

func (s Style) event(e house.Event) string {
	degrees := s.degrees(e.Celsius)
	sensors := ""
	if e.Pico && e.Sensors > 0 {
		sensors = ", " + format.Count(e.Sensors, "sensor")
	}
	switch e.Kind {
	case house.Freezing:
		return e.Label + " fell below " + degrees
	case house.Thawed:
		return e.Label + " is above " + degrees + " again"
	case house.Silent:
		return e.Label + " went silent" + sensors
	case house.HeardAgain:
		return e.Label + " is heard again" + sensors
	case house.SetAside:
		return fmt.Sprintf("%s: ignored one reading of %s (%s)", e.Label, degrees, cmp.Or(e.Text, house.PowerOn.Text()))
	case house.Clash:
		return e.Label + ": ROM code " + e.Text
	case house.ClashOver:
		return e.Label + ": only one is left of ROM code " + e.Text
	case house.Renamed:
		return e.Text + " is now called " + e.Label
	case house.UploadFails, house.NoPackets, house.CannotStore, house.ClockNotSet:
		return withText(withLabel(e.Label, eventTexts[e.Kind]), e.Text)
	}
	return withLabel(e.Label, cmp.Or(eventTexts[e.Kind], string(e.Kind)))
}

// withLabel puts what it is about before a text; the house has no label.
func withLabel(label, text string) string {
	if label == "" {
		return text
	}
	return label + " " + text
}

// withText puts what more is known behind a text.
func withText(text, more string) string {
	if more == "" {
		return text
	}
	return text + ": " + more
}

// eventTexts are those that need no value.
var eventTexts = map[house.Kind]string{
	house.Near:          "is near its limit and falling",
	house.NearOver:      "is no longer falling to its limit",
	house.NewSensor:     "heard for the first time",
	house.UploadFails:   "cannot make its feed calls",
	house.UploadWorks:   "makes its feed calls again",
	house.Broken:        "sends nothing but impossible values",
	house.BrokenOver:    "sends possible values again",
	house.TooWarm:       "is too warm",
	house.TooWarmOver:   "is no longer too warm",
	house.TooFast:       "changes too fast",
	house.TooFastOver:   "no longer changes too fast",
	house.NameClash:     "has the name of another sensor",
	house.NameClashOver: "has its name for itself again",
	house.Replaced:      "is silent, and a new sensor has its name",
	house.ReplacedOver:  "is no longer replaced",
	house.SetAsideOver:  "sends what can be believed again",
	house.NoPackets:     "nothing is heard from any Pico",
	house.PacketsAgain:  "Picos are heard again",
	house.CannotStore:   "readings cannot be stored",
	house.StoresAgain:   "readings are stored again",
	house.ClockNotSet:   "the clock of this machine is not set",
	house.ClockSet:      "the clock of this machine is set",
}
