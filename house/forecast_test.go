package house

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestForecasts replays tanks that cool as Newton's law says, in nights of several
// kinds, and holds the median error of the time at which they freeze.
func TestForecasts(t *testing.T) {
	var errors []float64
	foretold := 0
	for _, ambient := range []float64{-2, -5, -8} {
		for _, hours := range []float64{6, 10, 16, 24} { // of the time constant
			random := rand.New(rand.NewPCG(3, uint64(hours)))
			var f forecast
			freezes := hours * math.Log((9-ambient)/(0-ambient))
			for after := time.Duration(0); after.Hours() < freezes; after += 13 * time.Second {
				v := ambient + (9-ambient)*math.Exp(-after.Hours()/hours) + (random.Float64()-0.5)/8
				f.add(start.Add(after), math.Round(v*16)/16, true)
				if f.foretold().IsZero() || f.foretold().Equal(start) || int(after.Seconds())%600 > 12 {
					continue
				}
				foretold++
				left := freezes - after.Hours()
				errors = append(errors, math.Abs(f.foretold().Sub(start).Hours()-freezes)/left)
			}
		}
	}
	slices.Sort(errors)
	median := errors[len(errors)/2]
	t.Logf("%d forecasts, the median error is %.0f %% of the time that is left, nine of ten are within %.0f %%", foretold, 100*median, 100*errors[len(errors)*9/10])
	if median > 0.25 {
		t.Errorf("the median error is %.2f of the time that is left", median)
	}
}

// TestNoForecast holds where nothing is foretold.
func TestNoForecast(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	tests := map[string]struct {
		celsius func(time.Duration) float64
		length  time.Duration
		gap     time.Duration // nothing was heard before the last ten minutes
	}{
		"too little is known": {celsius: falls(6, 4, 0, 4*hour), length: 50 * time.Minute},
		"it is steady":        {celsius: steady(4), length: 4 * hour},
		"it rises":            {celsius: falls(4, 8, 0, 4*hour), length: 4 * hour},
		"it is far too warm":  {celsius: falls(60, 20, 0, 4*hour), length: 3 * hour},
		"it takes over a day": {celsius: falls(9, 8, 0, 4*hour), length: 4 * hour},
		"it jumps about":      {celsius: func(time.Duration) float64 { return 5 + 4*random.Float64() }, length: 4 * hour},
		"it fell, and rises":  {celsius: func(a time.Duration) float64 { return 4 + math.Abs(a.Hours()-2) }, length: 3 * hour},
		"it hardly was heard": {celsius: falls(8, 4, 0, 4*hour), length: 4 * hour, gap: 3 * hour},
		"it freezes already":  {celsius: falls(1, -2, 0, 2*hour), length: 2 * hour},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var f forecast
			for after := time.Duration(0); after < tt.length; after += 13 * time.Second {
				if tt.gap > 0 && after > tt.length-tt.gap && after < tt.length-10*time.Minute {
					continue
				}
				f.add(start.Add(after), tt.celsius(after), true)
			}
			if !f.foretold().IsZero() {
				t.Errorf("foretells %v", f.foretold())
			}
		})
	}
}

func BenchmarkForecast(b *testing.B) {
	var f forecast
	fall := falls(9, 1, 0, 8*hour)
	for after := time.Duration(0); after < 3*hour; after += 13 * time.Second {
		f.add(start.Add(after), fall(after), true)
	}
	now := start.Add(3 * hour)
	b.ReportAllocs()
	for b.Loop() {
		f.foretell(now, fall(3*hour))
	}
}
