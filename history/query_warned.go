package history

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// Warned returns the warnings that began in [from, to], newest first: the newest, if
// there are more than most. One that a rename parted is told once, with the names that
// it had last. Reading takes about 25 ms for each year that warnings stood in all.
func (s *Store) Warned(ctx context.Context, from, to time.Time, most int) (list []PastWarning, err error) {
	err = s.retryRepaired(ctx, func() error {
		list, err = s.warnedBetween(ctx, from, to, most)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the warnings: %w", err)
	}
	return list, nil
}

func (s *Store) warnedBetween(ctx context.Context, from, to time.Time, most int) ([]PastWarning, error) {
	found := NewWarningFinder(from, to, most)
	q, err := s.Queryable().Querier(found.Since().UnixMilli(), to.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer q.Close()
	set := q.Select(ctx, false, nil, labels.MustNewMatcher(labels.MatchEqual, metricLabel, alertsName))
	var it chunkenc.Iterator
	for set.Next() {
		it = set.At().Iterator(it)
		found.Add(warningFromLabels(set.At().Labels()), warningSamples(ctx, it))
		if err := cmp.Or(ctx.Err(), it.Err()); err != nil {
			return nil, s.checkReadErr(ctx, err)
		}
	}
	if err := s.checkReadErr(ctx, set.Err()); err != nil {
		return nil, err
	}
	return found.Result(), nil
}

// warningSamples are those of one series until ctx ends.
func warningSamples(ctx context.Context, it chunkenc.Iterator) iter.Seq2[time.Time, float64] {
	return func(yield func(time.Time, float64) bool) {
		for n := 1; it.Next() == chunkenc.ValFloat; n++ {
			if n%(1<<14) == 0 && ctx.Err() != nil {
				return
			}
			if ms, v := it.At(); !yield(time.UnixMilli(ms), v) {
				return
			}
		}
	}
}

// warningFromLabels is the way back from labels. They are copied, for theirs is mapped
// memory.
func warningFromLabels(l labels.Labels) Warning {
	get := func(name string) string { return strings.Clone(l.Get(name)) }
	return Warning{
		Name: get("alertname"), Sensor: get(sensorLabel), SensorName: get(nameLabel),
		FriendlyName: get(friendlyLabel), Pico: get("pico"),
	}
}
