package engine

import (
	"context"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"picotop/feed"
	"picotop/history"
)

// alerts is what Prometheus calls the series of its alerts, vmalert of its, and picotop of
// its warnings.
const alerts = "ALERTS"

// The labels of an alert.
const (
	alertNameLabel  = "alertname"
	alertStateLabel = "alertstate"
)

// An AlertNames says which alerts tell of a house.
type AlertNames struct {
	// Warnings are the warnings of picotop by the names of the alerts that tell of them.
	Warnings map[string]string
	// Prefix is what the names of others begin with, which are told as they are called.
	Prefix string
}

// pattern is the expression that matches the names.
func (n AlertNames) pattern() string {
	all := []string{regexp.QuoteMeta(n.Prefix) + ".+"}
	for name := range n.Warnings {
		if !strings.HasPrefix(name, n.Prefix) {
			all = append(all, regexp.QuoteMeta(name))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "|")
}

// Warned returns what was alerted of in a house, as [history.Store.Warned] does: what began
// in [from, to], newest first, and at most so much of it. What two programs tell of at the
// same time, such as picotop and the rules of a Prometheus that reads it, is one warning.
//
// All samples are read by one query, so that the times are exact, and are bounded as any
// answer is: one alert that stood for a year has ten megabytes if it is told each minute.
func (c *Client) Warned(ctx context.Context, house string, names AlertNames, from, to time.Time, most int) ([]history.PastWarning, error) {
	found := history.NewWarningFinder(from, to, most)
	selector := alerts + c.selector(&house, equals(alertStateLabel, "firing"),
		labels.MustNewMatcher(labels.MatchRegexp, alertNameLabel, names.pattern()))
	list, err := c.raw(ctx, selector, to, to.Sub(found.Since()))
	if err != nil {
		return nil, err
	}
	for _, stream := range list {
		found.Add(warningOf(stream.Metric, names), alertSamples(stream.Values))
	}
	return found.Result(), nil
}

// warningOf is the warning that an alert tells of.
func warningOf(m model.Metric, names AlertNames) history.Warning {
	w := history.Warning{Name: label(m, alertNameLabel)}
	if name, ok := names.Warnings[w.Name]; ok {
		w.Name = name
	}
	if who, ok := identity(m); ok {
		w.Sensor, w.SensorName, w.FriendlyName = who.Sensor, who.SensorName, who.FriendlyName
		if w.Sensor == "" {
			w.Sensor = w.SensorName // as a sensor is known of which no code is told
		}
		return w
	}
	w.Pico = clean(string(m[picoLabel]), feed.MaxNameRunes)
	return w
}

func alertSamples(list []model.SamplePair) iter.Seq2[time.Time, float64] {
	return func(yield func(time.Time, float64) bool) {
		for _, s := range list {
			if !yield(s.Timestamp.Time(), float64(s.Value)) {
				return
			}
		}
	}
}
