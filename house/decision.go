package house

import "time"

// A Decision is what the owner decided about a sensor, a Pico or one condition, on
// the screen and not in a file.
type Decision struct {
	Action Action
	At     time.Time // when

	// What it is about: the ID of a sensor, or the address of a Pico; both are
	// empty for the house.
	Sensor string
	Pico   string
	// Kind is the condition of it that is acknowledged or snoozed.
	Kind Kind
	// Until is when a Snooze ends.
	Until time.Time
}

// An Action is what one can decide. Its text is part of what other programs read.
type Action string

// The actions.
const (
	Acknowledge   Action = "acknowledge"     // quiet until the condition is over
	Snooze        Action = "snooze"          // quiet until a moment
	Loud          Action = "loud"            // takes either back
	ColdIsNormal  Action = "cold_is_normal"  // this sensor does not warn of freezing
	ColdIsWrong   Action = "cold_is_wrong"   // it does, whatever its name and habit say
	ColdAsLearned Action = "cold_as_learned" // takes either back
)
