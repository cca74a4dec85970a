package exporter

import (
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// programFor is how long the metrics of the program itself are good for: to ask the
// system for them takes longer than to tell of a house of twenty sensors.
const programFor = time.Second

// A program gathers the metrics of the program itself, once a second at the most,
// however many scrape.
type program struct {
	registry prometheus.Gatherer
	now      func() time.Time

	mu       sync.Mutex // held while gathering, so that nobody else does meanwhile
	at       time.Time
	families []*dto.MetricFamily // not to be changed
	err      error
}

// Gather returns the families, which must not be changed.
func (p *program) Gather() ([]*dto.MetricFamily, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); p.families == nil || now.Sub(p.at).Abs() >= programFor {
		p.families, p.err = p.registry.Gather()
		p.at = now
	}
	return slices.Clone(p.families), p.err
}
