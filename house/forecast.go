package house

import (
	"math"
	"slices"
	"time"
)

// The forecast
//
// It draws a straight line through the last three hours by the method of Theil and Sen:
// its slope is the median of the slopes between all pairs of values, which a third of
// odd values cannot move (H. Theil, 1950; P. K. Sen, "Estimates of the regression
// coefficient based on Kendall's tau", 1968), and another through the last hour. What
// cools falls ever more slowly, as Newton's law of cooling says: by how much follows
// from how much flatter the last hour is. Nothing is foretold
//
//   - of less than an hour, or while most of the time nothing was heard;
//   - if the values lie further from the line than they would if they followed it;
//   - if the last hour and the three hours do not agree;
//   - if it would come to rest above 0 degrees;
//   - beyond 24 hours, and of what is warmer than forecastBelow, for which a straight
//     line says nothing.
const (
	forecastStep  = 3 * time.Minute // one value of each is kept, the mean
	forecastSpan  = 3 * time.Hour
	forecastShort = time.Hour
	forecastNeeds = time.Hour
	forecastLimit = 24 * time.Hour
	forecastBelow = 10.0 // Celsius

	forecastFilled  = 2.0 / 3 // of the steps must have a value
	forecastLeast   = 0.05    // kelvin an hour: slower is steady
	forecastFit     = 0.15    // what the median distance from the line may be of the fall
	forecastAgree   = 0.4     // what the flatter slope must be of the steeper one
	forecastMaxStep = int(forecastSpan / forecastStep)
)

// A forecast foretells when a sensor will be at 0 degrees. The zero value foretells
// nothing.
type forecast struct {
	steps []forecastPoint // oldest first, at most forecastMaxStep
	sum   float64         // of the step that is not over
	count int
	until time.Time // when that is over; zero before the first value

	// The moment of the last step, for foretold, which makes freezesAt of it when it is
	// first asked: a day of readings is taken in at the start, and asked once.
	at      time.Time
	celsius float64
	limited bool
	asked   bool

	freezesAt time.Time // zero if that cannot be told
}

type forecastPoint struct{ hours, celsius float64 } // hours since the Unix epoch

func hoursOf(t time.Time) float64 { return float64(t.UnixMilli()) / 3.6e6 }

// add takes a value; once a step is over it is foretold anew. limited says whether that is
// of interest at all.
func (f *forecast) add(at time.Time, celsius float64, limited bool) {
	if f.until.Sub(at) > forecastStep { // the clock was set back
		*f = forecast{}
	}
	if at.Before(f.until) {
		f.sum += celsius
		f.count++
		return
	}
	if f.count > 0 {
		middle := f.until.Add(-forecastStep / 2)
		f.steps = append(f.steps, forecastPoint{hoursOf(middle), f.sum / float64(f.count)})
		first := hoursOf(at.Add(-forecastSpan))
		old := 0
		for old < len(f.steps) && f.steps[old].hours < first {
			old++
		}
		old = max(old, len(f.steps)-forecastMaxStep)
		f.steps = append(f.steps[:0], f.steps[old:]...)
	}
	f.sum, f.count = celsius, 1
	f.until = at.Truncate(forecastStep).Add(forecastStep)
	f.at, f.celsius, f.limited, f.asked = at, celsius, limited, false
}

// foretold is when it will be at 0 degrees, as of the last step; zero if that cannot be
// told.
func (f *forecast) foretold() time.Time {
	if !f.asked {
		f.asked, f.freezesAt = true, time.Time{}
		if f.limited {
			f.freezesAt = f.foretell(f.at, f.celsius)
		}
	}
	return f.freezesAt
}

// foretell returns when the line is at 0 degrees; zero if that cannot be told.
func (f *forecast) foretell(now time.Time, celsius float64) time.Time {
	if celsius <= 0 || celsius > forecastBelow || len(f.steps) == 0 {
		return time.Time{}
	}
	end := hoursOf(now)
	long := f.since(f.steps[0].hours)
	short := f.since(end - forecastShort.Hours())
	if end-long[0].hours < forecastNeeds.Hours() || len(short) == 0 {
		return time.Time{}
	}
	whole, recent := fitLine(long), fitLine(short)
	steep, flat := min(whole.slope, recent.slope), max(whole.slope, recent.slope)
	if !whole.good(long, end) || flat > -forecastLeast || flat > steep*forecastAgree {
		return time.Time{}
	}
	left := hoursToZero(recent.at(end), whole, recent, end-long[0].hours)
	if left <= 0 || left > forecastLimit.Hours() {
		return time.Time{}
	}
	return now.Add(time.Duration(left * float64(time.Hour))).Truncate(time.Minute)
}

// hoursToZero is how long what falls from celsius takes to 0 degrees, of which the last
// hour and the whole of span hours are known; negative if it never gets there.
func hoursToZero(celsius float64, whole, recent fit, span float64) float64 {
	apart := (span - forecastShort.Hours()) / 2 // hours between the middles of both
	if apart <= 0 || recent.slope <= whole.slope {
		return celsius / -recent.slope
	}
	decay := math.Log(whole.slope/recent.slope) / apart // of the slope in an hour
	slope := recent.slope * math.Exp(-decay*forecastShort.Hours()/2)
	rest := celsius + slope/decay // where it comes to rest
	if rest >= 0 {
		return -1
	}
	return math.Log((celsius-rest)/-rest) / decay
}

// since are the steps from a moment on.
func (f *forecast) since(hours float64) []forecastPoint {
	i, _ := slices.BinarySearchFunc(f.steps, hours, func(p forecastPoint, h float64) int {
		if p.hours < h {
			return -1
		}
		return 1
	})
	return f.steps[i:]
}

// A fit is a straight line, in kelvin an hour.
type fit struct{ slope, start float64 } // start is at 0 hours

func (l fit) at(hours float64) float64 { return l.start + l.slope*hours }

// fitLine draws a line by the method of Theil and Sen: of at most 60 points some 1,800
// pairs.
func fitLine(points []forecastPoint) fit {
	slopes := make([]float64, 0, len(points)*(len(points)-1)/2)
	for i, p := range points {
		for _, q := range points[i+1:] {
			slopes = append(slopes, (q.celsius-p.celsius)/(q.hours-p.hours))
		}
	}
	if len(slopes) == 0 {
		return fit{}
	}
	l := fit{slope: middle(slopes)}
	starts := make([]float64, len(points))
	for i, p := range points {
		starts[i] = p.celsius - l.slope*p.hours
	}
	l.start = middle(starts)
	return l
}

// good reports whether the points lie on the line, and are enough of them.
func (l fit) good(points []forecastPoint, end float64) bool {
	span := end - points[0].hours
	if float64(len(points)) < forecastFilled*span/forecastStep.Hours() {
		return false
	}
	off := make([]float64, len(points))
	for i, p := range points {
		off[i] = math.Abs(p.celsius - l.at(p.hours))
	}
	return middle(off) <= max(forecastFit*math.Abs(l.slope)*span, oneStep/2)
}

// middle is the median of at least one value, which it sorts.
func middle(values []float64) float64 {
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
