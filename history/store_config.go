package history

import (
	"log/slog"
	"time"
)

// What a Config that does not say gets.
const (
	DefaultRetention = 5 * 365 * 24 * time.Hour
	DefaultMaxBytes  = 1 << 30 // a year of 20 sensors, each 10 s, is 40 MB
)

// MinBytes is the least that MaxBytes makes sense with: the log alone takes
// some megabytes.
const MinBytes = 16 << 20

// Config says where to remember, and how much.
type Config struct {
	Dir    string           // made if it is missing; nothing else may live there
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil means to say nothing

	Retention time.Duration // older samples are deleted; 0 means DefaultRetention
	MaxBytes  int64         // the oldest are deleted beyond; 0 means DefaultMaxBytes

	Built  time.Time   // when the program was: an earlier clock is wrong; may be zero
	Synced func() bool // whether someone who knows the time has set the clock; nil means no
}
