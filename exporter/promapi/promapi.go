// Package promapi answers PromQL over HTTP, as Prometheus does: Grafana, promtool
// and whoever else speaks to a Prometheus server can be pointed at it.
//
// An [API] serves the part of /api/v1/ that reads: queries, labels, series and
// what is known about them, in Prometheus's own JSON, errors and status codes; and
// remote read, in its messages (read.go).
// Nothing that arrives here changes anything, and there are no administrative
// requests.
//
// The package promises that no request can take a small machine down. What
// would cost too much is refused before work begins, by its text (scan.go) and
// by what it would have to go through (bounds.go). What runs has a bound on the
// memory that it may hold and on the time it may take, ends when its client has
// left, and has a place of its size, of which there are few (limiter.go). All
// places together hold about 100 MB at most.
// An answer that does not fit into the network's buffers keeps its place until
// it is sent, so that memory is bounded too.
//
// It knows nothing of sensors, and of the store only its [History].
package promapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/index"
)

// Bounds on all queries together. MaxTime is the longest that a request may
// take, and a server should give it some seconds more to send the answer.
const (
	MaxTime    = 20 * time.Second
	maxSamples = hugeMemory / sampleBytes // held by one query
	maxBody    = 256 << 10
	maxPoints  = 11_000 // of one series, as in Prometheus
	lookback   = 5 * time.Minute
	// subqueryStep is what a subquery that gives no step has.
	subqueryStep = time.Minute
)

// What a request may take in a place that is not big. A page of a dashboard
// takes less: 20 sensors at 2000 steps are 40,000 samples, of 130,000.
const (
	smallTime      = time.Second
	smallWork      = 200_000 // of one series, see cost.work
	smallRegexps   = 2_000   // see regexpBudget.size
	smallClasses   = 8
	smallSelectors = 10      // of match[]
	lightWork      = 100_000 // words times steps
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
	Alerts  func() []Alert   // those that fire now, in any order; nil if there never are any
	Version string           // of the program
	Logger  *slog.Logger     // nil keeps it silent
	Now     func() time.Time // the clock; nil is time.Now
}

// An API answers requests below /api/v1/, and /federate. It starts no
// goroutine.
type API struct {
	history  History
	firing   func() []Alert
	version  string
	logger   *slog.Logger
	now      func() time.Time
	started  time.Time
	parser   parser.Parser
	engines  engines
	limiters [4]*limiter // by size
	mux      *http.ServeMux
	idle     *time.Timer // gives memory back when nothing was asked for a while
}

// New returns an API with engines and a mux of its own.
func New(cfg Config) *API {
	a := &API{
		history:  cfg.History,
		firing:   cfg.Alerts,
		version:  cfg.Version,
		logger:   cfg.Logger,
		now:      cfg.Now,
		parser:   parser.NewParser(parser.Options{}),
		limiters: limiters(),
		mux:      http.NewServeMux(),
	}
	if a.history == nil {
		a.history = nothing{}
	}
	if a.firing == nil {
		a.firing = func() []Alert { return nil }
	}
	if a.logger == nil {
		a.logger = slog.New(slog.DiscardHandler)
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.started = a.now()
	a.idle = time.AfterFunc(idleAfter, func() { a.giveBack(idleHeap) })

	a.route("GET POST", "query", a.query)
	a.route("GET POST", "query_range", a.queryRange)
	a.route("GET POST", "query_exemplars", a.exemplars)
	a.route("GET POST", "format_query", a.format)
	a.route("GET POST", "parse_query", a.parse)
	a.route("GET POST", "labels", a.labelNames)
	a.route("GET", "label/{name}/values", a.labelValues)
	a.route("GET POST", "series", a.series)
	a.route("GET", "metadata", a.metadata)
	a.route("GET", "alerts", a.alerts)
	a.route("GET", "rules", a.rules)
	a.route("GET", "targets", a.targets)
	a.route("GET", "targets/metadata", a.none)
	a.route("GET", "scrape_pools", a.scrapePools)
	a.route("GET", "alertmanagers", a.alertmanagers)
	a.route("GET", "notifications", a.none)
	a.route("GET", "status/buildinfo", a.buildInfo)
	a.route("GET", "status/config", a.config)
	a.route("GET", "status/flags", a.flags)
	a.route("GET", "status/runtimeinfo", a.runtimeInfo)
	a.route("GET", "status/walreplay", a.replay)
	a.route("GET", "status/tsdb", a.index)
	a.mux.HandleFunc("/api/v1/read", a.read)
	a.mux.HandleFunc("/api/v1/", a.unknown)
	a.mux.HandleFunc("GET /federate", a.federate)
	return a
}

// ServeHTTP answers a request whose path begins with /api/v1/ or is /federate.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// An answer is what a request is answered with.
type answer struct {
	data  any // nil for no content
	notes notes
	close func() // if not nil, called when data is not needed any more
	leave func() // if not nil, gives up the place, and calls close
}

// release ends what the answer holds.
func (got answer) release() {
	switch {
	case got.leave != nil:
		got.leave()
	case got.close != nil:
		got.close()
	}
}

// route has a path answered by ask, and other methods refused.
func (a *API) route(methods, path string, ask func(*http.Request) (answer, error)) {
	allowed := append(fields(methods), http.MethodHead)
	allow := strings.Join(slices.Sorted(slices.Values(append(allowed, http.MethodOptions))), ", ")
	a.mux.HandleFunc("/api/v1/"+path, func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(allowed, r.Method) {
			w.Header().Set("Allow", allow)
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		ctx, cancel, err := readForm(w, r)
		if err != nil {
			a.refuse(w, err)
			return
		}
		defer cancel()
		got, err := ask(r.WithContext(ctx))
		if err != nil {
			got.release()
			a.refuse(w, err)
			a.rest()
			return
		}
		if got.data == nil {
			got.release()
			w.WriteHeader(http.StatusNoContent)
			return
		}
		a.send(w, r, got)
		got = answer{} // so that rest finds it gone
		a.rest()
	})
}

// unknown answers for all paths that are not here.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	a.refuse(w, &Error{NotFound, fmt.Errorf("there is no %s here", r.URL.Path)})
}

// readForm reads the parameters, and gives the request the time it asks for,
// within what there is.
func readForm(w http.ResponseWriter, r *http.Request) (context.Context, context.CancelFunc, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	if err := r.ParseForm(); err != nil {
		return nil, nil, &Error{BadData, wrap("error parsing form values", err)}
	}
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
