package history

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

const hour = int64(time.Hour / time.Millisecond)

// An aggregate sums up the readings of one hour of one series. The zero value
// has none.
type aggregate struct {
	min, max, sum float64
	n             int // readings; 0 means that there are none
}

func (a *aggregate) add(celsius float64) {
	if a.n == 0 {
		a.min, a.max = celsius, celsius
	}
	a.min, a.max = min(a.min, celsius), max(a.max, celsius)
	a.sum += celsius
	a.n++
}

// mean is kept within min and max: rounding may carry it past them.
func (a *aggregate) mean() float64 { return min(max(a.sum/float64(a.n), a.min), a.max) }

// hourlySeries holds the aggregates of one series, one for each hour from a
// moment on.
type hourlySeries struct {
	labels labels.Labels // of the readings
	hours  []aggregate
}

// aggregateHours sums up the readings of the whole hours in r, of one sensor or,
// if it is empty, of all; sorted by labels.
func (s *Store) aggregateHours(ctx context.Context, sensor string, r timeRange) ([]*hourlySeries, error) {
	byLabels := map[string]*hourlySeries{}
	bySeries := map[*series]*hourlySeries{}
	err := s.scan(ctx, sensor, r.From, r.To-1, func(p point) {
		h := bySeries[p.series]
		if h == nil {
			key := string(p.series.labels.Bytes(nil))
			if h = byLabels[key]; h == nil {
				h = &hourlySeries{p.series.labels, make([]aggregate, (r.To-r.From)/hour)}
				byLabels[key] = h
			}
			bySeries[p.series] = h
		}
		h.hours[(p.at-r.From)/hour].add(p.celsius)
	})
	if err != nil {
		return nil, err
	}
	var all []*hourlySeries
	for _, h := range byLabels {
		all = append(all, h)
	}
	slices.SortFunc(all, func(a, b *hourlySeries) int { return labels.Compare(a.labels, b.labels) })
	return all, nil
}

// points returns the rollups of h as they are stored, each at the end of its
// hour; series by series in order of time. from is the start of the first hour.
func (h *hourlySeries) points(from int64) []point {
	values := []struct {
		name string
		of   func(*aggregate) float64
	}{
		{min1hName, func(a *aggregate) float64 { return a.min }},
		{avg1hName, (*aggregate).mean},
		{max1hName, func(a *aggregate) float64 { return a.max }},
	}
	var points []point
	for _, v := range values {
		ser := &series{derived: true, rollup: true, labels: withMetricName(v.name, h.labels)}
		for i := range h.hours {
			if a := &h.hours[i]; a.n > 0 {
				points = append(points, point{ser, from + int64(i+1)*hour, v.of(a)})
			}
		}
	}
	return points
}

// readRollups visits the stored rollups of the hours in r, of one sensor or, if
// it is empty, of all, each once: of several for one hour the last, for that is
// a correction. The time passed to visit is the end of the hour. dbMu is held
// for reading.
func (s *Store) readRollups(ctx context.Context, sensor string, r timeRange, visit func(l labels.Labels, end int64, v float64)) error {
	// A correction is less than a second after the hour's end.
	mint, maxt := r.From+hour, r.To+time.Second.Milliseconds()
	db, err := s.querier(mint, maxt)
	if err != nil {
		return err
	}
	defer db.Close()
	ms := []*labels.Matcher{labels.MustNewMatcher(labels.MatchRegexp, metricLabel, min1hName+"|"+avg1hName+"|"+max1hName)}
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
