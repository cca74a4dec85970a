package app

import (
	"testing"
	"time"

	"picotop/house"
)

func TestWhenEverySensorHadItsTurn(t *testing.T) {
	start := time.Date(2026, time.January, 5, 21, 0, 0, 0, time.UTC)
	before, in := start.Add(-time.Hour), func(s int) time.Time { return start.Add(time.Duration(s) * time.Second) }
	heard := func(at ...time.Time) []house.Sensor {
		var all []house.Sensor
		for _, t := range at {
			all = append(all, house.Sensor{Heard: t})
		}
		return all
	}
	silent := house.Sensor{Heard: before, Silent: true}
	tests := map[string]struct {
		known    []house.Sensor
		interval time.Duration
		course   map[int][]house.Sensor // by second
		want     int                    // when it is over; -1 means never
	}{
		"nothing comes":                     {want: -1},
		"all that are known":                {known: heard(before, before), course: map[int][]house.Sensor{4: heard(in(4), before), 9: heard(in(4), in(9))}, want: 9},
		"one that is known does not":        {known: heard(before, before), course: map[int][]house.Sensor{4: heard(in(4), before)}, want: -1},
		"it is found silent":                {known: heard(before, before), course: map[int][]house.Sensor{4: heard(in(4), before), 61: {heard(in(60))[0], silent}}, want: 61},
		"none is known":                     {course: map[int][]house.Sensor{4: heard(in(4))}, want: 19},
		"none is known, and another comes":  {course: map[int][]house.Sensor{4: heard(in(4)), 17: heard(in(16), in(17))}, want: 32},
		"none is known, and they are slow":  {interval: time.Minute, course: map[int][]house.Sensor{4: heard(in(4))}, want: 94},
		"all that are known and one is not": {known: heard(before), course: map[int][]house.Sensor{4: heard(in(4), in(4))}, want: 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			st := house.State{At: start, Sensors: tt.known}
			r := newRound(st, start)
			got := -1
			for second := range 120 {
				st.At = in(second)
				if now, ok := tt.course[second]; ok {
					st.Sensors = now
				}
				if r.isOver(st, tt.interval) {
					got = second
					break
				}
			}
			if got != tt.want {
				t.Errorf("over after %d s, want %d", got, tt.want)
			}
		})
	}
}
