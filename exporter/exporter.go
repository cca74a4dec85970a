// Package exporter serves what is known of the house to other programs, over
// HTTP.
//
// An [Exporter] asks its [Source] for one snapshot per request and writes it
// down: as metrics for Prometheus on /metrics, and as a yes or no on /-/healthy and
// /-/ready. The pages for people it leaves to the package housepage, and what was to
// the package promapi, below /api/v1/ and on /federate. It remembers nothing itself but when
// it was last read, and nothing that arrives over HTTP changes anything.
//
// Of several houses, which another program keeps, it serves the pages alone (routes.go).
//
// Pages from elsewhere read nothing here: other origins only if they are named
// (cors.go), and a browser only if it came by a name that can be this machine's
// (hostname.go).
//
// The names in metrics.go are the program's interface. Two of them,
// temperature and temperature_last_seen_timestamp, are those of the exporter
// that came before this one, and people's alerts depend on their every letter.
//
// The package promises that a page of metrics is always whole: whatever names
// the sensors have, no series comes twice and no value is malformed.
package exporter

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/exporter-toolkit/web"

	"picotop/exporter/housepage"
	"picotop/exporter/promapi"
	"picotop/house"
	"picotop/internal/status"
)

// Bounds on what a client may ask of this program. A scrape takes a few
// milliseconds, so only a stalled or hostile client ever meets them.
const (
	headerTimeout  = 5 * time.Second
	readTimeout    = 10 * time.Second
	writeTimeout   = promapi.MaxTime + 10*time.Second
	idleTimeout    = 2 * time.Minute // more than the usual scrape interval
	stopTimeout    = 2 * time.Second // for requests under way when told to stop
	maxHeaderBytes = 16 << 10
	maxScrapes     = 8 // at once; each may hold a page of a megabyte
)

// A Source knows what there is to tell. Its methods are called from several
// goroutines at once, once for each request, and must not block.
type Source interface {
	State() house.State    // the house as it is now
	Status() status.Status // how the program itself fares
}

// Config is what an Exporter needs.
type Config struct {
	Source  Source           // the house; nil if Houses are served instead
	Houses  housepage.Houses // several houses, which others keep
	Past    housepage.Past   // what charts are drawn from; nil leaves them out
	History promapi.History  // nil if none is kept: queries then find nothing
	Version string           // of the program, for people and picotop_build_info
	Logger  *slog.Logger     // nil keeps it silent
	Now     func() time.Time // the clock; nil is time.Now
	House   http.Handler     // what serves /api/house; nil leaves it out
	// MetricsPath is where the metrics are, in the form that ParseMetricsPath
	// returns; empty is /metrics.
	MetricsPath string
	// CORSOrigin matches the origins of the pages from elsewhere that may read
	// below /api/; nil is none.
	CORSOrigin *regexp.Regexp
	// AllowedHosts are names by which browsers may come, besides IP addresses,
	// names without a dot, this machine's names and those of the usual home
	// domains. Other programs may come by any name.
	AllowedHosts []string
	// WebConfig is the file with certificate and users, in the form that all
	// of Prometheus's exporters share; empty means neither. It does not
	// concern Unix sockets.
	WebConfig string
}

// An Exporter serves the metrics, the pages for people and the health checks.
type Exporter struct {
	source  Source
	version string
	logger  *slog.Logger
	now     func() time.Time
	metrics string       // the path
	handler http.Handler // of all paths
	web     string       // a web config file, or empty

	scraped atomic.Pointer[time.Time] // nil until /metrics was read
}

// New returns an Exporter with a registry and a mux of its own.
func New(cfg Config) *Exporter {
	e := &Exporter{
		source:  cfg.Source,
		version: cfg.Version,
		logger:  cfg.Logger,
		now:     cfg.Now,
		metrics: cfg.MetricsPath,
		web:     cfg.WebConfig,
	}
	if e.logger == nil {
		e.logger = slog.New(slog.DiscardHandler)
	}
	if e.now == nil {
		e.now = time.Now
	}

	if e.metrics == "" {
		e.metrics = "/metrics"
	}

	registry := prometheus.NewRegistry()
	registry.MustRegister(
		buildInfo(e.version),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	r := routes{
		Exporter: e, Config: cfg, mux: http.NewServeMux(), zip: newCompressor(),
		registry: registry, program: &program{registry: registry, now: e.now},
	}
	if cfg.Houses != nil {
		r.addHouses()
	} else {
		r.addHouse()
	}
	e.handler = newHostCheck(cfg.AllowedHosts, e.web).handler(r.mux)
	return e
}

// Handler returns what Run serves, for a server that the caller owns.
func (e *Exporter) Handler() http.Handler { return e.handler }

// LastScrape is when /metrics was last read, and zero if it never was.
func (e *Exporter) LastScrape() time.Time {
	if t := e.scraped.Load(); t != nil {
		return *t
	}
	return time.Time{}
}

// Run serves on ln until ctx is done or ln fails.
//
// Run blocks and closes ln before it returns. When ctx ends it lets requests
// under way finish for at most two seconds, cuts off the rest, and returns
// nil.
func (e *Exporter) Run(ctx context.Context, ln net.Listener) error {
	server := &http.Server{
		Handler:           e.handler,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ConnState:         newConnections(maxConnections, e.now, e.logger).changed,
		// A stream has no end of its own: it ends with ctx.
		BaseContext: func(net.Listener) context.Context { return ctx },
		ErrorLog:    slog.NewLogLogger(e.logger.Handler(), slog.LevelDebug), // clients' faults, not ours
	}
	defer server.Close()

	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		if err := server.Shutdown(grace); err != nil {
			e.logger.Debug("cutting off requests under way", "err", err)
		}
	})
	err := e.serve(server, ln)
	if stop() { // ctx is not done, so the server ended by itself
		return fmt.Errorf("serving on %v: %w", ln.Addr(), err)
	}
	<-stopped
	return nil
}

func (e *Exporter) serve(server *http.Server, ln net.Listener) error {
	if e.web == "" || ln.Addr().Network() == "unix" {
		return server.Serve(ln)
	}
	return web.Serve(ln, server, &web.FlagConfig{WebConfigFile: &e.web}, e.logger)
}

// CheckWebConfig reports what is wrong with a web config file.
func CheckWebConfig(file string) error {
	if err := web.Validate(file); err != nil {
		return &WebConfigError{File: file, Err: err}
	}
	return nil
}

// A WebConfigError says that a web config file cannot be used.
type WebConfigError struct {
	File string
	Err  error
}

func (e *WebConfigError) Error() string {
	return fmt.Sprintf("reading the web config file %s: %v", e.File, e.Err)
}

// Unwrap returns the cause.
func (e *WebConfigError) Unwrap() error { return e.Err }
