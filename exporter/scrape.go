package exporter

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// scrapes serves what is gathered, in each format that there is.
type scrapes struct {
	text    http.Handler
	open    http.Handler // for OpenMetrics
	zip     *compressor
	running chan struct{} // holds one for each page that is being made
	room    sync.Pool     // of buffers for pages
}

// newScrapes returns scrapes of all; what goes wrong with them is counted in the
// registry.
func newScrapes(all prometheus.Gatherer, registry *prometheus.Registry, zip *compressor, logger *slog.Logger) *scrapes {
	opts := promhttp.HandlerOpts{
		ErrorLog:          scrapeLog{logger},
		ErrorHandling:     promhttp.ContinueOnError, // half a page still warns of frost
		Registry:          registry,
		EnableOpenMetrics: true,
		// Done here, at its own level.
		DisableCompression: true,
	}
	return &scrapes{
		text:    promhttp.HandlerFor(all, opts),
		open:    promhttp.HandlerFor(distinct{all}, opts),
		zip:     zip,
		running: make(chan struct{}, maxScrapes),
	}
}

// serve makes the page and then sends it, so that who does not read it keeps
// nobody else from making one.
func (s *scrapes) serve(w http.ResponseWriter, r *http.Request) {
	select {
	case s.running <- struct{}{}:
	default:
		servePlain(w, http.StatusServiceUnavailable, "too many scrapes at once")
		return
	}
	room, ok := s.room.Get().(*bytes.Buffer)
	if !ok {
		room = new(bytes.Buffer)
	}
	room.Reset()
	defer s.room.Put(room)
	page := newHeld(w, room)
	func() {
		defer func() { <-s.running }()
		if expfmt.NegotiateAccept(r.Header, expfmt.DefaultOpenMetricsAcceptedFormats()...).FormatType() == expfmt.TypeOpenMetrics {
			s.open.ServeHTTP(page, r)
		} else {
			s.text.ServeHTTP(page, r)
		}
		page.Header().Add("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			s.zip.compressHeld(page)
		}
	}()
	page.send()
}

// distinct gathers metrics whose names OpenMetrics can tell apart: it writes a
// counter's name without _total, so that of a counter x_total and a gauge x, as
// the Go collector has them, both would be called x. The counter is then told
// without a type, which leaves its name alone.
type distinct struct{ prometheus.Gatherer }

func (d distinct) Gather() ([]*dto.MetricFamily, error) {
	families, err := d.Gatherer.Gather()
	names := make(map[string]bool, len(families))
	for _, f := range families {
		names[f.GetName()] = true
	}
	for i, f := range families {
		short, total := strings.CutSuffix(f.GetName(), "_total")
		if total && f.GetType() == dto.MetricType_COUNTER && names[short] {
			families[i] = untyped(f)
		}
	}
	return families, err
}

// untyped is a copy of a family of counters, without their type.
func untyped(f *dto.MetricFamily) *dto.MetricFamily {
	list := make([]*dto.Metric, len(f.Metric))
	for i, m := range f.Metric {
		list[i] = &dto.Metric{Label: m.Label, Untyped: &dto.Untyped{Value: m.GetCounter().Value}}
	}
	return &dto.MetricFamily{Name: f.Name, Help: f.Help, Type: dto.MetricType_UNTYPED.Enum(), Metric: list}
}
