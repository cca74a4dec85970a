package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"
	"github.com/prometheus/common/model"

	"picotop/internal/romcode"
	"picotop/internal/sensorname"
)

// A Selection is what Export reads.
type Selection struct {
	House  string
	Sensor string // name or ROM code; empty means all
	Since  time.Time
}

// A NoSensorError says that an engine keeps nothing of a sensor.
type NoSensorError struct{ At, Sensor string }

func (e *NoSensorError) Error() string { return fmt.Sprintf("%s has no sensor %q", e.At, e.Sensor) }

const (
	day = 24 * time.Hour
	// exportPart is the time for which is counted at once what there is on each day.
	exportPart = 30 * day
	// exportSamples is how many samples are read at once, if one day does not have more.
	exportSamples = 200_000
)

// Export reads the readings of a house, those of each sensor in the order of their times,
// in bounded parts: first how many there are on each day of a month, and then as many days
// at once as hold 200,000 samples. progress, unless it is nil, is told from 0 to 1. An
// error of visit ends it and is returned.
func (c *Client) Export(ctx context.Context, sel Selection, progress func(float64), visit func(Reading) error) error {
	if progress == nil {
		progress = func(float64) {}
	}
	end := c.now()
	from := sel.Since.UTC().Truncate(day)
	whole := end.Sub(from)
	codes, err := c.codes(ctx, sel.House)
	if err != nil {
		return err
	}
	last := map[string]time.Time{} // by sensor
	found := false
	for part := from; part.Before(end); part = part.Add(exportPart) {
		counts, err := c.samplesByDay(ctx, sel.House, part)
		if err != nil {
			return err
		}
		for i := 0; i < len(counts); {
			n, days := counts[i], 1
			for i+days < len(counts) && n+counts[i+days] <= exportSamples {
				n += counts[i+days]
				days++
			}
			start := part.Add(time.Duration(i) * day)
			i += days
			if n == 0 || !start.Before(end) {
				continue
			}
			if err := c.exportDays(ctx, sel, start, min(days, 30), n, func(r Reading) error {
				if code := codes[r.SensorName]; code != "" && r.Sensor == r.SensorName {
					r.Sensor = code
				}
				if !sel.wants(r) {
					return nil
				}
				found = true
				if r.At.Before(sel.Since) || !r.At.After(last[r.Sensor]) {
					return nil
				}
				last[r.Sensor] = r.At
				return visit(r)
			}); err != nil {
				return err
			}
			progress(min(1, float64(start.Add(time.Duration(days)*day).Sub(from))/float64(whole)))
		}
		progress(min(1, float64(part.Add(exportPart).Sub(from))/float64(whole)))
	}
	if !found && sel.Sensor != "" {
		return &NoSensorError{At: c.target, Sensor: sel.Sensor}
	}
	return nil
}

// codes are those of the sensors of a house, as told in the last hour. What was told in
// years without codes is theirs.
func (c *Client) codes(ctx context.Context, house string) (sensorCodes, error) {
	list, err := c.Readings(ctx, house, c.now(), MaxWindow)
	codes := sensorCodes{}
	for _, r := range list {
		codes.learn(r)
	}
	return codes, err
}

// wants reports whether a reading is of the sensor.
func (s Selection) wants(r Reading) bool {
	return s.Sensor == "" || romcode.Canonical(s.Sensor) == r.Sensor || strings.EqualFold(s.Sensor, r.Sensor) ||
		strings.EqualFold(sensorname.Label(s.Sensor), r.SensorName) || strings.EqualFold(s.Sensor, r.FriendlyName)
}

// exportDays reads days of at most n samples in all. A day that has too many is read by
// the hour.
func (c *Client) exportDays(ctx context.Context, sel Selection, start time.Time, days, n int, visit func(Reading) error) error {
	window := time.Duration(days) * day
	if n > exportSamples {
		window = time.Hour
	}
	stop := start.Add(time.Duration(days) * day)
	for at := start; at.Before(stop); at = at.Add(window) {
		list, err := c.raw(ctx, c.selector(&sel.House, anyReading), at.Add(window-time.Millisecond), window)
		if err != nil {
			return err
		}
		for _, r := range readingsOf(list) {
			if err := visit(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// samplesByDay counts the samples of a house on each day from a time on.
func (c *Client) samplesByDay(ctx context.Context, house string, from time.Time) ([]int, error) {
	n := int(exportPart / day)
	var all []string
	for _, metric := range []string{temperature, seen, picotopTemperature, picotopSeen} {
		all = append(all, fmt.Sprintf("(sum(count_over_time(%s%s[%s])) or vector(0))", metric, c.selector(&house), format(day)))
	}
	query := strings.Join(all, " + ")
	first := from.Add(day - time.Millisecond)
	list, err := c.stepped(ctx, query, v1.Range{Start: first, End: first.Add(exportPart - day), Step: day})
	if err != nil {
		return nil, err
	}
	counts := make([]int, n)
	for _, s := range slices.Concat(valuesOf(list)...) {
		if i := int(s.Timestamp.Time().Sub(from) / day); i >= 0 && i < n && s.Value > 0 && s.Value < 1e12 {
			counts[i] = int(s.Value)
		}
	}
	return counts, nil
}

func valuesOf(list model.Matrix) [][]model.SamplePair {
	var all [][]model.SamplePair
	for _, s := range list {
		all = append(all, s.Values)
	}
	return all
}
