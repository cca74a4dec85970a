package history

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// rollupThreshold is the length above which a range is read from rollups: up to
// it, readings are quick enough.
const rollupThreshold = 14 * 24 * time.Hour

// addRollups fills buckets of whole hours from the stored rollups, and for hours
// without them from the readings.
func (s *Store) addRollups(ctx context.Context, sensor string, b *buckets) error {
	recorded, others, err := s.splitRecorded(timeRange{b.from, b.to() + 1})
	if err != nil {
		return err
	}
	for _, part := range recorded {
		if err := s.addRecorded(ctx, sensor, part, b); err != nil {
			return err
		}
	}
	for _, part := range others {
		all, err := s.aggregateHours(ctx, sensor, part)
		if err != nil {
			return err
		}
		for _, h := range all {
			for i := range h.hours {
				if a := &h.hours[i]; a.n > 0 {
					at := part.From + int64(i)*hour
					b.add(at, a.mean())
					b.addExtreme(at, a.min)
					b.addExtreme(at, a.max)
				}
			}
		}
	}
	return nil
}

// splitRecorded divides a range into hours that are rolled up and others, and
// leaves out those before and after all samples.
func (s *Store) splitRecorded(r timeRange) (recorded, others timeRanges, err error) {
	oldest, newest, err := s.bounds()
	if err != nil || oldest > newest {
		return nil, nil, err
	}
	r.From = max(r.From, floorDiv(oldest, hour)*hour)
	r.To = min(r.To, (floorDiv(newest, hour)+1)*hour)
	known := s.rollups.recorded()
	return known.intersect(r), known.gaps(r), nil
}

// addRecorded adds the stored rollups of a range. The means come first, for each
// brings an hour into its bucket.
func (s *Store) addRecorded(ctx context.Context, sensor string, r timeRange, b *buckets) error {
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return errClosed
	}
	type extreme struct {
		start int64
		v     float64
	}
	var extremes []extreme
	err := s.readRollups(ctx, sensor, r, func(l labels.Labels, end int64, v float64) {
		if l.Get(metricLabel) == avg1hName {
			b.add(end-hour, v)
			return
		}
		extremes = append(extremes, extreme{end - hour, v})
	})
	for _, e := range extremes {
		b.addExtreme(e.start, e.v)
	}
	return err
}

// addExtreme widens the minimum and maximum of the bucket at a time, unless that
// is empty.
func (b *buckets) addExtreme(at int64, celsius float64) {
	if k := &b.list[(at-b.from)/b.step]; k.Count > 0 {
		k.Min, k.Max = min(k.Min, celsius), max(k.Max, celsius)
	}
}
