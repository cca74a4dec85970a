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

// scrapes serves what a registry gathers, in each format that there is.
type scrapes struct {
	text    http.Handler
	open    http.Handler  // for OpenMetrics
	running chan struct{} // holds one for each page that is being made
	room    sync.Pool     // of buffers for pages
}

func newScrapes(registry *prometheus.Registry, logger *slog.Logger) *scrapes {
	opts := promhttp.HandlerOpts{
		ErrorLog:          scrapeLog{logger},
		ErrorHandling:     promhttp.ContinueOnError, // half a page still warns of frost
		Registry:          registry,
		EnableOpenMetrics: true,
	}
	return &scrapes{
		text:    promhttp.HandlerFor(registry, opts),
		open:    promhttp.HandlerFor(distinct{registry}, opts),
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
			return
		}
		s.text.ServeHTTP(page, r)
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
	for _, f := range families {
		short, total := strings.CutSuffix(f.GetName(), "_total")
		if !total || f.GetType() != dto.MetricType_COUNTER || !names[short] {
			continue
		}
		f.Type = dto.MetricType_UNTYPED.Enum()
		for _, m := range f.GetMetric() {
			m.Untyped = &dto.Untyped{Value: m.GetCounter().Value}
			m.Counter = nil
		}
	}
	return families, err
}
