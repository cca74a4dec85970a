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

var (
	errOtherMetric = errors.New("another metric")
	errNoTime      = errors.New("it has no value and time")
)

// parseLine reads one line of what Export wrote, of the text format of Prometheus
// or of promtool's dump. A line without a sample has no series; one of another
// metric is errOtherMetric. It reports whether the time is in seconds, as in
// OpenMetrics.
func parseLine(line string) (p point, inSeconds bool, err error) {
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return point{}, false, nil
	}
	open := strings.IndexByte(line, '{')
	if open < 0 {
		return point{}, false, errOtherMetric // without labels it is no sensor's
	}
	labels, rest, err := parseLabels(line[open+1:])
	if err != nil {
		return point{}, false, err
	}
	name := strings.TrimSpace(line[:open])
	dumped := name == ""
	if dumped {
		name = labels[metricLabel]
	}
	if name != metricName && name != exporterMetricName {
		return point{}, false, errOtherMetric
	}
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return point{}, false, errNoTime
	}
	celsius, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return point{}, false, fmt.Errorf("its value %.20q is no number", fields[0])
	}
	at, inSeconds, err := parseTime(fields[1], dumped)
	if err != nil {
		return point{}, false, err
	}
	ser, err := importedSensor(labels[sensorLabel], labels[nameLabel], labels[friendlyLabel])
	if err != nil {
		return point{}, false, err
	}
	return point{ser, at, celsius}, inSeconds, nil
}

// parseTime reads a Unix time, and returns it in ms. OpenMetrics has seconds, and
// promtool's dump milliseconds, as the text format of Prometheus has. Which of
// them it is its size tells, for a number of seconds thousands of years from now
// is one of milliseconds from 1973; so for the smaller units of other databases.
func parseTime(text string, dumped bool) (ms int64, inSeconds bool, err error) {
	const (
		leastMilliseconds = 1e11
		leastMicroseconds = 1e14
		leastNanoseconds  = 1e17
		never             = 1e18
	)
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, false, fmt.Errorf("its time %.20q is no number", text)
	}
	switch size := math.Abs(n); {
	case dumped, size >= leastMilliseconds && size < leastMicroseconds:
	case size >= leastNanoseconds:
		n /= 1e6
	case size >= leastMicroseconds:
		n /= 1e3
	default:
		n, inSeconds = math.Round(n*1000), true
	}
	return int64(min(max(n, -never), never)), inSeconds, nil
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
