package history

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// exporterMetricName is what the temperatures are called on the page /metrics,
// and so in a Prometheus that scrapes it.
const exporterMetricName = "picotop_temperature_celsius"

var errOtherMetric = errors.New("another metric")

// parseLine reads one line of what Export wrote, or promtool tsdb dump. A line
// without a sample has no sensor; one of another metric is errOther.
func parseLine(line string) (p point, err error) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return point{}, nil
	}
	open := strings.IndexByte(line, '{')
	if open < 0 {
		return point{}, errOtherMetric // without labels it is no sensor's
	}
	labels, rest, err := parseLabels(line[open+1:])
	if err != nil {
		return point{}, err
	}
	name := strings.TrimSpace(line[:open])
	dumped := name == ""
	if dumped {
		name = labels[metricLabel]
	}
	if name != metricName && name != exporterMetricName {
		return point{}, errOtherMetric
	}
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return point{}, errors.New("it has no value and time")
	}
	celsius, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return point{}, fmt.Errorf("its value %.20q is no number", fields[0])
	}
	seconds, err := strconv.ParseFloat(fields[1], 64)
	if err != nil || math.IsNaN(seconds) || math.IsInf(seconds, 0) {
		return point{}, fmt.Errorf("its time %.20q is no number", fields[1])
	}
	at := int64(math.Round(seconds * 1000))
	if dumped { // in milliseconds
		at = int64(seconds)
	}
	sensor := labels[sensorLabel]
	if sensor == "" {
		// A packet without a code is known by its name, and so is a sensor of
		// the older exporter.
		sensor = labels[nameLabel]
	}
	if sensor == "" {
		return point{}, errors.New("it names no sensor")
	}
	ser := newSeries(Sample{Sensor: sensor, SensorName: labels[nameLabel], FriendlyName: labels[friendlyLabel]})
	return point{ser, at, celsius}, nil
}

// parseLabels reads a list of labels up to the closing brace, and returns what
// follows.
func parseLabels(s string) (labels map[string]string, rest string, err error) {
	labels = map[string]string{}
	for {
		s = strings.TrimLeft(s, ", ")
		if strings.HasPrefix(s, "}") {
			return labels, s[1:], nil
		}
		name, after, ok := strings.Cut(s, "=")
		if !ok || !strings.HasPrefix(after, `"`) {
			return nil, "", errors.New("its labels are not whole")
		}
		value, n, err := unquoteLabel(after[1:])
		if err != nil {
			return nil, "", err
		}
		labels[strings.TrimSpace(name)] = value
		s = after[1+n:]
	}
}

// unquoteLabel reads up to the closing quote, and returns how many bytes that
// was.
func unquoteLabel(s string) (value string, n int, err error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '"':
			return b.String(), i + 1, nil
		case '\\':
			if i++; i == len(s) {
				continue
			}
			if s[i] == 'n' {
				b.WriteByte('\n')
				continue
			}
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, errors.New("a label does not end")
}
