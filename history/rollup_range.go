package history

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// longRange is beyond which a range is read hour by hour: below, readings are
// quick enough.
const longRange = 14 * 24 * time.Hour

// addHours fills buckets of whole hours with figures: those recorded, and for
// other hours those of the readings.
func (s *Store) addHours(ctx context.Context, sensor string, b *buckets) error {
	done, parts, err := s.split(span{b.from, b.to() + 1})
	if err != nil {
		return err
	}
	for _, part := range done {
		if err := s.addRecorded(ctx, sensor, part, b); err != nil {
			return err
		}
	}
	for _, part := range parts {
		all, err := s.figures(ctx, sensor, part)
		if err != nil {
			return err
		}
		for _, h := range all {
			for i := range h.list {
				if f := &h.list[i]; f.n > 0 {
					at := part.From + int64(i)*hour
					b.add(at, f.mean())
					b.widen(at, f.low)
					b.widen(at, f.high)
				}
			}
		}
	}
	return nil
}

// split divides a stretch into hours that are recorded and others, and leaves
// out those before and after all samples.
func (s *Store) split(of span) (done, others spans, err error) {
	oldest, newest, err := s.bounds()
	if err != nil || oldest > newest {
		return nil, nil, err
	}
	of.From = max(of.From, floorDiv(oldest, hour)*hour)
	of.To = min(of.To, (floorDiv(newest, hour)+1)*hour)
	known := s.hours.recorded()
	return known.within(of), known.without(of), nil
}

// addRecorded adds what was recorded. The means come first, for each brings an
// hour into its bucket.
func (s *Store) addRecorded(ctx context.Context, sensor string, of span, b *buckets) error {
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
	err := s.recorded(ctx, sensor, of, func(l labels.Labels, end int64, v float64) {
		if l.Get(metricLabel) == meanName {
			b.add(end-hour, v)
			return
		}
		extremes = append(extremes, extreme{end - hour, v})
	})
	for _, e := range extremes {
		b.widen(e.start, e.v)
	}
	return err
}

// widen takes an extreme into a bucket that has something.
func (b *buckets) widen(at int64, celsius float64) {
	if k := &b.list[(at-b.from)/b.step]; k.Count > 0 {
		k.Min, k.Max = min(k.Min, celsius), max(k.Max, celsius)
	}
}
