package history

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"

	"picotop/internal/romcode"
)

// A MergePlan is what MergeSensors is about to do. The readings of the old sensor
// are those moved, already there and differing together.
type MergePlan struct {
	Old, New SensorInfo

	Moved     uint64 // readings that the successor gets
	Already   uint64 // those that it has, of the same time and temperature: they go
	Differing uint64 // those of whose time it has another temperature, which stays
}

// MergeSensors gives the readings of a sensor that was replaced to its
// successor, under the successor's name, and returns how many were moved. Both
// are ROM codes. No other program may have the history open.
//
// When it knows what it will do it calls confirm, and stops if that returns an
// error. The readings are copied first and deleted then, so that a crash leaves
// them twice, and running it again puts that right.
func MergeSensors(ctx context.Context, cfg Config, old, successor string, confirm func(MergePlan) error) (moved uint64, err error) {
	old, successor = romcode.Canonical(old), romcode.Canonical(successor)
	if old == successor {
		return 0, fmt.Errorf("%s cannot be its own successor", old)
	}
	s, err := openExclusive(cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close(), chownToDirOwner(cfg.Dir)) }()
	s.writeMu.Lock()
	defer s.writeMu.Unlock()

	plan, name, err := s.planMerge(ctx, old, successor)
	if err != nil {
		return 0, err
	}
	if err := confirm(plan); err != nil {
		return 0, err
	}
	if err := flushHead(ctx, s.db); err != nil {
		return 0, fmt.Errorf("making room for the copy: %w", oneLine(err))
	}
	w, err := newBlockWriter(s.dir, s.libraryLogger())
	if err != nil {
		return 0, &DirError{Dir: s.dir, Err: err}
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if err := s.copyRenamed(ctx, w, old, name); err != nil {
		return 0, fmt.Errorf("copying the readings of %s: %w", old, oneLine(err))
	}
	if err := s.closeDB(); err != nil {
		return 0, err
	}
	if err := w.publish(ctx); err != nil {
		return 0, fmt.Errorf("copying the readings of %s: %w", old, oneLine(err))
	}

	// From here on it is finished, whatever ctx says: half of it is the worst.
	if err := errors.Join(w.close(), s.openDB()); err != nil {
		return 0, err
	}
	return plan.Moved, s.deleteSensor(context.WithoutCancel(ctx), old)
}

// planMerge finds out what a merge would do, and which series the readings would
// go to.
func (s *Store) planMerge(ctx context.Context, old, successor string) (plan MergePlan, to *series, err error) {
	if plan.Old, _, err = s.sensorInfo(ctx, old); err != nil {
		return plan, nil, err
	}
	if plan.New, to, err = s.sensorInfo(ctx, successor); err != nil {
		return plan, nil, err
	}
	q, err := s.querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return plan, nil, err
	}
	defer q.Close()
	from, err := sensorIterator(ctx, q, temperatureMatchers(old))
	if err != nil {
		return plan, nil, err
	}
	has, err := newTimesOf(ctx, q, temperatureMatchers(successor))
	if err != nil {
		return plan, nil, err
	}
	for n := 0; from.Next() == chunkenc.ValFloat; n++ {
		if n%commitSamples == 0 && ctx.Err() != nil {
			return plan, nil, ctx.Err()
		}
		at, celsius := from.At()
		switch there, ok := has.at(at); {
		case !ok:
			plan.Moved++
		case there == celsius:
			plan.Already++
		default:
			plan.Differing++
		}
	}
	return plan, to, errors.Join(from.Err(), has.it.Err())
}

// sensorIterator goes through the samples of all series that match, as through
// those of one.
func sensorIterator(ctx context.Context, q storage.Querier, ms []*labels.Matcher) (chunkenc.Iterator, error) {
	all, err := collectSeries(q.Select(ctx, true, nil, ms...))
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return chunkenc.NewNopIterator(), nil
	}
	return storage.ChainSampleIteratorFromSeries(nil, all), nil
}

// timesOf looks up samples by their times, which are asked for in order.
type timesOf struct {
	it   chunkenc.Iterator
	done bool
}

func newTimesOf(ctx context.Context, q storage.Querier, ms []*labels.Matcher) (*timesOf, error) {
	it, err := sensorIterator(ctx, q, ms)
	return &timesOf{it: it}, err
}

func (o *timesOf) at(t int64) (value float64, ok bool) {
	if o.done = o.done || o.it.Seek(t) != chunkenc.ValFloat; o.done {
		return 0, false
	}
	at, value := o.it.At()
	return value, at == t
}

// copyRenamed copies all series of a sensor, rollups and warnings too, under the
// name of another, without the times that the other has.
func (s *Store) copyRenamed(ctx context.Context, w *blockWriter, old string, to *series) error {
	q, err := s.querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return err
	}
	defer q.Close()
	same := map[string][]storage.Series{} // by their labels to be
	set := q.Select(ctx, true, nil, labels.MustNewMatcher(labels.MatchEqual, sensorLabel, old))
	for set.Next() {
		key := withSensor(set.At().Labels(), to).String()
		same[key] = append(same[key], set.At())
	}
	if set.Err() != nil {
		return set.Err()
	}
	for _, list := range same {
		l := withSensor(list[0].Labels(), to)
		has, err := newTimesOf(ctx, q, []*labels.Matcher{
			labels.MustNewMatcher(labels.MatchEqual, sensorLabel, to.sensor),
			labels.MustNewMatcher(labels.MatchEqual, metricLabel, l.Get(metricLabel)),
			labels.MustNewMatcher(labels.MatchEqual, "alertname", l.Get("alertname")),
		})
		if err != nil {
			return err
		}
		it := storage.ChainSampleIteratorFromSeries(nil, list)
		for n := 0; it.Next() == chunkenc.ValFloat; n++ {
			if n%commitSamples == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			at, value := it.At()
			if _, ok := has.at(at); ok {
				continue
			}
			if err := w.add(l, at, value); err != nil {
				return err
			}
		}
		if err := errors.Join(it.Err(), has.it.Err()); err != nil {
			return err
		}
	}
	return nil
}

// withSensor returns the labels of a series of a sensor with another one's code and names.
func withSensor(l labels.Labels, to *series) labels.Labels {
	b := labels.NewBuilder(l)
	b.Set(sensorLabel, to.sensor)
	b.Set(nameLabel, to.sensorName)
	b.Set(friendlyLabel, to.friendlyName) // what is empty is left out
	return b.Labels()
}
