package history

import (
	"fmt"
	"time"
)

// maxBuckets is more than any screen is wide, and keeps a mistaken step from
// taking all memory.
const maxBuckets = 5000

// A Bucket sums up the readings of one sensor in one step of time.
type Bucket struct {
	Start time.Time // a multiple of the step since the Unix epoch
	Count int       // readings, or hours (see Range); 0 means a gap: the rest is 0 too
	// Degrees Celsius. Min <= Mean <= Max.
	Min, Mean, Max float64
}

// buckets sums up points as they come, in any order.
type buckets struct {
	from, step int64 // ms
	list       []Bucket
	sums       []float64

	// The bucket last added to, since the next point most likely falls there
	// too: start is in ms.
	last  int
	start int64
}

// newBuckets covers from and to with as few buckets of the step as can be.
func newBuckets(from, to time.Time, step time.Duration) (*buckets, error) {
	ms := step.Milliseconds()
	if ms <= 0 || step%time.Millisecond != 0 {
		return nil, fmt.Errorf("a step of %v: not a positive number of milliseconds", step)
	}
	first, last := floorDiv(from.UnixMilli(), ms), floorDiv(to.UnixMilli(), ms)
	switch n := last - first + 1; {
	case last < first:
		return nil, fmt.Errorf("a range that ends %v before it begins", from.Sub(to))
	case n > maxBuckets || n <= 0: // from the least time to the greatest it overflows
		return nil, fmt.Errorf("more than %d buckets of %v between %v and %v", maxBuckets, step, from, to)
	default:
		return &buckets{from: first * ms, step: ms, start: first * ms, list: make([]Bucket, n), sums: make([]float64, n)}, nil
	}
}

// to is the last millisecond in the last bucket.
func (b *buckets) to() int64 { return b.from + int64(len(b.list))*b.step - 1 }

// add takes a point in, at a time from b.from to b.to() in ms.
func (b *buckets) add(at int64, celsius float64) {
	if at < b.start || at >= b.start+b.step {
		b.last = int((at - b.from) / b.step)
		b.start = b.from + int64(b.last)*b.step
	}
	k := &b.list[b.last]
	if k.Count == 0 {
		k.Min, k.Max = celsius, celsius
	}
	k.Count++
	k.Min, k.Max = min(k.Min, celsius), max(k.Max, celsius)
	b.sums[b.last] += celsius
}

// result returns all buckets, oldest first.
func (b *buckets) result() []Bucket {
	for i := range b.list {
		k := &b.list[i]
		k.Start = time.UnixMilli(b.from + int64(i)*b.step)
		if k.Count > 0 {
			// Rounding may carry the mean of equal values past them.
			k.Mean = min(max(b.sums[i]/float64(k.Count), k.Min), k.Max)
		}
	}
	return b.list
}

// floorDiv divides towards the past, also before 1970.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// Buckets sums up readings of one sensor from elsewhere, as [Store.Range] does.
type Buckets struct{ b *buckets }

// NewBuckets covers from and to with as few buckets of the step as can be. The step is a
// positive number of milliseconds; more than 5,000 buckets are an error.
func NewBuckets(from, to time.Time, step time.Duration) (Buckets, error) {
	b, err := newBuckets(from, to, step)
	return Buckets{b}, err
}

// Span is from the first millisecond of the buckets to their last.
func (b Buckets) Span() (from, to time.Time) {
	return time.UnixMilli(b.b.from), time.UnixMilli(b.b.to())
}

// Add takes a reading in, unless it is of another time. They may come in any order.
func (b Buckets) Add(at time.Time, celsius float64) {
	if ms := at.UnixMilli(); ms >= b.b.from && ms <= b.b.to() {
		b.b.add(ms, celsius)
	}
}

// Result returns all buckets, oldest first, gaps included. Nothing may be added later.
func (b Buckets) Result() []Bucket { return b.b.result() }
