package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// A NoHistoryError says that a directory holds no history.
type NoHistoryError struct {
	Dir string
}

func (e *NoHistoryError) Error() string { return "there is no history in " + e.Dir }

// A NoSensorError says that a history has no such sensor.
type NoSensorError struct {
	Sensor string
	Known  []string
}

func (e *NoSensorError) Error() string {
	return fmt.Sprintf("the history has no sensor %q", e.Sensor)
}

// A View reads a history as it is on disk, also beside a program that writes
// it: what that one has not committed yet is missing.
type View struct {
	dir string
	db  *tsdb.DBReadOnly
}

// OpenView opens a view. Its owner must close it.
func OpenView(dir string) (*View, error) {
	if known, err := checkVersion(dir); errors.Is(err, fs.ErrNotExist) || err == nil && !known {
		return nil, &NoHistoryError{Dir: dir}
	} else if err != nil {
		return nil, &DirError{Dir: dir, Err: err}
	}
	// The library makes a directory in it, for hard links to files that the
	// writer may remove.
	db, err := tsdb.OpenDBReadOnly(dir, "", nil)
	if err != nil {
		return nil, &DirError{Dir: dir, Err: err}
	}
	return &View{dir, db}, nil
}

// Close ends the view, and removes what it needed.
func (v *View) Close() error { return v.db.Close() }

// querier retries: the writer may be in the middle of a record or a block.
func (v *View) querier(ctx context.Context, from, to int64) (q storage.ChunkQuerier, err error) {
	for wait := 50 * time.Millisecond; wait < 2*time.Second; wait *= 2 {
		if q, err = v.db.ChunkQuerier(from, to); err == nil {
			return q, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
	return nil, &DamagedError{fmt.Errorf("reading the history in %s: %w", v.dir, oneLine(err))}
}

// A DamagedError says that what is on disk cannot be read.
type DamagedError struct{ error }

// Sensor finds the ROM code of a sensor by that or by one of its names.
func (v *View) Sensor(ctx context.Context, name string) (string, error) {
	found := ""
	known := map[string]bool{}
	err := v.chunks(ctx, math.MinInt64, math.MaxInt64, func(ser *series, _ chunks.Meta) error {
		known[cmp.Or(ser.sensorName, ser.sensor)] = true
		if strings.EqualFold(name, ser.sensor) || strings.EqualFold(name, ser.sensorName) || strings.EqualFold(name, ser.friendlyName) {
			if found != "" && found != ser.sensor {
				return fmt.Errorf("there are several sensors %q, such as %s and %s", name, found, ser.sensor)
			}
			found = ser.sensor
		}
		return nil
	})
	if err == nil && found == "" {
		err = &NoSensorError{name, slices.Sorted(maps.Keys(known))}
	}
	return found, err
}

// chunks visits all chunks that overlap [from, to], series by series.
func (v *View) chunks(ctx context.Context, from, to int64, visit func(*series, chunks.Meta) error) error {
	q, err := v.querier(ctx, from, to)
	if err != nil {
		return err
	}
	defer q.Close()
	set := q.Select(ctx, true, nil, temperatureMatchers("")...)
	var it chunks.Iterator
	for set.Next() {
		ser := seriesFromLabels(set.At().Labels())
		it = set.At().Iterator(it)
		for it.Next() {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := visit(ser, it.At()); err != nil {
				return err
			}
		}
		if it.Err() != nil {
			return &DamagedError{it.Err()}
		}
	}
	if set.Err() != nil {
		return &DamagedError{set.Err()}
	}
	return nil
}
