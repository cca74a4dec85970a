// Package promapi answers PromQL over HTTP, as Prometheus does: Grafana, promtool
// and whoever else speaks to a Prometheus server can be pointed at it.
//
// An [API] serves the part of /api/v1/ that reads: queries, labels, series and
// what is known about them, in Prometheus's own JSON, errors and status codes.
// Nothing that arrives here changes anything, and there are no administrative
// requests.
//
// The package promises that no query can take a small machine down. Each has a
// bound on the samples it may hold and on the time it may take, few run at
// once, and what would escape those bounds between two looks at the clock is
// refused before it runs: see bounds.go. An answer keeps its place until it is
// sent, so that memory is bounded too.
//
// It knows nothing of sensors, and of the store only its [History].
package promapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/index"
)

// Bounds on all queries together. MaxTime is the longest that a request may
// take, and a server should give it some seconds more to send the answer.
const (
	MaxTime    = 20 * time.Second
	maxSamples = 2_000_000 // held by one query; 16 bytes each
	maxRunning = 2
	maxWaiting = 32 // beyond maxRunning; a Grafana page asks so much at once
	maxBody    = 256 << 10
	maxPoints  = 11_000 // of one series, as in Prometheus
	lookback   = 5 * time.Minute
	// subqueryStep is what a subquery that gives no step has.
	subqueryStep = time.Minute
)

// A History is what can be queried.
type History interface {
	storage.Queryable
	Help() map[string]string              // what each metric is, by its name; all are gauges
	Index(limit int) (*tsdb.Stats, error) // of the series in memory
}

// Config is what an API needs.
type Config struct {
	History History          // nil is one that is empty
	Version string           // of the program
	Logger  *slog.Logger     // nil keeps it silent
	Now     func() time.Time // the clock; nil is time.Now
}

// An API answers requests below /api/v1/. It starts no goroutine.
type API struct {
	history History
	version string
	logger  *slog.Logger
	now     func() time.Time
	parser  parser.Parser
	engine  *promql.Engine
	heavy   *limiter // for what reads the history or parses a query
	light   *limiter // for what does neither
	mux     *http.ServeMux
}

// New returns an API with an engine and a mux of its own.
func New(cfg Config) *API {
	a := &API{
		history: cfg.History,
		version: cfg.Version,
		logger:  cfg.Logger,
		now:     cfg.Now,
		parser:  parser.NewParser(parser.Options{}),
		heavy:   newLimiter(maxRunning, maxWaiting),
		light:   newLimiter(maxWaiting, 0),
		mux:     http.NewServeMux(),
	}
	if a.history == nil {
		a.history = nothing{}
	}
	if a.logger == nil {
		a.logger = slog.New(slog.DiscardHandler)
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.engine = promql.NewEngine(promql.EngineOpts{
		Logger:                   a.logger,
		MaxSamples:               maxSamples,
		Timeout:                  MaxTime,
		LookbackDelta:            lookback,
		NoStepSubqueryIntervalFn: func(int64) int64 { return subqueryStep.Milliseconds() },
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		Parser:                   a.parser,
	})

	// The mux answers other methods with 405 and other paths with 404.
	a.route("GET POST", "query", a.heavy, a.query)
	a.route("GET POST", "query_range", a.heavy, a.queryRange)
	a.route("GET POST", "query_exemplars", a.heavy, a.exemplars)
	a.route("GET POST", "format_query", a.heavy, a.format)
	a.route("GET POST", "labels", a.heavy, a.labelNames)
	a.route("GET", "label/{name}/values", a.heavy, a.labelValues)
	a.route("GET POST", "series", a.heavy, a.series)
	a.route("GET", "metadata", a.light, a.metadata)
	a.route("GET", "rules", a.light, a.rules)
	a.route("GET", "status/buildinfo", a.light, a.buildInfo)
	a.route("GET", "status/tsdb", a.heavy, a.index)
	return a
}

// ServeHTTP answers a request whose path begins with /api/v1/.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// An answer is what a request is answered with.
type answer struct {
	data  any // nil for no content
	notes notes
	close func() // if not nil, called when it was sent
}

// route has a path answered by ask, of which the limiter lets few in at a time.
func (a *API) route(methods, path string, l *limiter, ask func(*http.Request) (answer, error)) {
	serve := func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if err := r.ParseForm(); err != nil {
			a.refuse(w, &Error{BadData, wrap("error parsing form values", err)})
			return
		}
		ctx, cancel, err := withTimeout(r)
		if err != nil {
			a.refuse(w, err)
			return
		}
		defer cancel()
		leave, err := l.enter(ctx)
		if err != nil {
			a.refuse(w, err)
			return
		}
		defer leave()
		got, err := ask(r.WithContext(ctx))
		if got.close != nil {
			defer got.close()
		}
		if err != nil {
			a.refuse(w, err)
			return
		}
		if got.data == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		a.send(w, r, got)
	}
	for _, method := range fields(methods) {
		a.mux.HandleFunc(method+" /api/v1/"+path, serve)
	}
}

// withTimeout gives a request the time it asks for, within what there is.
func withTimeout(r *http.Request) (context.Context, context.CancelFunc, error) {
	timeout := MaxTime
	if text := r.FormValue("timeout"); text != "" {
		d, err := parseDuration(text)
		if err != nil {
			return nil, nil, badParam("timeout", err)
		}
		timeout = min(timeout, d)
	}
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	return ctx, cancel, nil
}

// nothing is a History of nothing.
type nothing struct{}

func (nothing) Querier(int64, int64) (storage.Querier, error) { return storage.NoopQuerier(), nil }
func (nothing) Help() map[string]string                       { return nil }
func (nothing) Index(int) (*tsdb.Stats, error) {
	return &tsdb.Stats{IndexPostingStats: &index.PostingsStats{}}, nil
}

var errNoMatch = errors.New("no match[] parameter provided")
