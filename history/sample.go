package history

import (
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// A Sample is one reading on its way into the store, or out of it.
type Sample struct {
	Sensor       string // ROM code
	SensorName   string
	FriendlyName string
	At           time.Time // to the millisecond
	Celsius      float64
}

// The labels of a series are what people's rules and dashboards are written
// against.
const (
	metricLabel   = "__name__"
	sensorLabel   = "sensor"
	nameLabel     = "sensor_name"
	friendlyLabel = "friendly_name"
)

// series is one sensor under one name.
type series struct {
	sensor, sensorName, friendlyName string

	derived bool // not readings: an hour's figures, or a warning
	labels  labels.Labels
	ref     storage.SeriesRef // guarded by Store.moving; 0 until the first commit
	opens   int               // guarded by Store.moving; the value of Store.opens that ref belongs to
	last    int64             // guarded by Store.mu; newest accepted, in ms of the clock without steps
}

func newSeries(p Sample) *series {
	return &series{
		sensor: p.Sensor, sensorName: p.SensorName, friendlyName: p.FriendlyName,
		labels: labels.FromStrings(
			metricLabel, metricName,
			friendlyLabel, p.FriendlyName,
			sensorLabel, p.Sensor,
			nameLabel, p.SensorName,
		),
	}
}

// named reports whether a sample belongs to the series of its sensor, or the
// sensor has a new name.
func (s *series) named(p Sample) bool {
	return s.sensorName == p.SensorName && s.friendlyName == p.FriendlyName
}

// seriesOf reads labels back.
func seriesOf(l labels.Labels) *series {
	return &series{
		sensor: l.Get(sensorLabel), sensorName: l.Get(nameLabel), friendlyName: l.Get(friendlyLabel),
		labels: l,
	}
}

// point is a sample at rest: a third of its size, for there may be many.
type point struct {
	series  *series
	at      int64 // Unix ms, or in the queue ms of the clock without steps
	celsius float64
}

func (p point) sample() Sample {
	return Sample{
		Sensor:       p.series.sensor,
		SensorName:   p.series.sensorName,
		FriendlyName: p.series.friendlyName,
		At:           time.UnixMilli(p.at),
		Celsius:      p.celsius,
	}
}
