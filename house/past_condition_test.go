package house

import (
	"testing"
	"time"
)

func TestUntold(t *testing.T) {
	at := func(minutes int) time.Time { return time.Date(2026, 3, 3, 12, minutes, 0, 0, time.UTC) }
	freezing := PastCondition{Kind: Freezing, Label: "Tank", Sensor: "28ff01", From: at(10), To: at(28)}
	event := func(minutes int, k Kind) Event {
		return Event{At: at(minutes), Kind: k, Label: "Tank", Sensor: "28ff01"}
	}
	tests := map[string]struct {
		past   PastCondition
		events []Event // newest first
		told   bool
	}{
		"nothing was told":                  {past: freezing},
		"both ends were told":               {past: freezing, events: []Event{event(28, Thawed), event(10, Freezing)}, told: true},
		"the end was told":                  {past: freezing, events: []Event{event(28, Thawed)}, told: true},
		"it lasts":                          {past: freezing, events: []Event{event(10, Freezing)}, told: true},
		"one of later was told":             {past: freezing, events: []Event{event(50, Thawed), event(40, Freezing)}},
		"one of before was told":            {past: freezing, events: []Event{event(5, Thawed), event(1, Freezing)}},
		"of one of before the end was lost": {past: freezing, events: []Event{event(50, Freezing), event(1, Freezing)}, told: true},
		"another kind was told":             {past: freezing, events: []Event{event(28, TooWarmOver), event(10, TooWarm)}},
		"another sensor was told":           {past: freezing, events: []Event{{At: at(10), Kind: Freezing, Label: "Tank", Sensor: "28ff02"}}},
		"the end told how long it lasted": {
			past:   freezing,
			events: []Event{{At: at(40), Kind: Thawed, Sensor: "28ff01", For: 15 * time.Minute}}, told: true,
		},
		"a silence is told from the last packet on": {
			past:   PastCondition{Kind: Silent, Pico: true, Label: "shed", From: at(40), To: at(50)},
			events: []Event{{At: at(50), Kind: HeardAgain, Pico: true, Label: "shed"}, {At: at(10), Kind: Silent, Pico: true, Label: "shed"}}, told: true,
		},
		"the event has another name than the condition": {
			past:   PastCondition{Kind: Upload, Pico: true, Label: "shed", From: at(10), To: at(20)},
			events: []Event{{At: at(10), Kind: UploadFails, Pico: true, Label: "shed"}}, told: true,
		},
		"a clash is of a ROM code": {
			past:   PastCondition{Kind: Clash, Label: "Tank", Sensor: "28ff01~2", From: at(10), To: at(20)},
			events: []Event{{At: at(10), Kind: Clash, Label: "Tank and Loft", Text: "28ff01 at two Picos"}}, told: true,
		},
		"of the house": {
			past:   PastCondition{Kind: NoPackets, From: at(10), To: at(20)},
			events: []Event{{At: at(10), Kind: NoPackets}}, told: true,
		},
		"a rename is no condition": {past: freezing, events: []Event{event(10, Renamed)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := Untold([]PastCondition{test.past}, test.events); (len(got) == 0) != test.told {
				t.Errorf("left: %v", got)
			}
		})
	}
}
