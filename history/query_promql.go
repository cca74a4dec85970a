package history

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/annotations"
)

// A Queryable is a store as PromQL sees it: everything in it, what was appended
// a moment ago included, and temperature_last_seen_timestamp besides. It is
// safe for concurrent use.
type Queryable struct{ store *Store }

// Queryable returns the store as PromQL sees it.
func (s *Store) Queryable() *Queryable { return &Queryable{s} }

// Querier sees the samples from mint to maxt, in Unix ms. Closing the store
// waits for its Close, so it must not be kept for long, and who holds one must
// not open another.
func (q *Queryable) Querier(mint, maxt int64) (storage.Querier, error) {
	s := q.store
	s.dbMu.RLock()
	if s.db == nil {
		s.dbMu.RUnlock()
		return nil, errClosed
	}
	db, waiting, err := s.lookAtAll(mint, maxt)
	if err != nil {
		s.dbMu.RUnlock()
		return nil, err
	}
	return &querier{store: s, db: db, mint: mint, maxt: maxt, waiting: waiting}, nil
}

// Help says what each series is, by its name.
func (q *Queryable) Help() map[string]string { return maps.Clone(help) }

// Index tells of the series in memory: those of the last hours.
func (q *Queryable) Index(limit int) (*tsdb.Stats, error) {
	s := q.store
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.db == nil {
		return nil, errClosed
	}
	return s.db.Head().Stats(metricLabel, limit), nil
}

// lookAtAll is look for everything in the store.
func (s *Store) lookAtAll(mint, maxt int64) (storage.Querier, queuedSet, error) {
	s.batchMu.RLock()
	defer s.batchMu.RUnlock()
	db, err := s.db.Querier(mint, maxt)
	return db, s.queuedBySeries(maxt), err
}

// A querier reads one stretch of time. Only Close changes it.
type querier struct {
	store      *Store
	db         storage.Querier
	mint, maxt int64 // Unix ms, both within
	waiting    queuedSet
	closed     bool
}

func (q *querier) Close() error {
	if q.closed {
		return nil
	}
	q.closed = true
	defer q.store.dbMu.RUnlock()
	return q.db.Close()
}

// Select implements [storage.Querier].
func (q *querier) Select(ctx context.Context, sorted bool, hints *storage.SelectHints, ms ...*labels.Matcher) storage.SeriesSet {
	waiting := q.waiting.selectSeries(q.mint, q.maxt, ms)
	seen, err := q.seen(ctx, hints, ms)
	if err != nil {
		return storage.ErrSeriesSet(err)
	}
	others := len(waiting) > 0 || len(seen) > 0
	set := q.db.Select(ctx, sorted || others, hints, slices.Clone(ms)...)
	if !others {
		return set
	}
	return storage.NewMergeSeriesSet([]storage.SeriesSet{set, listed(waiting), listed(seen)}, 0, storage.ChainedSeriesMerge)
}

// temperatures returns the readings from mint to maxt, sorted by labels.
func (q *querier) temperatures(ctx context.Context, mint, maxt int64, ms []*labels.Matcher) storage.SeriesSet {
	waiting := q.waiting.selectSeries(mint, maxt, ms)
	hints := &storage.SelectHints{Start: mint, End: maxt}
	set := q.db.Select(ctx, true, hints, slices.Clone(ms)...)
	return storage.NewMergeSeriesSet([]storage.SeriesSet{set, listed(waiting)}, 0, storage.ChainedSeriesMerge)
}

// LabelValues implements [storage.LabelQuerier]. What it returns may be kept.
func (q *querier) LabelValues(ctx context.Context, name string, _ *storage.LabelHints, ms ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return q.labels(ms, func(ms []*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.db.LabelValues(ctx, name, nil, ms...)
	}, func(l labels.Labels, add func(string)) {
		if v := l.Get(name); v != "" {
			add(v)
		}
	}, func(v string) string {
		if name == metricLabel {
			return lastSeenName
		}
		return v
	})
}

// LabelNames implements [storage.LabelQuerier]. What it returns may be kept.
func (q *querier) LabelNames(ctx context.Context, _ *storage.LabelHints, ms ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	return q.labels(ms, func(ms []*labels.Matcher) ([]string, annotations.Annotations, error) {
		return q.db.LabelNames(ctx, nil, ms...)
	}, func(l labels.Labels, add func(string)) {
		l.Range(func(l labels.Label) { add(l.Name) })
	}, func(v string) string { return v })
}

// labels collects what the database says of the labels that match, and what
// take finds in the series that wait. Then it asks again for the temperatures,
// on behalf of the series that is made up from them, in whose labels an answer
// reads as renamed says.
func (q *querier) labels(
	ms []*labels.Matcher,
	ask func([]*labels.Matcher) ([]string, annotations.Annotations, error),
	take func(l labels.Labels, add func(string)),
	renamed func(string) string,
) ([]string, annotations.Annotations, error) {
	found := map[string]bool{}
	var notes annotations.Annotations
	collect := func(ms []*labels.Matcher, as func(string) string) error {
		list, more, err := ask(slices.Clone(ms))
		if err != nil {
			return err
		}
		notes.Merge(more)
		for _, v := range list {
			found[strings.Clone(as(v))] = true // v is mapped memory
		}
		for _, ser := range q.waiting.selectSeries(q.mint, q.maxt, ms) {
			take(ser.Labels(), func(v string) { found[as(v)] = true })
		}
		return nil
	}
	err := collect(ms, func(v string) string { return v })
	if rest, ok := forLastSeen(ms); ok && err == nil {
		err = collect(append(rest, matchers("")...), renamed)
	}
	return slices.Sorted(maps.Keys(found)), notes, err
}

// A list is a set of series.
type list struct {
	series []storage.Series
	at     int
}

func listed(series []storage.Series) *list { return &list{series, -1} }

func (l *list) Next() bool                        { l.at++; return l.at < len(l.series) }
func (l *list) At() storage.Series                { return l.series[l.at] }
func (l *list) Err() error                        { return nil }
func (l *list) Warnings() annotations.Annotations { return nil }

// collected reads a set to its end.
func collected(set storage.SeriesSet) ([]storage.Series, error) {
	var all []storage.Series
	for set.Next() {
		all = append(all, set.At())
	}
	return all, set.Err()
}

// forLastSeen reports whether the matchers like the name of the series that is
// made up, and returns the others.
func forLastSeen(ms []*labels.Matcher) (others []*labels.Matcher, ok bool) {
	for _, m := range ms {
		if m.Name != metricLabel {
			others = append(others, m)
		} else if !m.Matches(lastSeenName) {
			return nil, false
		}
	}
	return others, true
}

// before is t less d ms, where that does not overflow.
func before(t, d int64) int64 {
	if t < math.MinInt64+d {
		return math.MinInt64
	}
	return t - d
}
