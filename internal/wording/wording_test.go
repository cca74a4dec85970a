package wording

import (
	"testing"

	"picotop/house"
)

func TestConditionsSurviveABadIndex(t *testing.T) {
	state := house.State{Conditions: []house.Condition{{Sensor: 3, Pico: -1}, {Sensor: -1, Pico: 3}, {Kind: house.Freezing, Sensor: -1, Pico: -1}}}
	if got := Conditions(state); len(got) != 0 {
		t.Errorf("conditions out of nothing: %q", got)
	}
}
