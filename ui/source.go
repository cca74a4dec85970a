package ui

import (
	"context"
	"time"

	"picotop/feed"
	"picotop/history"
	"picotop/house"
	"picotop/internal/status"
)

// A Source is where the screens get what they draw. The same screens can show
// this process's own house or one elsewhere: they know no difference.
//
// State and Health are called from Update once a second: they must not block.
// Range is called from a command and may take its time.
type Source interface {
	// State is what is known of the house now.
	State() house.State
	// Health is how the program itself fares.
	Health() Health
	// Range returns one sensor's history as buckets of the given step, oldest
	// first, gaps included: the first holds from, the last holds to.
	Range(ctx context.Context, sensor string, from, to time.Time, step time.Duration) ([]history.Bucket, error)
	// Past is what was wrong, as the history tells: what began in [from, to], newest first,
	// and at most [house.MaxPast] of it. It may take its time like Range.
	Past(ctx context.Context, from, to time.Time) ([]house.PastCondition, error)
	// Packets are those that were heard last, newest first. It must not block.
	Packets() []feed.Packet
	// Decide takes what the user decided about a condition or a sensor. An error says
	// in one line why it was not taken. It is called from a command too.
	Decide(ctx context.Context, d house.Decision) error
}

// Health is how the program itself fares: the health line and the first-run
// screen are drawn from it.
type Health struct {
	status.Status
	Origin Origin
	Replay *status.Replay // how far a recording was played; nil if this is none
}

// Origin says which picotop, or engine, tells of the house. The zero value is this process.
type Origin struct {
	From string    // such as "the service here"; empty if never from elsewhere
	Lost time.Time // since when nothing comes from there; zero if it does
	Own  bool      // this process listens and stores by itself meanwhile

	House string // the name of the house, where there are several
	// Engine says that readings and warnings are all that is told there: no packets, no
	// statuses of Picos, and no decisions of the owner.
	Engine bool
	Past   time.Duration // how far back an engine is asked for warnings

	Stranger Stranger
}

// A Stranger is a picotop on this machine that is not shown, since it belongs to a
// user who is not trusted. The zero value says that there is none.
type Stranger struct {
	User string // such as "user karl"
	At   string // where it is: a URL, or the path of a socket
}
