package app

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"picotop/house"
)

var recordedGroup = netip.MustParseAddr("239.0.0.1")

// warnings are the events of kinds that warn, and of their ends.
func warnings(e RecordedEvent) bool {
	switch e.Kind {
	case house.NewSensor, house.Renamed, house.SetAside, house.SetAsideOver, house.Near, house.NearOver:
		return false
	}
	return true
}

func TestWhatPicotopWouldHaveWarnedOf(t *testing.T) {
	all := func(RecordedEvent) bool { return true }
	of := func(kinds ...house.Kind) func(RecordedEvent) bool {
		return func(e RecordedEvent) bool { return slices.Contains(kinds, e.Kind) }
	}
	tests := map[string]struct {
		record func(*madeUp)
		of     func(RecordedEvent) bool // the events that matter; nil means warnings
		want   []string
		// pending says that the house does not do this yet.
		pending bool
	}{
		"a tank in a frosty night": {
			record: func(r *madeUp) {
				fall, rise := line(at(0, 0), 8, at(5, 0), 1), line(at(6, 0), 0, at(8, 0), 6)
				r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(10, 0), func(t time.Time) float64 { return fall(t) + rise(t) }})
			},
			want: []string{"03:31 freezing Tank", "06:50 thawed Tank"},
		},
		"a tank between 2.9 and 3.1": {
			record: func(r *madeUp) {
				n := 0
				r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(6, 0), func(t time.Time) float64 {
					if t.Before(at(1, 0)) {
						return 3.5
					}
					n++
					return 2.9 + 0.2*float64(n%2)
				}})
			},
			want: []string{"01:00 freezing Tank"},
		},
		"a tank that is as it was": {
			record: func(r *madeUp) { r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(24, 0), steady(9)}) },
		},
		"three packets of ten lost": {
			record: func(r *madeUp) {
				r.loss = rand.New(rand.NewPCG(1, 2))
				for i := range 5 {
					r.measure(thermometer{1, fmt.Sprint("28ff0", i), fmt.Sprint("Room", i), at(0, 0), at(12, 0), steady(20)})
				}
			},
			pending: true,
		},
		"a Pico of eight sensors that dies": {
			record: func(r *madeUp) {
				for i := range 8 {
					r.measure(thermometer{1, fmt.Sprint("28ff0", i), fmt.Sprint("Room", i), at(0, 0).Add(time.Duration(i) * time.Second), at(2, 0), steady(20)})
				}
				r.measure(thermometer{2, "28ff10", "Loft", at(0, 0), at(4, 0), steady(12)})
			},
			want: []string{"02:00 silent 192.0.2.1"},
		},
		"one -10.0 among 20.0s": {
			record: func(r *madeUp) {
				r.measure(thermometer{1, "28ff01", "Hall", at(0, 0), at(2, 0), once(steady(20), at(1, 0), -10)})
			},
		},
		"85.0 at boot": {
			record: func(r *madeUp) {
				r.measure(thermometer{1, "28ff01", "Hall", at(0, 0), at(2, 0), once(steady(20), at(1, 0), 85)})
			},
			of:   func(e RecordedEvent) bool { return warnings(e) || e.Kind == house.SetAside },
			want: []string{"01:00 set_aside Hall"},
		},
		"a boiler that truly rises through 85": {
			record: func(r *madeUp) {
				r.measure(thermometer{1, "28ff01", "Boiler", at(0, 0), at(4, 0), line(at(1, 0), 60, at(3, 0), 90)})
			},
			of: func(e RecordedEvent) bool { return warnings(e) || e.Kind == house.SetAside },
		},
		"a sensor that was swapped": {
			record: func(r *madeUp) {
				r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(2, 0), steady(9)})
				r.measure(thermometer{1, "28ff02", "Tank", at(2, 30), at(4, 0), steady(9)})
				r.measure(thermometer{1, "28ff03", "Loft", at(0, 0), at(4, 0), steady(9)})
			},
			of:      of(house.Replaced),
			want:    []string{"02:30 replaced Tank"},
			pending: true,
		},
		"a garden in January": {
			record: func(r *madeUp) {
				r.measure(thermometer{1, "28ff01", "Garden Bench", at(0, 0), at(24, 0), line(at(1, 0), 5, at(9, 0), -6)})
				r.measure(thermometer{1, "28ff02", "Hall", at(0, 0), at(24, 0), steady(18)})
			},
			pending: true,
		},
		"a Pico that restarts within a minute": {
			record: func(r *madeUp) {
				r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(2, 0), steady(9)})
				r.measure(thermometer{1, "28ff01", "Tank", at(2, 0).Add(50 * time.Second), at(4, 0), steady(9)})
			},
		},
		"nothing after the end": {
			record: func(r *madeUp) { r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(0, 10), steady(9)}) },
			of:     all,
			want:   []string{"00:00 new_sensor Tank"},
		},
		"nobody but packets to another port afterwards": {
			record: func(r *madeUp) {
				r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(0, 10), steady(9)})
				r.packets = append(r.packets, recordedPacket{at(0, 20), 9, 5353, []byte("mdns")})
			},
			want: []string{"00:10 silent 192.0.2.1"},
		},
		"silent for hours in the middle": {
			record: func(r *madeUp) {
				r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(1, 0), steady(9)})
				r.measure(thermometer{1, "28ff01", "Tank", at(9, 0), at(10, 0), steady(9)})
			},
			want: []string{"01:00 silent 192.0.2.1", "09:00 heard 192.0.2.1"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.pending {
				t.Skip("the house does not do this yet")
			}
			var r madeUp
			tt.record(&r)
			matters := tt.of
			if matters == nil {
				matters = warnings
			}
			var got []string
			for _, e := range judged(t, r.write(t)) {
				if matters(e) {
					got = append(got, told(e))
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("told\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
		})
	}
}

// TestAClockThatWasSet holds that a house lives on while the clock of what recorded it
// is set, and that each event has the time that the recording has.
func TestAClockThatWasSet(t *testing.T) {
	var r madeUp
	year := recordingStart.AddDate(1, 0, 0)
	r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(1, 0), steady(9)})
	r.measure(thermometer{1, "28ff01", "Tank", year, year.Add(time.Hour), line(year.Add(30*time.Minute), 9, year.Add(31*time.Minute), 2)})
	r.measure(thermometer{1, "28ff01", "Tank", at(5, 0), at(6, 0), line(at(5, 30), 2, at(5, 31), 9)})
	var got []string
	for _, e := range judged(t, r.writeAsIs(t)) {
		if e.Kind == house.Freezing || warnings(e) {
			got = append(got, fmt.Sprintf("%s %s", e.Noticed.UTC().Format("2006-01-02"), e.Kind))
		}
	}
	want := []string{"2027-01-03 freezing", "2026-01-03 thawed"}
	if !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// TestEventsBeyondWhatAHouseKeeps holds that no event of a long recording is lost.
func TestEventsBeyondWhatAHouseKeeps(t *testing.T) {
	var r madeUp
	r.measure(thermometer{1, "28ff01", "Tank", at(0, 0), at(100, 0), func(t time.Time) float64 {
		if t.Sub(recordingStart)/(10*time.Minute)%2 == 0 {
			return 9
		}
		return 2
	}})
	freezing := 0
	for _, e := range judged(t, r.write(t)) {
		if e.Kind == house.Freezing {
			freezing++
		}
	}
	if freezing != 300 {
		t.Errorf("told of freezing %d times, want 300", freezing)
	}
}

// BenchmarkJudge judges a day of twenty sensors.
func BenchmarkJudge(b *testing.B) {
	var r madeUp
	for i := range 20 {
		r.measure(thermometer{byte(1 + i/5), fmt.Sprintf("28ff%02d", i), fmt.Sprint("Room", i), at(0, 0), at(24, 0), steady(20)})
	}
	file := r.write(b)
	for b.Loop() {
		judged(b, file)
	}
}
