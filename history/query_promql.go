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
	"github.com/prometheus/prometheus/tsdb/index"
	"github.com/prometheus/prometheus/util/annotations"
)

// A Queryable is a store as PromQL sees it: everything in it, what was appended
// a moment ago included, and temperature_last_seen_timestamp besides; while it
// cannot be opened, what waits in memory. It is safe for concurrent use.
type Queryable struct{ store *Store }

// Queryable returns the store as PromQL sees it.
func (s *Store) Queryable() *Queryable { return &Queryable{s} }

// Querier sees the samples from mint to maxt, in Unix ms. Closing the store
// waits for its Close, so it must not be kept for long, and who holds one must
// not open another.
func (q *Queryable) Querier(mint, maxt int64) (storage.Querier, error) {
	s := q.store
	s.dbMu.RLock()
	if s.closed {
		s.dbMu.RUnlock()
		return nil, errClosed
	}
	db, queued, err := s.snapshotSeries(mint, maxt)
	if err != nil {
		s.dbMu.RUnlock()
		return nil, err
	}
	return &querier{store: s, db: db, mint: mint, maxt: maxt, queued: queued}, nil
}

// Help says what each series is, by its name.
func (q *Queryable) Help() map[string]string { return maps.Clone(metricHelp) }

// Index describes the series in memory: those of the last hours.
func (q *Queryable) Index(limit int) (*tsdb.Stats, error) {
	s := q.store
	s.dbMu.RLock()
	defer s.dbMu.RUnlock()
	if s.closed {
		return nil, errClosed
	}
	if s.db == nil {
		return &tsdb.Stats{IndexPostingStats: &index.PostingsStats{}}, nil
	}
	return s.db.Head().Stats(metricLabel, limit), nil
}

// snapshotSeries is snapshotPoints for every series, derived ones included.
// dbMu is held for reading.
func (s *Store) snapshotSeries(mint, maxt int64) (storage.Querier, queuedSet, error) {
	s.batchMu.RLock()
	defer s.batchMu.RUnlock()
	if s.db == nil {
		return storage.NoopQuerier(), s.queuedBySeries(maxt), nil
	}
	db, err := s.querier(mint, maxt)
	return db, s.queuedBySeries(maxt), err
}

// A querier reads one time range. Only Close changes it.
type querier struct {
	store      *Store
	db         storage.Querier
	mint, maxt int64 // Unix ms, both within
	queued     queuedSet
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
	ms = canonicalMatchers(ms)
	queued := q.queued.selectSeries(q.mint, q.maxt, ms)
	lastSeen, err := q.selectLastSeen(ctx, hints, ms)
	if err != nil {
		return storage.ErrSeriesSet(err)
	}
	others := len(queued) > 0 || len(lastSeen) > 0
	set := q.db.Select(ctx, sorted || others, hints, slices.Clone(ms)...)
	if !others {
		return set
	}
	return storage.NewMergeSeriesSet([]storage.SeriesSet{set, newSeriesList(queued), newSeriesList(lastSeen)}, 0, storage.ChainedSeriesMerge)
}

// temperatures returns the readings from mint to maxt, sorted by labels.
func (q *querier) temperatures(ctx context.Context, mint, maxt int64, ms []*labels.Matcher) storage.SeriesSet {
	queued := q.queued.selectSeries(mint, maxt, ms)
	hints := &storage.SelectHints{Start: mint, End: maxt}
	set := q.db.Select(ctx, true, hints, slices.Clone(ms)...)
	return storage.NewMergeSeriesSet([]storage.SeriesSet{set, newSeriesList(queued)}, 0, storage.ChainedSeriesMerge)
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
// take finds in the queued series. Then it asks again for the temperatures, on
// behalf of the last-seen series, which is derived from them and in whose labels
// an answer reads as renamed says.
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
		for _, ser := range q.queued.selectSeries(q.mint, q.maxt, ms) {
			take(ser.Labels(), func(v string) { found[as(v)] = true })
		}
		return nil
	}
	ms = canonicalMatchers(ms)
	err := collect(ms, func(v string) string { return v })
	if rest, ok := lastSeenMatchers(ms); ok && err == nil {
		err = collect(append(rest, temperatureMatchers("")...), renamed)
	}
	return slices.Sorted(maps.Keys(found)), notes, err
}

// A seriesList is a storage.SeriesSet of given series.
type seriesList struct {
	series []storage.Series
	at     int
}

func newSeriesList(series []storage.Series) *seriesList { return &seriesList{series, -1} }

func (l *seriesList) Next() bool                        { l.at++; return l.at < len(l.series) }
func (l *seriesList) At() storage.Series                { return l.series[l.at] }
func (l *seriesList) Err() error                        { return nil }
func (l *seriesList) Warnings() annotations.Annotations { return nil }

// collectSeries reads a set to its end.
func collectSeries(set storage.SeriesSet) ([]storage.Series, error) {
	var all []storage.Series
	for set.Next() {
		all = append(all, set.At())
	}
	return all, set.Err()
}

// lastSeenMatchers reports whether the matchers match the name of the last-seen
// series, and returns those of other labels.
func lastSeenMatchers(ms []*labels.Matcher) (others []*labels.Matcher, ok bool) {
	for _, m := range ms {
		if m.Name != metricLabel {
			others = append(others, m)
		} else if !m.Matches(lastSeenName) {
			return nil, false
		}
	}
	return others, true
}

// saturatingSub returns t less d, or the least time if that overflows.
func saturatingSub(t, d int64) int64 {
	if t < math.MinInt64+d {
		return math.MinInt64
	}
	return t - d
}
