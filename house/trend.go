package house

import (
	"math"
	"time"
)

const (
	trendWindow  = 15 * time.Minute
	trendNeeds   = 5 * time.Minute // of readings, before a slope means anything
	trendSpacing = 5 * time.Second // closer readings add nothing
	trendBand    = 0.2             // kelvin an hour; less is steady
	oneStep      = 1.0 / 16        // kelvin, the resolution of a DS18B20
)

// A trend is the slope of the last 15 minutes. The zero value is steady.
type trend struct {
	points []point // oldest first

	// The slope is computed when it is asked for: few values are near a limit, and a
	// day of them is taken in at the start.
	computed bool
	slope    float64 // kelvin an hour, without the dead band
}

type point struct {
	at      time.Time
	celsius float64
}

func (t *trend) add(at time.Time, celsius float64) {
	if n := len(t.points); n > 0 {
		switch gap := at.Sub(t.points[n-1].at); {
		case gap < -trendSpacing: // the clock was set back
			t.points = t.points[:0]
		case gap < trendSpacing:
			return
		}
	}
	old := 0
	for old < len(t.points) && at.Sub(t.points[old].at) > trendWindow {
		old++
	}
	t.points = append(t.points[old:], point{at, celsius})
	t.computed = false
}

// exact is the trend in kelvin an hour without the dead band, 0 when not yet known.
func (t *trend) exact() float64 {
	if !t.computed {
		t.slope, t.computed = slope(t.points), true
	}
	return t.slope
}

// perHour is the trend in kelvin an hour, 0 when steady or not yet known.
func (t *trend) perHour() float64 {
	if math.Abs(t.exact()) < trendBand {
		return 0
	}
	return t.exact()
}

// falls reports whether the last values are lower than the first ones, by more than the
// dead band: of each third of them the median counts, which one odd value does not move.
func (t *trend) falls() bool {
	n := len(t.points) / 3
	if n == 0 {
		return false
	}
	var room [2][]float64
	for i := range n {
		room[0] = append(room[0], t.points[i].celsius)
		room[1] = append(room[1], t.points[len(t.points)-1-i].celsius)
	}
	between := t.points[len(t.points)-1-n/2].at.Sub(t.points[n/2].at)
	return middle(room[1])-middle(room[0]) < -trendBand*between.Hours()
}

// slope fits a line by simple linear regression, as PromQL's deriv does. It is
// 0 where there is too little to fit, and where all values lie within one step
// of the sensor: a single step in the middle of 15 minutes would look like
// 0.375 kelvin an hour.
func slope(points []point) float64 {
	n := len(points)
	if n == 0 || points[n-1].at.Sub(points[0].at) < trendNeeds {
		return 0
	}
	var sx, sy, sxx, sxy float64
	low, high := points[0].celsius, points[0].celsius
	for _, p := range points {
		x := p.at.Sub(points[0].at).Hours()
		sx, sy = sx+x, sy+p.celsius
		sxx, sxy = sxx+x*x, sxy+x*p.celsius
		low, high = min(low, p.celsius), max(high, p.celsius)
	}
	if high-low <= oneStep {
		return 0
	}
	return (float64(n)*sxy - sx*sy) / (float64(n)*sxx - sx*sx)
}
