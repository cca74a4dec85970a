package exporter

import (
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// A metricsPage is one page of metrics, in the form of which the library makes each of the
// formats. It is built without the library's registry, which would check each series
// for what this package promises anyway, at eight times the cost of telling it.
//
// The zero value is an empty page.
type metricsPage struct{ families map[*metric]*dto.MetricFamily }

// A sample is what one series takes, in one piece.
type sample[V any] struct {
	metric dto.Metric
	what   V
	value  float64
}

// add tells one series. Its labels may be shared by several.
func (p *metricsPage) add(m *metric, value float64, labels ...*dto.LabelPair) {
	var told *dto.Metric
	if m.kind == dto.MetricType_COUNTER {
		s := &sample[dto.Counter]{value: value}
		s.what.Value, s.metric.Counter = &s.value, &s.what
		told = &s.metric
	} else {
		s := &sample[dto.Gauge]{value: value}
		s.what.Value, s.metric.Gauge = &s.value, &s.what
		told = &s.metric
	}
	told.Label = labels
	family := p.families[m]
	if family == nil {
		if p.families == nil {
			p.families = map[*metric]*dto.MetricFamily{}
		}
		family = &dto.MetricFamily{Name: &m.name, Help: &m.help, Type: &m.kind}
		p.families[m] = family
	}
	family.Metric = append(family.Metric, told)
}

// with are the labels of a metric with their values, in the order of its declaration.
func (m *metric) with(values ...string) []*dto.LabelPair {
	pairs := make([]dto.LabelPair, len(values))
	out := make([]*dto.LabelPair, len(values))
	for i := range values {
		pairs[i].Name, pairs[i].Value = &m.labels[i], &values[i]
		out[i] = &pairs[i]
	}
	return out
}

// sorted are the families of the page and others, by name.
func (p *metricsPage) sorted(others []*dto.MetricFamily) []*dto.MetricFamily {
	list := slices.Grow(others, len(p.families))
	for _, f := range p.families {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b *dto.MetricFamily) int { return strings.Compare(a.GetName(), b.GetName()) })
	return list
}
