package app

import (
	"time"

	"picotop/history"
	"picotop/house"
)

// dayBuckets sums up what a house without a store remembers in buckets of the given step, as a store would.
func dayBuckets(spans []house.Span, from, to time.Time, step time.Duration) []history.Bucket {
	start := func(t time.Time) int64 { return t.UnixMilli() / step.Milliseconds() }
	first, last := start(from), start(to)
	out := make([]history.Bucket, max(0, last-first+1))
	for i := range out {
		out[i].Start = time.UnixMilli((first + int64(i)) * step.Milliseconds())
	}
	for _, s := range spans {
		i := start(s.Start) - first
		if i < 0 || i >= int64(len(out)) {
			continue
		}
		b := &out[i]
		if b.Count == 0 {
			b.Min, b.Max = s.Min, s.Max
		}
		b.Min, b.Max = min(b.Min, s.Min), max(b.Max, s.Max)
		b.Mean += (s.Mean - b.Mean) * float64(s.Count) / float64(b.Count+s.Count)
		b.Count += s.Count
	}
	return out
}
