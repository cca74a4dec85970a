package history

import (
	"cmp"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// A Sample is one reading on its way into the store, or out of it.
type Sample struct {
	Sensor       string // ROM code
	SensorName   string
	FriendlyName string
	At           time.Time // to the millisecond
	Celsius      float64
}

// point is a Sample as the store holds it: a third of its size, for there may be
// many.
type point struct {
	series  *series
	at      int64 // Unix ms, or in the queue ms of the monotonic clock
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

// comparePoints orders points as a database takes them: by time, then by labels.
func comparePoints(a, b point) int {
	return cmp.Or(cmp.Compare(a.at, b.at), labels.Compare(a.series.labels, b.series.labels))
}
