package history

import "slices"

// A timeRange is a stretch of time: From is within, To is not.
type timeRange struct{ From, To int64 } // Unix ms

// timeRanges is a set of moments: ranges in order that do not touch. It is never
// changed in place, so that a copy stays what it was.
type timeRanges []timeRange

// union returns the set with a range added.
func (s timeRanges) union(r timeRange) timeRanges {
	if r.From >= r.To {
		return s
	}
	out := make(timeRanges, 0, len(s)+1)
	for _, have := range s {
		if have.To < r.From || have.From > r.To {
			out = append(out, have)
			continue
		}
		r.From, r.To = min(r.From, have.From), max(r.To, have.To)
	}
	i, _ := slices.BinarySearchFunc(out, r.From, func(a timeRange, from int64) int {
		if a.From < from {
			return -1
		}
		return 1
	})
	return slices.Insert(out, i, r)
}

// intersect returns the parts of a range that are in the set.
func (s timeRanges) intersect(r timeRange) timeRanges {
	var out timeRanges
	for _, have := range s {
		if from, to := max(have.From, r.From), min(have.To, r.To); from < to {
			out = append(out, timeRange{from, to})
		}
	}
	return out
}

// gaps returns the parts of a range that are not in the set.
func (s timeRanges) gaps(r timeRange) timeRanges {
	var out timeRanges
	for _, have := range s.intersect(r) {
		if r.From < have.From {
			out = append(out, timeRange{r.From, have.From})
		}
		r.From = have.To
	}
	if r.From < r.To {
		out = append(out, r)
	}
	return out
}
