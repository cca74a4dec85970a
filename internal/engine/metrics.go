package engine

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"picotop/feed"
	"picotop/internal/romcode"
)

// What is read of a sensor: its temperatures, and when it was heard. The first two are
// the first exporter's, and picotop has them too; the history of picotop, written
// elsewhere, has the first with the label sensor.
//
// A program that is scraped repeats the last temperature until the next one comes, also
// for a sensor that has long been silent. So where there is a time of the last packet
// beside a temperature, that is the time of the reading. Where there is none the sample
// is the reading.
const (
	temperature        = "temperature"
	seen               = "temperature_last_seen_timestamp"
	picotopTemperature = "picotop_temperature_celsius"
	picotopSeen        = "picotop_last_seen_timestamp_seconds"
	picoSeen           = "picotop_pico_last_seen_timestamp_seconds"
	sensorCondition    = "picotop_sensor_condition"
	picoCondition      = "picotop_pico_condition"
)

// The labels of a sensor.
const (
	sensorLabel       = "sensor"
	sensorNameLabel   = "sensor_name"
	friendlyNameLabel = "friendly_name"
	picoLabel         = "pico"
	instanceLabel     = "instance"
)

var anyReading = labels.MustNewMatcher(labels.MatchRegexp, model.MetricNameLabel,
	temperature+"|"+seen+"|"+picotopTemperature+"|"+picotopSeen)

// maxAge is how much earlier than its sample a time may be that says when a sensor was
// heard, and maxAhead how much later: clocks differ.
const (
	maxAge   = 60 * 24 * time.Hour
	maxAhead = 10 * time.Minute
)

// A Reading is a temperature of one sensor. All text is clean.
type Reading struct {
	Sensor       string // ROM code; the name where no code is told
	SensorName   string
	FriendlyName string
	Pico         string // its name or address; that of who told where none is; empty if not known
	At           time.Time
	Celsius      float64
}

// clean makes text fit to be shown.
func clean(text string, limit int) string { return feed.Clean(text, limit) }

func label(m model.Metric, name string) string {
	return clean(string(m[model.LabelName(name)]), feed.MaxNameRunes)
}

// identity is who a series is of; ok is false if it is of no sensor.
func identity(m model.Metric) (r Reading, ok bool) {
	r = Reading{
		Sensor: romcode.Canonical(label(m, sensorLabel)), SensorName: label(m, sensorNameLabel),
		FriendlyName: label(m, friendlyNameLabel), Pico: label(m, picoLabel),
	}
	r.SensorName = cmp.Or(r.SensorName, r.Sensor)
	return r, r.SensorName != ""
}

// A pair is what is told of a sensor by one program under one pair of names.
type pair struct {
	Reading
	teller       string // who told of the sensor, where that tells of no Pico
	temperatures []model.SamplePair
	heard        map[model.Time]float64 // Unix seconds; nil if not told
}

// pairsOf puts the temperatures beside the times, and finds the ROM codes of what was
// told without.
func pairsOf(list model.Matrix) []*pair {
	byLabels := map[model.Fingerprint]*pair{}
	var all []*pair
	for _, stream := range list {
		who, ok := identity(stream.Metric)
		if !ok {
			continue
		}
		key := stream.Metric.Clone()
		delete(key, model.MetricNameLabel)
		name := stream.Metric[model.MetricNameLabel]
		if name == picotopTemperature || name == picotopSeen {
			key[model.MetricNameLabel] = picotopTemperature
		}
		p := byLabels[key.Fingerprint()]
		if p == nil {
			p = &pair{Reading: who}
			if name == temperature || name == seen {
				p.teller = cmp.Or(label(stream.Metric, instanceLabel), "Picos")
			}
			byLabels[key.Fingerprint()] = p
			all = append(all, p)
		}
		if name == temperature || name == picotopTemperature {
			p.temperatures = append(p.temperatures, stream.Values...)
			continue
		}
		if p.heard == nil {
			p.heard = make(map[model.Time]float64, len(stream.Values))
		}
		for _, s := range stream.Values {
			p.heard[s.Timestamp] = float64(s.Value)
		}
	}
	return withCodes(all)
}

// withCodes gives what was told without a ROM code that of the one sensor of its name,
// and what was told without a Pico that of the same sensor elsewhere. Where several
// sensors have the name nobody knows, and it is left out.
func withCodes(all []*pair) []*pair {
	codes, picos := sensorCodes{}, map[string]string{} // Picos by code
	for _, p := range all {
		codes.learn(p.Reading)
		if p.Sensor != "" {
			picos[p.Sensor] = cmp.Or(p.Pico, picos[p.Sensor])
		}
	}
	var known []*pair
	for _, p := range all {
		if code, ok := codes[p.SensorName]; p.Sensor == "" {
			if ok && code == "" {
				continue
			}
			p.Sensor = cmp.Or(code, p.SensorName)
		}
		p.Pico = cmp.Or(p.Pico, picos[p.Sensor], p.teller)
		known = append(known, p)
	}
	return known
}

// readings are those of a pair, in the order of their samples.
func (p *pair) readings() []Reading {
	var list []Reading
	for _, s := range p.temperatures {
		celsius := float64(s.Value)
		if math.IsNaN(celsius) || celsius < feed.MinCelsius || celsius > feed.MaxCelsius {
			continue
		}
		at := s.Timestamp.Time()
		if p.heard != nil {
			var ok bool
			if at, ok = heardAt(p.heard[s.Timestamp], at); !ok {
				continue
			}
		}
		if n := len(list); n > 0 && list[n-1].At.Equal(at) {
			continue
		}
		r := p.Reading
		r.At, r.Celsius = at, celsius
		list = append(list, r)
	}
	return list
}

// heardAt is the time that a sample says, if it can be one.
func heardAt(seconds float64, sampled time.Time) (time.Time, bool) {
	sample := float64(sampled.UnixMilli()) / 1000
	if !(seconds > sample-maxAge.Seconds() && seconds < sample+maxAhead.Seconds()) {
		return time.Time{}, false // also if it is no number
	}
	return time.UnixMilli(int64(math.Round(seconds * 1000))), true
}

// readingsOf are those of all series, by time, each once.
func readingsOf(list model.Matrix) []Reading {
	var all []Reading
	for _, p := range pairsOf(list) {
		all = append(all, p.readings()...)
	}
	slices.SortStableFunc(all, func(a, b Reading) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Sensor, b.Sensor))
	})
	return slices.CompactFunc(all, func(a, b Reading) bool { return a.Sensor == b.Sensor && a.At.Equal(b.At) })
}
