// Package status says how one running picotop fares: whether it hears, stores
// and serves.
//
// A [Status] is a snapshot, and a copy: the reader owns it. The screen, the
// exporter and other picotops read the same one, so that all of them say the
// same.
//
// The package knows nothing of where a Status comes from, nor of how it is
// shown.
package status

import (
	"time"

	"picotop/feed"
)

// A Status is how one picotop fares at one moment.
type Status struct {
	Feed    feed.Health
	History History
	Metrics Metrics
	Notify  []Notify // by target; empty if nobody is told
	MQTT    MQTT
	Config  Config

	RemoteWrite []RemoteWrite // by database; empty if none gets anything

	Demo bool // the house is made up
}

// Notify is how the telling of one target goes. The zero value was told nothing yet.
type Notify struct {
	Target  string // as the owner named it
	Sent    uint64 // messages that it took since the program started
	Failed  uint64 // attempts that came to nothing
	Dropped uint64 // messages that were given up
	Waiting int    // messages that are to be sent
	Err     string // why the last attempt came to nothing, in one line; empty if it did not
}

// MQTT is how the telling of Home Assistant goes. The zero value tells none.
type MQTT struct {
	Broker    string    // its URL; empty if none is told
	Connected bool      // it answers
	DownSince time.Time // since when it does not; zero if it does
	Published uint64    // messages that it took since the program started
	Failed    uint64    // messages that it did not take
	Err       string    // what is wrong, in one line; empty if nothing is
}

// Config is how the owner's configuration file fares. The zero value is none, and
// well.
type Config struct {
	File     string    // its path; empty if there is none
	Err      string    // why what it says now is not in force, with file and line; empty if it is
	LoadedAt time.Time // when what is in force was read
}

// History is how the store fares. The zero value is one that is empty and
// well.
type History struct {
	Off  bool          // asked to keep nothing
	Err  string        // why nothing is stored at the moment, in one line; empty if all is
	Note string        // what happened to it lately, in one line; mostly empty
	Full string        // why readings of new sensors are not stored; empty if they are
	Span time.Duration // from the oldest sample to now; 0 if there is none

	Bytes    int64  // on disk
	Appended uint64 // samples stored since the program started
	Dropped  uint64 // samples that could not be stored

	// What Span and Bytes may grow to before the oldest is deleted; 0 if that
	// is not known.
	MaxSpan  time.Duration
	MaxBytes int64
}

// Metrics is how the serving of /metrics goes. The zero value serves nothing.
type Metrics struct {
	Addr    string    // such as ":8000"; empty if nothing is served
	Err     string    // why it is not served although it was asked for
	Scraped time.Time // the last time anyone read /metrics; zero if never
}

// RemoteWrite is how the sending of what is stored to one database goes. The zero value
// has sent nothing yet.
type RemoteWrite struct {
	Target  string        // as the owner named it
	Sent    uint64        // samples that it took since the program started
	Failed  uint64        // attempts that came to nothing, and were tried again
	Refused uint64        // samples that it will never take, and that were stepped over
	Lost    time.Duration // what the store had deleted before it was sent
	Behind  time.Duration // from the last that was sent to the last that could be
	Err     string        // why the last attempt came to nothing, in one line; empty if it did not
}
