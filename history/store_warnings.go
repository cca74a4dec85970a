package history

import (
	"math"
	"sync"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
)

// warnEvery is how often a warning that lasts is stored: within the five minutes
// for which PromQL takes a sample for the present.
const warnEvery = time.Minute

// A Warning is something that is wrong, with a sensor or with a Pico.
type Warning struct {
	Name         string // such as "Freezing"
	Sensor       string // ROM code; empty if it is a Pico's
	SensorName   string
	FriendlyName string
	Pico         string // label of the Pico; empty if it is a sensor's
}

func (w Warning) labels() labels.Labels {
	b := labels.NewBuilder(labels.EmptyLabels())
	b.Set(metricLabel, alertsName)
	b.Set("alertname", w.Name)
	b.Set("alertstate", "firing") // as Prometheus marks those that wait no longer
	b.Set(sensorLabel, w.Sensor)  // what is empty is left out
	b.Set(nameLabel, w.SensorName)
	b.Set(friendlyLabel, w.FriendlyName)
	b.Set("pico", w.Pico)
	return b.Labels()
}

// warnings is what was wrong at the last call of Warn. The zero value is ready to
// use.
type warnings struct {
	mu   sync.Mutex // guards the rest; not held while another one is taken
	last map[Warning]warning
}

// warning is one that lasts.
type warning struct {
	series     *series
	lastSample int64 // the last sample, in Unix ms
}

// Warn takes everything that is wrong at a moment. Call it often: it stores one
// sample a minute of what lasts, as ALERTS, and a stale marker of what ended.
// Like Append it never waits for the disk.
func (s *Store) Warn(at time.Time, wrong []Warning) {
	s.queueDerived(s.warnings.points(at.UnixMilli(), wrong))
}

// points returns the points to store.
func (w *warnings) points(at int64, wrong []Warning) []point {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := make(map[Warning]warning, len(wrong))
	var points []point
	for _, one := range wrong {
		if _, twice := now[one]; twice {
			continue
		}
		is, known := w.last[one]
		if !known {
			is = warning{series: &series{derived: true, labels: one.labels()}}
		}
		// After a step back of the clock a sample is due at once too.
		if d := at - is.lastSample; !known || d >= warnEvery.Milliseconds() || d < 0 {
			points = append(points, point{is.series, at, 1})
			is.lastSample = at
		}
		now[one] = is
	}
	for one, was := range w.last {
		if _, lasts := now[one]; !lasts {
			points = append(points, point{was.series, at, math.Float64frombits(value.StaleNaN)})
		}
	}
	w.last = now
	return points
}
