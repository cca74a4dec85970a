package history

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

const hour = int64(time.Hour / time.Millisecond)

// A figure sums up one hour of one series: readings, or what was recorded of
// them.
type figure struct {
	low, high, sum float64
	n              int // readings; 0 means that there are none
}

func (f *figure) add(celsius float64) {
	if f.n == 0 {
		f.low, f.high = celsius, celsius
	}
	f.low, f.high = min(f.low, celsius), max(f.high, celsius)
	f.sum += celsius
	f.n++
}

// mean is within low and high: rounding may carry it past them.
func (f *figure) mean() float64 { return min(max(f.sum/float64(f.n), f.low), f.high) }

// hourly is the figures of one series, one for each hour from a moment on.
type hourly struct {
	labels labels.Labels // of the readings
	list   []figure
}

// figures sums up the readings of whole hours, of one sensor or, if it is
// empty, of all; sorted by labels.
func (s *Store) figures(ctx context.Context, sensor string, of span) ([]*hourly, error) {
	byLabels := map[string]*hourly{}
	bySeries := map[*series]*hourly{}
	err := s.scan(ctx, sensor, of.From, of.To-1, func(p point) {
		h := bySeries[p.series]
		if h == nil {
			key := string(p.series.labels.Bytes(nil))
			if h = byLabels[key]; h == nil {
				h = &hourly{p.series.labels, make([]figure, (of.To-of.From)/hour)}
				byLabels[key] = h
			}
			bySeries[p.series] = h
		}
		h.list[(p.at-of.From)/hour].add(p.celsius)
	})
	if err != nil {
		return nil, err
	}
	var all []*hourly
	for _, h := range byLabels {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *hourly) int { return labels.Compare(a.labels, b.labels) })
	return all, nil
}

// points are the figures as they are recorded, at the end of each hour; series
// by series in order of time.
func (h *hourly) points(from int64) []point {
	values := []struct {
		name string
		of   func(*figure) float64
	}{
		{lowName, func(f *figure) float64 { return f.low }},
		{meanName, (*figure).mean},
		{highName, func(f *figure) float64 { return f.high }},
	}
	var points []point
	for _, v := range values {
		ser := &series{derived: true, labels: called(v.name, h.labels)}
		for i := range h.list {
			if f := &h.list[i]; f.n > 0 {
				points = append(points, point{ser, from + int64(i+1)*hour, v.of(f)})
			}
		}
	}
	return points
}

// recorded reads back what was recorded of one sensor's hours, or if it is
// empty of all, and visits each value once: of several for one hour the last,
// for that is a correction. The time it tells is the end of the hour. dbMu is
// held for reading.
func (s *Store) recorded(ctx context.Context, sensor string, of span, visit func(l labels.Labels, end int64, v float64)) error {
	// A correction is less than a second after the hour's end.
	mint, maxt := of.From+hour, of.To+time.Second.Milliseconds()
	db, err := s.db.Querier(mint, maxt)
	if err != nil {
		return err
	}
	defer db.Close()
	ms := []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, metricLabel, lowName+"|"+meanName+"|"+highName)}
	if sensor != "" {
		ms = append(ms, labels.MustNewMatcher(labels.MatchEqual, sensorLabel, sensor))
	}
	set := db.Select(ctx, false, nil, ms...)
	var it chunkenc.Iterator
	for set.Next() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		l := set.At().Labels()
		it = set.At().Iterator(it)
		end, last := int64(-1), 0.0
		for it.Next() == chunkenc.ValFloat {
			at, v := it.At()
			if next := floorDiv(at, hour) * hour; next != end {
				if end >= 0 {
					visit(l, end, last)
				}
				end = next
			}
			last = v
		}
		if it.Err() != nil {
			return it.Err()
		}
		if end >= 0 {
			visit(l, end, last)
		}
	}
	return set.Err()
}
