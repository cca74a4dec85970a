package promapi

import (
	"sync"

	"github.com/prometheus/prometheus/promql"
)

// Engines are made when they are needed first, one for each number of samples
// that a query may hold: there are only as many as sizes times weights of a
// sample.
type engines struct {
	mu   sync.Mutex
	made map[int]*promql.Engine // by samples
}

// engine returns the one whose queries may hold so many samples.
func (a *API) engine(samples int) *promql.Engine {
	a.engines.mu.Lock()
	defer a.engines.mu.Unlock()
	e := a.engines.made[samples]
	if e == nil {
		e = a.newEngine(samples)
		if a.engines.made == nil {
			a.engines.made = map[int]*promql.Engine{}
		}
		a.engines.made[samples] = e
	}
	return e
}

func (a *API) newEngine(samples int) *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{
		Logger:                   a.logger,
		MaxSamples:               samples,
		Timeout:                  MaxTime,
		LookbackDelta:            lookback,
		NoStepSubqueryIntervalFn: func(int64) int64 { return subqueryStep.Milliseconds() },
		EnableAtModifier:         true,
		EnableNegativeOffset:     true,
		Parser:                   a.parser,
	})
}
