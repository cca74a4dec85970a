package history

import (
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// The names of the series that PromQL finds here. Like the labels they are
// what people's rules and dashboards are written against.
const (
	metricName   = "temperature"
	lastSeenName = "temperature_last_seen_timestamp" // made up from the samples as it is read
	min1hName    = "temperature:min1h"
	avg1hName    = "temperature:avg1h"
	max1hName    = "temperature:max1h"
	alertsName   = "ALERTS" // as Prometheus calls its own
)

// help says of each name what it is. All are gauges.
var help = map[string]string{
	metricName:   "Temperature in degrees Celsius",
	lastSeenName: "When the sensor was last heard, in seconds since 1970",
	min1hName:    "Lowest temperature of the hour that ends here, in degrees Celsius",
	avg1hName:    "Mean temperature of the hour that ends here, in degrees Celsius",
	max1hName:    "Highest temperature of the hour that ends here, in degrees Celsius",
	alertsName:   "1 while a warning of picotop lasts, each minute",
}

// called returns the labels with another name.
func called(name string, l labels.Labels) labels.Labels {
	return labels.NewBuilder(l).Set(metricLabel, name).Labels()
}

// matching reports whether all matchers like the labels.
func matching(ms []*labels.Matcher, l labels.Labels) bool {
	for _, m := range ms {
		if !m.Matches(l.Get(m.Name)) {
			return false
		}
	}
	return true
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

	derived       bool // not readings: an hour's figures, or a warning
	labels        labels.Labels
	ref           storage.SeriesRef // guarded by Store.batchMu; 0 until the first commit
	refGeneration int               // guarded by Store.batchMu; the value of Store.dbGeneration that ref belongs to
	lastAccepted  int64             // guarded by Store.mu; newest accepted, in ms of the monotonic clock
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
