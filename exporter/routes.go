package exporter

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"

	"picotop/exporter/housepage"
	"picotop/exporter/promapi"
)

// routes is what New makes an Exporter's paths of.
//
// A pattern with GET also answers HEAD; the mux answers other methods with 405 and other
// paths with 404.
type routes struct {
	*Exporter
	Config
	mux      *http.ServeMux
	zip      *compressor
	registry *prometheus.Registry
	program  prometheus.Gatherer // the metrics of the program itself
}

// addHouse adds the paths of a house that is heard here.
func (r *routes) addHouse() {
	source := r.source
	api := promapi.New(promapi.Config{
		History: r.History, Alerts: r.alerts, Version: r.version, Logger: r.logger, Now: r.now,
	})
	pages := housepage.New(housepage.Config{
		State: source.State, Missing: func() []string { return source.Status().Missing() },
		Past: r.Past, Version: r.version, Metrics: r.metrics, Logger: r.logger,
	})
	r.addMetrics(&collector{source: source, program: r.program})
	r.addHealth(r.serveReady)
	r.mux.Handle("GET /{$}", r.zip.handler(http.HandlerFunc(pages.ServeHouse)))
	r.mux.Handle("GET /sensor", r.zip.handler(http.HandlerFunc(pages.ServeSensor)))
	if r.House != nil {
		whole := allowOrigins(r.CORSOrigin, r.zip.handler(r.House))
		r.mux.Handle("/api/house", whole)
		r.mux.Handle("/api/house/range", whole)
		r.mux.Handle("/api/house/past", whole)
		r.mux.Handle("/api/house/", allowOrigins(r.CORSOrigin, r.House)) // the stream has no end
	}
	r.mux.Handle("/api/v1/", allowOrigins(r.CORSOrigin, api))
	r.mux.Handle("GET /federate", api)
}

// addHouses adds the paths of several houses. Their readings are to be had where they are
// read, so that of the metrics only those of the program are told, and there is no API.
func (r *routes) addHouses() {
	pages := housepage.NewSite(housepage.SiteConfig{
		Houses: r.Houses, Version: r.version, Metrics: r.metrics, Logger: r.logger,
	})
	r.addMetrics(r.program)
	r.addHealth(func(w http.ResponseWriter, req *http.Request) {
		r.Houses.List(req.Context()) // so that it is known whether it can be read now
		serveMissing(w, r.Houses.Missing())
	})
	r.mux.Handle("GET /{$}", r.zip.handler(http.HandlerFunc(pages.ServeHouses)))
	r.mux.Handle("GET /house", r.zip.handler(http.HandlerFunc(pages.ServeHouse)))
	r.mux.Handle("GET /sensor", r.zip.handler(http.HandlerFunc(pages.ServeSensor)))
	noAPI := func(w http.ResponseWriter, _ *http.Request) {
		servePlain(w, http.StatusNotFound, "there are pages alone here; the readings can be asked for at "+r.Houses.From())
	}
	r.mux.HandleFunc("/api/", noAPI)
	r.mux.HandleFunc("/federate", noAPI)
}

// addMetrics serves what is gathered.
func (r *routes) addMetrics(all prometheus.Gatherer) {
	page := newScrapes(all, r.registry, r.zip, r.logger)
	r.mux.HandleFunc("GET "+r.metrics, func(w http.ResponseWriter, req *http.Request) {
		page.serve(w, req)
		if req.Method == http.MethodGet {
			now := r.now()
			r.scraped.Store(&now)
		}
	})
}

// addHealth serves whether the program runs, and whether it is ready.
func (r *routes) addHealth(ready http.HandlerFunc) {
	r.mux.HandleFunc("GET /-/healthy", r.serveHealthy)
	r.mux.HandleFunc("GET /-/ready", ready)
}
