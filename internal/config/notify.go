package config

import (
	"fmt"
	"time"

	"picotop/house"
)

const (
	defaultRepeat  = time.Hour
	defaultPerHour = 20
	defaultTimeout = 30 * time.Second
	defaultEvery   = 5 * time.Minute
)

// Notify says whom to tell, and when.
type Notify struct {
	Targets     []Target
	Quiet       QuietHours
	RepeatAfter time.Duration // until it is acknowledged; 0 means never
	PerHour     int           // messages to one target at the most
	Heartbeat   Heartbeat
}

// A Target is told of what is wrong: at a URL or by a command, never both.
type Target struct {
	Name    string // unique among the targets
	URL     Secret
	Command []string      // run without a shell; empty if there is a URL
	On      []house.Kind  // empty means the usual ones
	Timeout time.Duration // of one attempt
	Line    int           // in the file
}

// QuietHours are when nobody wants to be woken. The zero value is none.
type QuietHours struct {
	Set      bool
	From, To Clock // To may be on the next day
	// Freezing says that what freezes is told all the same.
	Freezing bool
}

// A Clock is a time of the day.
type Clock struct{ Hour, Minute int }

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c.Hour, c.Minute) }

// Heartbeat is called while all is well heard. The zero value calls nobody.
type Heartbeat struct {
	URL   Secret
	Every time.Duration
	Line  int
}
