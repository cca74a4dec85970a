package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/tsdb/chunks"

	"picotop/internal/romcode"
	"picotop/internal/sensorname"
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

// An AmbiguousSensorError says that a name belongs to several sensors.
type AmbiguousSensorError struct {
	Name    string
	Sensors []string // their ROM codes, sorted
}

func (e *AmbiguousSensorError) Error() string {
	return fmt.Sprintf("there are %d sensors %q: %s", len(e.Sensors), e.Name, strings.Join(e.Sensors, ", "))
}

// A View reads a history as it is on disk, also beside a program that writes
// it: what that one has not committed yet is missing. It writes nothing there,
// so that the disk may be read-only.
type View struct {
	dir string
}

// OpenView opens a view. Its owner must close it.
func OpenView(dir string) (*View, error) {
	switch found, err := checkVersion(dir); {
	case err != nil:
		return nil, &DirError{Dir: dir, Err: err}
	case found == unmarked:
		return nil, &NoHistoryError{Dir: dir}
	}
	return &View{dir}, nil
}

// Close ends the view.
func (v *View) Close() error { return nil }

// querier retries: the writer may be in the middle of a record or a block.
func (v *View) querier(ctx context.Context, from, to int64) (q *shadowQuerier, err error) {
	for wait := 50 * time.Millisecond; wait < 2*time.Second; wait *= 2 {
		if q, err = openShadow(ctx, v.dir, from, to); err == nil {
			return q, nil
		}
		if errors.Is(err, errNoScratch) {
			return nil, fmt.Errorf("reading the history in %s: %w", v.dir, err)
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

// Sensor finds the ROM code of a sensor by that or by one of its names, however
// they are spelt, with white space or without. A ROM code comes before a name. It returns a [*NoSensorError]
// or an [*AmbiguousSensorError].
func (v *View) Sensor(ctx context.Context, name string) (string, error) {
	code := romcode.Canonical(name)
	label, names := sensorname.Label(name), readSentNames(v.dir)
	isCode := false
	found, known := map[string]bool{}, map[string]bool{}
	err := v.chunks(ctx, math.MinInt64, math.MaxInt64, func(ser *series, _ chunks.Meta) error {
		known[cmp.Or(names.of(ser), ser.sensorName, ser.sensor)] = true
		isCode = isCode || ser.sensor == code
		if strings.EqualFold(name, ser.sensor) || strings.EqualFold(label, ser.sensorName) || strings.EqualFold(name, ser.friendlyName) {
			found[ser.sensor] = true
		}
		return nil
	})
	switch sensors := slices.Sorted(maps.Keys(found)); {
	case err != nil:
		return "", err
	case isCode:
		return code, nil
	case len(sensors) == 0:
		return "", &NoSensorError{name, slices.Sorted(maps.Keys(known))}
	case len(sensors) > 1:
		return "", &AmbiguousSensorError{name, sensors}
	default:
		return sensors[0], nil
	}
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
