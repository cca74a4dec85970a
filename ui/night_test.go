package ui

import (
	"testing"
	"time"

	"picotop/history"
)

// TestNight holds that a night is told by its readings to the minute, whatever the
// buckets of the chart are.
func TestNight(t *testing.T) {
	begin := time.Date(2026, 1, 12, nightBegins, 0, 0, 0, time.UTC)
	at := func(minutes int, celsius float64) reading {
		return reading{begin.Add(time.Duration(minutes)*time.Minute + 7*time.Second), celsius}
	}
	hours := func(n int, celsius float64) (all []reading) {
		for i := range n * 60 {
			all = append(all, at(i, celsius))
		}
		return all
	}
	tests := map[string]struct {
		readings []reading
		interval time.Duration
		low      float64
		lowAt    time.Duration // since the night began
		below    time.Duration
	}{
		"one reading":              {[]reading{at(61, 2)}, time.Minute, 2, 61*time.Minute + 7*time.Second, time.Minute},
		"flat and cold":            {hours(13, -55), time.Minute, -55, 7 * time.Second, 13 * time.Hour},
		"flat and warm":            {hours(13, 125), time.Minute, 125, 7 * time.Second, 0},
		"one reading in ten":       {[]reading{at(0, 2), at(10, 2), at(20, 9)}, 10 * time.Minute, 2, 7 * time.Second, 20 * time.Minute},
		"a gap is not cold":        {[]reading{at(0, 2), at(300, 2)}, time.Minute, 2, 7 * time.Second, 2 * time.Minute},
		"before and after it cold": {[]reading{at(-1, -9), at(5, 8), at(13*60, -9)}, time.Minute, 8, 5*time.Minute + 7*time.Second, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			d := readNight(bucketsOf(tt.readings), "", begin.Add(20*time.Hour))
			sum := d.summarize()
			if sum.low != tt.low || !sum.lowAt.Equal(begin.Add(tt.lowAt)) {
				t.Errorf("low %v at %v", sum.low, sum.lowAt)
			}
			if got := d.timeBelow(3, tt.interval); got != tt.below {
				t.Errorf("below for %v, want %v", got, tt.below)
			}
		})
	}
	none := readNight(func(rangeRequest) ([]history.Bucket, error) { return nil, errLoadEnded }, "", begin)
	if len(none.buckets) > 0 {
		t.Error("a night of nothing")
	}
}
