package history

import (
	"log/slog"
	"time"
)

// The defaults of Config.
const (
	DefaultRetention = 5 * 365 * 24 * time.Hour
	DefaultMaxBytes  = 1 << 30 // a year of 20 sensors, each 10 s, is 40 MB
)

// MinBytes is the least that MaxBytes makes sense with: the log alone takes
// some megabytes.
const MinBytes = 16 << 20

// Config says where to store samples, and how many. Dir is required.
type Config struct {
	Dir    string           // made if it is missing; nothing else may live there
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger     // nil means to log nothing

	Retention time.Duration // older samples are deleted; 0 means DefaultRetention
	MaxBytes  int64         // the oldest are deleted beyond; 0 means DefaultMaxBytes

	Built  time.Time   // when the program was built: an earlier clock is wrong; may be zero
	Synced func() bool // whether the clock is synchronised, as by NTP; nil means no
}
