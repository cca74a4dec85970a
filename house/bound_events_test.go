package house

import "testing"

// TestBoundEvents holds that what happens all the time goes before what happened once.
func TestBoundEvents(t *testing.T) {
	var events []Event
	add := func(k Kind, label string) { events = append(events, Event{Kind: k, Label: label}) }
	add(Freezing, "Tank")
	for range 40 {
		add(SetAside, "Garage")
		add(SetAsideOver, "Garage")
	}
	add(Silent, "shed")
	for most := len(events) + 1; most >= 4; most-- {
		events = BoundEvents(events, most)
		if len(events) > most || events[0].Kind != Freezing || events[len(events)-1].Kind != Silent {
			t.Fatalf("at most %d are %v", most, events)
		}
	}
	if left := BoundEvents(events, 3); len(left) != 3 || left[2].Kind != Silent {
		t.Errorf("of what happened once the oldest stays: %v", left)
	}
	if left := BoundEvents(events[:3], 0); len(left) != 0 {
		t.Errorf("of none are left %v", left)
	}
}
