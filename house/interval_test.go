package house

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestLostPacketsAreNoSilence plays sensors of which packets get lost one by one, from
// their first one on, and holds how often one would be taken for silent.
func TestLostPacketsAreNoSilence(t *testing.T) {
	const interval = 13 * time.Second
	tests := map[string]struct {
		lost    float64
		sensors int
		packets int // of each
		atMost  int // false silences in all
	}{
		"none":                               {0, 1, 100_000, 0},
		"one of twenty, for a month":         {0.05, 10, 200_000, 1},
		"three of ten, for a month":          {0.3, 10, 200_000, 2},
		"three of ten, in the first minutes": {0.3, 20_000, 100, 40},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, uint64(tt.packets)))
			silences := 0
			for range tt.sensors {
				var g gaps
				gap := interval
				for range tt.packets {
					if random.Float64() < tt.lost {
						gap += interval
						continue
					}
					if gap > g.silentAfter() {
						silences++
					}
					g.add(gap)
					gap = interval
				}
			}
			t.Logf("%d silences", silences)
			if silences > tt.atMost {
				t.Errorf("%d silences, want at most %d", silences, tt.atMost)
			}
		})
	}
}

// TestHowLongASenderMayBeQuiet holds how soon the silence of one is noticed.
func TestHowLongASenderMayBeQuiet(t *testing.T) {
	tests := map[string]struct {
		gaps []time.Duration // one after the other, for 200 packets
		want time.Duration
	}{
		"nothing is lost":     {[]time.Duration{13 * time.Second}, 78 * time.Second},
		"one of twenty":       {append(repeatGap(18, 13*time.Second), 26*time.Second), 7 * 13 * time.Second},
		"three of ten":        {[]time.Duration{13 * time.Second, 13 * time.Second, 26 * time.Second, 13 * time.Second, 26 * time.Second, 13 * time.Second, 26 * time.Second}, 15 * 13 * time.Second},
		"often":               {[]time.Duration{time.Second}, time.Minute},
		"once in ten minutes": {[]time.Duration{10 * time.Minute}, time.Hour},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var g gaps
			for i := range 200 {
				g.add(tt.gaps[i%len(tt.gaps)])
			}
			if got := g.silentAfter(); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
}

func repeatGap(n int, d time.Duration) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = d
	}
	return all
}
