package history

import "time"

// A Bucket sums up the readings of one sensor in one stretch of time.
type Bucket struct {
	Start time.Time // a multiple of the step since the Unix epoch
	Count int       // 0 means a gap: Min, Mean and Max are then meaningless
	// Degrees Celsius.
	Min, Mean, Max float64
}

// A Sample is one reading on its way into the store, or out of it.
type Sample struct {
	Sensor       string // ROM code
	SensorName   string
	FriendlyName string
	At           time.Time
	Celsius      float64
}
