package history

import (
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
)

// The names of the series that PromQL finds here. Like the labels they are
// what people's rules and dashboards are written against.
const (
	metricName   = "temperature"
	lastSeenName = "temperature_last_seen_timestamp" // computed from the samples as it is read
	min1hName    = "temperature:min1h"
	avg1hName    = "temperature:avg1h"
	max1hName    = "temperature:max1h"
	silentName   = "temperature:silent"
	alertsName   = "ALERTS" // as Prometheus calls its own
)

// metricHelp describes each metric. All are gauges.
var metricHelp = map[string]string{
	metricName:   "Temperature in degrees Celsius",
	lastSeenName: "When the sensor was last heard, in seconds since 1970",
	min1hName:    "Lowest temperature of the hour that ends here, in degrees Celsius",
	avg1hName:    "Mean temperature of the hour that ends here, in degrees Celsius",
	max1hName:    "Highest temperature of the hour that ends here, in degrees Celsius",
	silentName:   "1 at the moment at which the sensor was found to be silent",
	alertsName:   "1 while a warning of picotop lasts, each minute",
}

// Metrics are the names of the series in a store.
type Metrics struct {
	Readings []string          // readings, warnings and silences
	Hours    []string          // rollups, which follow hours later
	LastSeen map[string]string // by metric: the one that is computed from it
	Silent   map[string]string // by metric: that of the series that went silent at its samples
}

// MetricNames are the series in a store.
func MetricNames() Metrics {
	return Metrics{
		Readings: []string{metricName, silentName, alertsName},
		Hours:    []string{min1hName, avg1hName, max1hName},
		LastSeen: map[string]string{metricName: lastSeenName},
		Silent:   map[string]string{silentName: metricName},
	}
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

	derived       bool // not readings: rollups, a warning or a silence
	rollup        bool
	labels        labels.Labels
	ref           storage.SeriesRef // guarded by Store.batchMu; 0 until the first commit
	refGeneration int               // guarded by Store.batchMu; the value of Store.dbGeneration that ref belongs to
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

// sameNames reports whether a sample of the same sensor belongs to the series:
// not if the sensor was renamed.
func (s *series) sameNames(p Sample) bool {
	return s.sensorName == p.SensorName && s.friendlyName == p.FriendlyName
}

// seriesFromLabels is the reverse of newSeries.
func seriesFromLabels(l labels.Labels) *series {
	return &series{
		sensor: l.Get(sensorLabel), sensorName: l.Get(nameLabel), friendlyName: l.Get(friendlyLabel),
		labels: l,
	}
}

// withMetricName returns the labels with another metric name.
func withMetricName(name string, l labels.Labels) labels.Labels {
	return labels.NewBuilder(l).Set(metricLabel, name).Labels()
}

// matchesAll reports whether the labels match all matchers.
func matchesAll(ms []*labels.Matcher, l labels.Labels) bool {
	for _, m := range ms {
		if !m.Matches(l.Get(m.Name)) {
			return false
		}
	}
	return true
}
