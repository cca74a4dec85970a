package status

import (
	"fmt"
	"time"

	"picotop/internal/format"
)

// Replay is how far a recording was played.
type Replay struct {
	Part  float64       // of the whole, from 0 to 1
	Left  time.Duration // how long the rest will take; used if Timed
	Timed bool          // it is played by the clock, and not as fast as it can be
	Open  bool          // nobody knows how long it will be; Part and Left mean nothing
	Ended bool
}

// String writes the position for a person: "replay 45%, 0:07 left".
func (r Replay) String() string {
	switch {
	case r.Ended:
		return "replay ended"
	case r.Open:
		return "replay, as it comes"
	case !r.Timed:
		return fmt.Sprintf("replay %d%%", int(100*r.Part))
	}
	return fmt.Sprintf("replay %d%%, %s left", int(100*r.Part), format.Clock(r.Left))
}
