package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/tsdb/chunks"
)

// A SensorInfo describes the samples of one sensor.
type SensorInfo struct {
	Sensor  string   // ROM code
	Names   []string // all that it had, as they are sent if that is known
	Samples uint64
	Oldest  time.Time
	Newest  time.Time
}

func (s *SensorInfo) addName(name string) {
	if !slices.Contains(s.Names, name) {
		s.Names = append(s.Names, name)
	}
}

// Info describes what is in a history.
type Info struct {
	Bytes           int64 // on disk, without the quarantine
	Samples         uint64
	Series          int
	Sensors         []SensorInfo // by ROM code
	Oldest          time.Time    // zero if there are no samples, like Newest
	Newest          time.Time
	Damaged         []string // blocks that cannot be read, and why
	Quarantine      []string // paths of what is in quarantine
	QuarantineBytes int64    // on disk, in quarantine
}

// Info reads a history through.
func (v *View) Info(ctx context.Context) (Info, error) {
	var info Info
	var err error
	if info.Bytes, info.QuarantineBytes, info.Quarantine, err = v.diskUsage(); err != nil {
		return info, fmt.Errorf("looking at %s: %w", v.dir, err)
	}
	names, err := blockNames(v.dir)
	if err != nil {
		return info, fmt.Errorf("looking at %s: %w", v.dir, err)
	}
	for _, name := range names {
		block := filepath.Join(v.dir, name)
		if err := checkBlock(block, false); err != nil && exists(block) { // else it was merged
			info.Damaged = append(info.Damaged, fmt.Sprintf("%s: %v", name, oneLine(err)))
		}
	}
	if len(info.Damaged) > 0 {
		return info, nil
	}
	sensors, sent := map[string]*SensorInfo{}, readSentNames(v.dir)
	err = v.chunks(ctx, math.MinInt64, math.MaxInt64, func(ser *series, m chunks.Meta) error {
		sensor := sensors[ser.sensor]
		if sensor == nil {
			sensor = &SensorInfo{Sensor: ser.sensor, Oldest: time.UnixMilli(m.MinTime)}
			sensors[ser.sensor] = sensor
		}
		sensor.addName(cmp.Or(sent.of(ser), ser.sensorName))
		sensor.Samples += uint64(m.Chunk.NumSamples())
		sensor.Oldest = earlier(sensor.Oldest, time.UnixMilli(m.MinTime))
		sensor.Newest = later(sensor.Newest, time.UnixMilli(m.MaxTime))
		return nil
	})
	for _, id := range slices.Sorted(maps.Keys(sensors)) {
		sensor := sensors[id]
		info.Sensors = append(info.Sensors, *sensor)
		info.Samples += sensor.Samples
		info.Series += len(sensor.Names)
		if info.Oldest.IsZero() {
			info.Oldest = sensor.Oldest
		}
		info.Oldest, info.Newest = earlier(info.Oldest, sensor.Oldest), later(info.Newest, sensor.Newest)
	}
	return info, err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// diskUsage adds up the sizes of files, apart from the quarantine and in it, and
// lists what is in there.
func (v *View) diskUsage() (bytes, quarantineBytes int64, quarantined []string, err error) {
	quarantine := filepath.Join(v.dir, quarantineName)
	err = filepath.WalkDir(v.dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // the writer removed it
			return nil
		}
		if err != nil {
			return err
		}
		if filepath.Dir(path) == quarantine {
			quarantined = append(quarantined, path)
		}
		info, err := d.Info()
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		if strings.HasPrefix(path, quarantine) {
			quarantineBytes += info.Size()
		} else {
			bytes += info.Size()
		}
		return nil
	})
	return bytes, quarantineBytes, quarantined, err
}
