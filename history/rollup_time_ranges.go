package history

import "slices"

// A span is a stretch of time, from its first millisecond to before its last.
type span struct{ From, To int64 } // Unix ms

// spans is a set of moments: stretches in order that do not touch. It is never
// changed in place, so that a copy stays what it was.
type spans []span

// with returns the set with a stretch added.
func (s spans) with(add span) spans {
	if add.From >= add.To {
		return s
	}
	out := make(spans, 0, len(s)+1)
	for _, have := range s {
		if have.To < add.From || have.From > add.To {
			out = append(out, have)
			continue
		}
		add.From, add.To = min(add.From, have.From), max(add.To, have.To)
	}
	i, _ := slices.BinarySearchFunc(out, add.From, func(a span, from int64) int {
		if a.From < from {
			return -1
		}
		return 1
	})
	return slices.Insert(out, i, add)
}

// within returns the parts of a stretch that are in the set.
func (s spans) within(of span) spans {
	var out spans
	for _, have := range s {
		if from, to := max(have.From, of.From), min(have.To, of.To); from < to {
			out = append(out, span{from, to})
		}
	}
	return out
}

// without returns the parts of a stretch that are not in the set.
func (s spans) without(of span) spans {
	var out spans
	for _, have := range s.within(of) {
		if of.From < have.From {
			out = append(out, span{of.From, have.From})
		}
		of.From = have.To
	}
	if of.From < of.To {
		out = append(out, of)
	}
	return out
}
