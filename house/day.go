package house

import "time"

const (
	dayLength = 24 * time.Hour
	spanStep  = 5 * time.Minute
)

// A Span sums up the readings of one sensor in five minutes, in Celsius.
type Span struct {
	Start          time.Time // a multiple of five minutes since the Unix epoch
	Count          int       // never 0
	Min, Mean, Max float64
}

// A day is the last 24 hours of a sensor, to five minutes. The zero value is
// empty.
type day struct {
	spans     []span // oldest first, without the empty ones
	low, high Extreme
}

type span struct {
	number    int64 // of five minutes since the Unix epoch
	count     int
	sum       float64
	low, high Extreme
}

func spanNumber(t time.Time) int64 { return t.Unix() / int64(spanStep/time.Second) }

func (d *day) add(at time.Time, celsius float64) {
	d.trim(at)
	here := Extreme{Celsius: celsius, At: at}
	n := len(d.spans)
	// A clock that was set back adds to the newest span.
	if n == 0 || d.spans[n-1].number < spanNumber(at) {
		d.spans = append(d.spans, span{number: spanNumber(at), low: here, high: here})
		n++
	}
	s := &d.spans[n-1]
	s.count++
	s.sum += celsius
	s.low, s.high = lower(s.low, here), higher(s.high, here)
	d.low, d.high = lower(d.low, here), higher(d.high, here)
}

// trim forgets what is over 24 hours old, and reports whether there was any.
func (d *day) trim(now time.Time) bool {
	first := spanNumber(now.Add(-dayLength))
	old := 0
	for old < len(d.spans) && d.spans[old].number < first {
		old++
	}
	if old == 0 {
		return false
	}
	d.spans = append(d.spans[:0], d.spans[old:]...)
	d.low, d.high = Extreme{}, Extreme{}
	for _, s := range d.spans {
		d.low, d.high = lower(d.low, s.low), higher(d.high, s.high)
	}
	return true
}

// lower returns the lower of two, the later one if they are equal.
func lower(a, b Extreme) Extreme {
	if a.At.IsZero() || b.Celsius <= a.Celsius {
		return b
	}
	return a
}

// higher returns the higher of two, the later one if they are equal.
func higher(a, b Extreme) Extreme {
	if a.At.IsZero() || b.Celsius >= a.Celsius {
		return b
	}
	return a
}

// Day returns the last 24 hours of a sensor, oldest first, without the spans
// in which nothing was heard. The caller owns it.
func (h *House) Day(sensor string) []Span {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := h.sensors[sensor]
	if s == nil {
		return nil
	}
	out := make([]Span, len(s.day.spans))
	for i, p := range s.day.spans {
		out[i] = Span{
			Start: time.Unix(p.number*int64(spanStep/time.Second), 0),
			Count: p.count, Min: p.low.Celsius, Mean: p.sum / float64(p.count), Max: p.high.Celsius,
		}
	}
	return out
}
