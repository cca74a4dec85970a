package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// sensorInfo looks a sensor up, and its newest series. It returns a
// [*NoSensorError] if there are no readings of it.
func (s *Store) sensorInfo(ctx context.Context, sensor string) (info SensorInfo, newest *series, err error) {
	info.Sensor = sensor
	names := readSentNames(s.dir)
	err = s.scan(ctx, sensor, math.MinInt64, math.MaxInt64, func(p point) {
		at := time.UnixMilli(p.at)
		if info.Samples++; info.Samples == 1 {
			info.Oldest = at
		}
		info.Oldest = earlier(info.Oldest, at)
		if newest == nil || at.After(info.Newest) {
			info.Newest, newest = at, p.series
		}
		info.addName(cmp.Or(names.of(p.series), p.series.sensorName))
	})
	if err == nil && newest == nil {
		err = s.unknownSensorError(ctx, sensor)
	}
	return info, newest, err
}

func (s *Store) unknownSensorError(ctx context.Context, sensor string) error {
	q, err := s.querier(math.MinInt64, math.MaxInt64)
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

// deleteSensor deletes all series of a sensor, rollups and warnings too, and
// which Pico it belonged to. All of them are to be in blocks. writeMu is held.
func (s *Store) deleteSensor(ctx context.Context, sensor string) error {
	if err := s.deleteSeries(ctx, sensor); err != nil {
		return fmt.Errorf("deleting the readings of %s: %w", sensor, oneLine(err))
	}
	roster := s.LoadRoster()
	delete(roster.Sensors, sensor)
	delete(roster.Heard, sensor)
	delete(roster.Names, sensor)
	return errors.Join(s.compactNow(ctx), s.SaveRoster(roster))
}

func (s *Store) deleteSeries(ctx context.Context, sensor string) error {
	q, err := s.db.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return err
	}
	all := []*labels.Matcher{labels.MustNewMatcher(labels.MatchEqual, sensorLabel, sensor)}
	all, some, err := spellingLabels{q, true}.storedMatchers(ctx, all)
	if err = errors.Join(err, q.Close()); err != nil || !some {
		return err
	}
	if err := s.db.Delete(ctx, math.MinInt64, math.MaxInt64, all...); err != nil {
		return err
	}
	return s.db.CleanTombstones()
}
