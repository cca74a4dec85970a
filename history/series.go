package history

import "github.com/prometheus/prometheus/model/labels"

// The names of the series that PromQL finds here. Like the labels they are
// what people's rules and dashboards are written against.
const (
	metricName   = "temperature"
	lastSeenName = "temperature_last_seen_timestamp" // made up from the samples as it is read
	lowName      = "temperature:min1h"
	meanName     = "temperature:avg1h"
	highName     = "temperature:max1h"
	alertsName   = "ALERTS" // as Prometheus calls its own
)

// help says of each name what it is. All are gauges.
var help = map[string]string{
	metricName:   "Temperature in degrees Celsius",
	lastSeenName: "When the sensor was last heard, in seconds since 1970",
	lowName:      "Lowest temperature of the hour that ends here, in degrees Celsius",
	meanName:     "Mean temperature of the hour that ends here, in degrees Celsius",
	highName:     "Highest temperature of the hour that ends here, in degrees Celsius",
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
