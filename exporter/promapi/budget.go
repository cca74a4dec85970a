package promapi

import (
	"context"
	"sync/atomic"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
)

// A budget is a history for one query, which may find only so many series: the
// engine counts samples, but reserves room for one series at all steps as soon
// as it has one sample.
type budget struct {
	storage.Queryable
	perSeries int64 // in samples
	left      atomic.Int64
}

func newBudget(h storage.Queryable, perSeries float64, samples int) *budget {
	b := &budget{Queryable: h, perSeries: int64(perSeries)}
	b.left.Store(int64(samples))
	return b
}

func (b *budget) Querier(mint, maxt int64) (storage.Querier, error) {
	q, err := b.Queryable.Querier(mint, maxt)
	if err != nil {
		return nil, err
	}
	return budgetQuerier{q, b}, nil
}

type budgetQuerier struct {
	storage.Querier
	budget *budget
}

func (q budgetQuerier) Select(ctx context.Context, sorted bool, hints *storage.SelectHints, ms ...*labels.Matcher) storage.SeriesSet {
	return &budgetSet{SeriesSet: q.Querier.Select(ctx, sorted, hints, ms...), budget: q.budget}
}

// A budgetSet ends with an error when the budget is spent.
type budgetSet struct {
	storage.SeriesSet
	budget *budget
	spent  bool
}

func (s *budgetSet) Next() bool {
	if !s.SeriesSet.Next() {
		return false
	}
	s.spent = s.budget.left.Add(-s.budget.perSeries) < 0
	return !s.spent
}

func (s *budgetSet) Err() error {
	if s.spent {
		return promql.ErrTooManySamples("query execution")
	}
	return s.SeriesSet.Err()
}
