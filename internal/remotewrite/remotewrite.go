// Package remotewrite sends what a store holds to other time-series databases, by
// Prometheus remote write 1.0 or 2.0.
//
// The store is the queue. A [Sender] keeps for each target the time until which its
// samples were taken, its position, and goes on from there: a target that was away for a
// week gets the week when it is back, in order, and memory holds one request. The
// position moves when a request was answered, and is saved before the next one; so a
// kill loses nothing, and repeats at most the request that was on its way.
//
// Each target has a goroutine of its own: one that hangs keeps up nobody else.
//
// The package knows nothing of what the samples mean. It reads a [Source], and hands its
// positions to whoever keeps them.
package remotewrite

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/storage"
)

// A Protocol is a version of remote write.
type Protocol string

// The versions. Receivers that know only the first may answer the second with success
// and store nothing, so the first one is the usual one.
const (
	V1 Protocol = "1.0"
	V2 Protocol = "2.0" // falls back to V1 if the target does not know it
)

// A Target is a database that is sent to.
type Target struct {
	Name     string            // unique; its position is kept under it
	Protocol Protocol          // empty means V1
	Labels   map[string]string // added to each series that does not have them
	Since    time.Duration     // how far back to begin at the first contact
	Timeout  time.Duration     // of one request
	User     string            // with Password; empty means none
	// Password and Bearer, a token, are read for each attempt, and URL and TLS after each
	// that failed, so what is new or was missing counts without a restart. nil means none,
	// which a URL may not be.
	URL, Password, Bearer func() (string, error)
	TLS                   func() (*tls.Config, error)
	// MadeOf is what the target was made of: SetTargets does not disturb one that is made
	// of the same, as reflect.DeepEqual sees it.
	MadeOf any
}

// A Source is the store.
type Source interface {
	storage.Queryable
	// Streams are what is sent, each with a position of its own; false while nothing is
	// known of the store.
	Streams() ([]Stream, bool)
}

// A Stream is a part of the store whose samples are complete until some time.
type Stream struct {
	Name    string   // its position is kept under it
	Metrics []string // its series
	// Also names for a metric a second series, whose values are the times of its samples
	// in Unix seconds.
	Also map[string]string
	// Ends names for a metric the one whose series end at its samples: these become stale
	// markers there, and are not sent themselves.
	Ends   map[string]string
	Until  int64 // Unix ms; the samples up to here are complete
	Oldest int64 // Unix ms; what was before is gone. 0 if there is nothing
}

// A Figure is a sample of now, of a series that is not in the store. A name that ends in
// _total is a counter's.
type Figure struct {
	Name   string
	Labels map[string]string
	Value  float64
}

// Options are what a sender needs besides its targets.
type Options struct {
	Source Source
	Logger *slog.Logger
	Now    func() time.Time
	// Own are figures of the program itself. They are sent once a minute to each target that
	// has all of the store, with the time of sending, and not again. nil means none.
	Own func() []Figure
	// Load returns what Save was given last; nil if nothing.
	Load func() ([]byte, error)
	// Save keeps the positions, for good once it returns.
	Save func([]byte) error

	transport func(Target) http.RoundTripper // for tests; nil means HTTP
}
