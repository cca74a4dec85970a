package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// A MergePlan is what MergeSensors is about to do.
type MergePlan struct {
	Old, New SensorInfo
}

// MergeSensors gives the samples of a sensor that was replaced to its
// successor, under the successor's name. Both are ROM codes. No other program
// may have the history open.
//
// When it knows what it will do it calls confirm, and stops if that returns an
// error. The samples are copied first and deleted then, so that a crash leaves
// them twice, and running it again puts that right.
func MergeSensors(ctx context.Context, cfg Config, old, successor string, confirm func(MergePlan) error) (samples uint64, err error) {
	s, err := openExclusive(cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.Close(), chownToDirOwner(cfg.Dir)) }()
	s.writeMu.Lock()
	defer s.writeMu.Unlock()

	var plan MergePlan
	var name *series
	if plan.Old, _, err = s.sensorInfo(ctx, old); err != nil {
		return 0, err
	}
	if plan.New, name, err = s.sensorInfo(ctx, successor); err != nil {
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
		return 0, fmt.Errorf("copying the samples of %s: %w", old, oneLine(err))
	}
	if err := s.closeDB(); err != nil {
		return 0, err
	}
	if err := w.publish(ctx); err != nil {
		return 0, fmt.Errorf("copying the samples of %s: %w", old, oneLine(err))
	}

	// From here on it is finished, whatever ctx says: half of it is the worst.
	if err := errors.Join(w.close(), s.openDB()); err != nil {
		return 0, err
	}
	all := labels.MustNewMatcher(labels.MatchEqual, sensorLabel, old)
	err = s.db.Delete(context.WithoutCancel(ctx), math.MinInt64, math.MaxInt64, all)
	if err = errors.Join(err, s.db.CleanTombstones()); err != nil {
		return 0, fmt.Errorf("deleting the samples of %s: %w", old, oneLine(err))
	}
	roster := s.LoadRoster()
	delete(roster.Sensors, old)
	return w.samples, errors.Join(s.compactNow(ctx), s.SaveRoster(roster))
}

// sensorInfo looks a sensor up, and its newest series.
func (s *Store) sensorInfo(ctx context.Context, sensor string) (info SensorInfo, newest *series, err error) {
	info.Sensor = sensor
	err = s.scan(ctx, sensor, math.MinInt64, math.MaxInt64, func(p point) {
		at := time.UnixMilli(p.at)
		if info.Samples++; info.Samples == 1 {
			info.Oldest = at
		}
		info.Oldest = earlier(info.Oldest, at)
		if newest == nil || at.After(info.Newest) {
			info.Newest, newest = at, p.series
		}
		if !slices.Contains(info.Names, p.series.sensorName) {
			info.Names = append(info.Names, p.series.sensorName)
		}
	})
	if err == nil && newest == nil {
		err = s.unknownSensorError(ctx, sensor)
	}
	return info, newest, err
}

func (s *Store) unknownSensorError(ctx context.Context, sensor string) error {
	q, err := s.db.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return err
	}
	defer q.Close()
	known, _, err := q.LabelValues(ctx, sensorLabel, nil)
	if err != nil {
		return err
	}
	return &NoSensorError{Sensor: sensor, Known: known}
}

// copyRenamed copies all series of a sensor, rollups and warnings too, under the
// name of another.
func (s *Store) copyRenamed(ctx context.Context, w *blockWriter, old string, to *series) error {
	q, err := s.db.Querier(math.MinInt64, math.MaxInt64)
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
		it := storage.ChainSampleIteratorFromSeries(nil, list)
		for n := 0; it.Next() == chunkenc.ValFloat; n++ {
			if n%commitSamples == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			at, value := it.At()
			if err := w.add(l, at, value); err != nil {
				return err
			}
		}
		if it.Err() != nil {
			return it.Err()
		}
	}
	return nil
}

// withSensor returns the labels with another sensor's code and names.
func withSensor(l labels.Labels, to *series) labels.Labels {
	b := labels.NewBuilder(l).Set(sensorLabel, to.sensor)
	for name, value := range map[string]string{nameLabel: to.sensorName, friendlyLabel: to.friendlyName} {
		if l.Has(name) || cmp.Or(l.Get(metricLabel), metricName) == metricName {
			b.Set(name, value)
		}
	}
	return b.Labels()
}
