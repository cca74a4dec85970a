package remotewrite

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// metricName is the label that holds the name of a metric.
const metricName = "__name__"

const (
	// maxSamples is how many samples a request holds; Prometheus itself sends as many.
	maxSamples = 2000
	// How long the time is that is read at once, in ms. It is learnt from how many
	// samples were in the last one.
	firstWindow, longestWindow = int64(60 * 1000), int64(24 * 3600 * 1000)
)

// A batch is what was read of a stretch of time: each series once, its samples in order.
type batch struct {
	series []prompb.TimeSeries
	until  int64 // Unix ms; all up to here is in it
	// The times of the first and the last sample; 0 if there is none.
	first, last int64
}

// include extends first and last to the time of a sample.
func (b *batch) include(at int64) {
	if b.last == 0 {
		b.first = at
	}
	b.first, b.last = min(b.first, at), max(b.last, at)
}

func (b batch) samples() int {
	n := 0
	for _, s := range b.series {
		n += len(s.Samples)
	}
	return n
}

// split cuts a batch in parts of at most n samples. The samples of one series stay in
// order.
func (b batch) split(n int) []batch {
	var parts []batch
	var part batch
	room := n
	for _, s := range b.series {
		for len(s.Samples) > 0 {
			take := min(room, len(s.Samples))
			part.series = append(part.series, prompb.TimeSeries{Labels: s.Labels, Samples: s.Samples[:take]})
			s.Samples = s.Samples[take:]
			if room -= take; room == 0 {
				parts, part, room = append(parts, part), batch{}, n
			}
		}
	}
	if len(part.series) > 0 {
		parts = append(parts, part)
	}
	return parts
}

// read reads what comes after a time, at most as much as a request holds, unless that
// much has one time.
func (t *target) read(ctx context.Context, s Stream, after, until int64) (batch, error) {
	for {
		if ctx.Err() != nil {
			return batch{}, ctx.Err()
		}
		end := min(until, after+t.window)
		b, full, err := t.readRange(ctx, s, after+1, end)
		if err != nil {
			return batch{}, err
		}
		if full && end > after+1 {
			t.window = max(1, (end-after)/2)
			continue
		}
		b.until = end
		if n := b.samples(); n < maxSamples/3 && end < until {
			t.window = min(2*t.window, longestWindow)
			if n == 0 {
				after = end
				continue
			}
		}
		return b, nil
	}
}

// readRange reads from one time to another. It stops when there is more than a request
// holds, unless both are the same.
func (t *target) readRange(ctx context.Context, s Stream, from, to int64) (b batch, full bool, err error) {
	q, err := t.sender.opts.Source.Querier(from, to)
	if err != nil {
		return batch{}, false, err
	}
	defer q.Close()
	name := labels.MustNewMatcher(labels.MatchRegexp, metricName, strings.Join(s.Metrics, "|"))
	set := q.Select(ctx, true, &storage.SelectHints{Start: from, End: to}, name)
	var it chunkenc.Iterator
	count := 0
	for set.Next() {
		series := set.At()
		var samples []prompb.Sample
		it = series.Iterator(it)
		for it.Next() == chunkenc.ValFloat {
			at, v := it.At()
			samples = append(samples, prompb.Sample{Timestamp: at, Value: v})
			b.include(at)
			if count++; count > maxSamples && from != to {
				return batch{}, true, nil
			}
		}
		if err := it.Err(); err != nil {
			return batch{}, false, err
		}
		if len(samples) == 0 {
			continue
		}
		l := series.Labels()
		if ends := s.Ends[l.Get(metricName)]; ends != "" {
			b.end(t.labels(l, ends), samples)
			continue
		}
		b.series = append(b.series, prompb.TimeSeries{Labels: t.labels(l, ""), Samples: samples})
		if also := s.Also[l.Get(metricName)]; also != "" {
			if count += len(samples); count > maxSamples && from != to {
				return batch{}, true, nil
			}
			b.series = append(b.series, prompb.TimeSeries{Labels: t.labels(l, also), Samples: timesOf(samples)})
		}
	}
	return b, false, set.Err()
}

// end puts stale markers into a series. At the time of a sample there is none.
func (b *batch) end(l []prompb.Label, at []prompb.Sample) {
	i := slices.IndexFunc(b.series, func(s prompb.TimeSeries) bool { return slices.EqualFunc(s.Labels, l, sameLabel) })
	if i < 0 {
		i = len(b.series)
		b.series = append(b.series, prompb.TimeSeries{Labels: l})
	}
	s := &b.series[i]
	for _, p := range at {
		n, has := slices.BinarySearchFunc(s.Samples, p.Timestamp, func(s prompb.Sample, t int64) int { return cmp.Compare(s.Timestamp, t) })
		if !has {
			s.Samples = slices.Insert(s.Samples, n, prompb.Sample{Timestamp: p.Timestamp, Value: math.Float64frombits(value.StaleNaN)})
		}
	}
}

func sameLabel(a, b prompb.Label) bool { return a.Name == b.Name && a.Value == b.Value }

func timesOf(samples []prompb.Sample) []prompb.Sample {
	times := make([]prompb.Sample, len(samples))
	for i, s := range samples {
		times[i] = prompb.Sample{Timestamp: s.Timestamp, Value: float64(s.Timestamp) / 1000}
	}
	return times
}

// labels are those of a series as they are sent: copied, since the store's memory is
// mapped, sorted, with those of the target. name is its name if it is another.
func (t *target) labels(l labels.Labels, name string) []prompb.Label {
	all := maps.Clone(t.Labels)
	if all == nil {
		all = map[string]string{}
	}
	l.Range(func(l labels.Label) {
		if l.Value != "" {
			all[strings.Clone(l.Name)] = strings.Clone(l.Value)
		}
	})
	if name != "" {
		all[metricName] = name
	}
	list := make([]prompb.Label, 0, len(all))
	for _, k := range slices.Sorted(maps.Keys(all)) {
		list = append(list, prompb.Label{Name: k, Value: all[k]})
	}
	return list
}
