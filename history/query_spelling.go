package history

import (
	"context"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/util/annotations"

	"picotop/internal/romcode"
)

// Earlier versions stored a ROM code as the Pico spelt it. What is stored stays as
// it is; all that reads the database does so through the queriers below, which
// know one spelling only, that of [romcode.Canonical].

// hasOldSpellings reports whether a database holds ROM codes that are not spelt
// as they would be today.
func hasOldSpellings(ctx context.Context, q storage.LabelQuerier) (bool, error) {
	stored, _, err := q.LabelValues(ctx, sensorLabel, nil)
	return slices.ContainsFunc(stored, func(v string) bool { return romcode.Canonical(v) != v }), err
}

// findOldSpellings is hasOldSpellings for all of a database.
func findOldSpellings(db *tsdb.DB) (bool, error) {
	q, err := db.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return false, err
	}
	defer q.Close()
	return hasOldSpellings(context.Background(), q)
}

// querier opens the database for reading. dbMu is held for reading, and db is not
// nil.
func (s *Store) querier(from, to int64) (storage.Querier, error) {
	q, err := s.db.Querier(from, to)
	if err != nil {
		return nil, err
	}
	return &spellingQuerier{q, spellingLabels{q, s.oldSpellings}}, nil
}

// chunkQuerier is querier for whole chunks.
func (s *Store) chunkQuerier(from, to int64) (storage.ChunkQuerier, error) {
	q, err := s.db.ChunkQuerier(from, to)
	if err != nil {
		return nil, err
	}
	return &spellingChunkQuerier{q, spellingLabels{q, s.oldSpellings}}, nil
}

// canonicalMatchers spells the ROM codes in the matchers as they are spelt
// today, so that a dashboard that asks for an old spelling finds its sensor.
func canonicalMatchers(ms []*labels.Matcher) []*labels.Matcher {
	ms = slices.Clone(ms)
	for i, m := range ms {
		if m.Name == sensorLabel && (m.Type == labels.MatchEqual || m.Type == labels.MatchNotEqual) {
			ms[i] = labels.MustNewMatcher(m.Type, m.Name, romcode.Canonical(m.Value))
		}
	}
	return ms
}

// canonicalLabels spells the ROM code in the labels as it is spelt today.
func canonicalLabels(l labels.Labels) labels.Labels {
	was := l.Get(sensorLabel)
	is := romcode.Canonical(was)
	if is == was {
		return l
	}
	return labels.NewBuilder(l).Set(sensorLabel, is).Labels()
}

// spellingLabels answers questions for labels. It is the part that the two
// queriers have in common.
type spellingLabels struct {
	stored       storage.LabelQuerier
	oldSpellings bool // whether any are stored; without, there is little to do
}

// storedMatchers translates matchers for today's spelling into such for what is
// stored. It reports false if they match nothing there.
func (q spellingLabels) storedMatchers(ctx context.Context, ms []*labels.Matcher) ([]*labels.Matcher, bool, error) {
	ms = canonicalMatchers(ms)
	if !q.oldSpellings || !slices.ContainsFunc(ms, func(m *labels.Matcher) bool { return m.Name == sensorLabel }) {
		return ms, true, nil
	}
	stored, _, err := q.stored.LabelValues(ctx, sensorLabel, nil)
	if err != nil {
		return nil, false, err
	}
	for i, m := range ms {
		if m.Name != sensorLabel {
			continue
		}
		var match []string
		for _, v := range stored {
			if m.Matches(romcode.Canonical(v)) {
				match = append(match, regexp.QuoteMeta(v))
			}
		}
		if m.Matches("") {
			match = append(match, "") // the series without a sensor
		}
		if len(match) == 0 {
			return nil, false, nil
		}
		ms[i] = labels.MustNewMatcher(labels.MatchRegexp, sensorLabel, strings.Join(match, "|"))
	}
	return ms, true, nil
}

// LabelValues implements [storage.LabelQuerier].
func (q spellingLabels) LabelValues(ctx context.Context, name string, hints *storage.LabelHints, ms ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	ms, some, err := q.storedMatchers(ctx, ms)
	if err != nil || !some {
		return nil, nil, err
	}
	values, notes, err := q.stored.LabelValues(ctx, name, hints, ms...)
	if name == sensorLabel && q.oldSpellings {
		values = slices.Clone(values)
		for i := range values {
			values[i] = romcode.Canonical(values[i])
		}
		slices.Sort(values)
		values = slices.Compact(values)
	}
	return values, notes, err
}

// LabelNames implements [storage.LabelQuerier].
func (q spellingLabels) LabelNames(ctx context.Context, hints *storage.LabelHints, ms ...*labels.Matcher) ([]string, annotations.Annotations, error) {
	ms, some, err := q.storedMatchers(ctx, ms)
	if err != nil || !some {
		return nil, nil, err
	}
	return q.stored.LabelNames(ctx, hints, ms...)
}

// Close implements [storage.LabelQuerier].
func (q spellingLabels) Close() error { return q.stored.Close() }

// A spellingQuerier reads samples, and knows each sensor by one spelling.
type spellingQuerier struct {
	stored storage.Querier
	spellingLabels
}

// Select implements [storage.Querier].
func (q *spellingQuerier) Select(ctx context.Context, sorted bool, hints *storage.SelectHints, ms ...*labels.Matcher) storage.SeriesSet {
	ms, some, err := q.storedMatchers(ctx, ms)
	switch {
	case err != nil:
		return storage.ErrSeriesSet(err)
	case !some:
		return storage.EmptySeriesSet()
	case !q.oldSpellings:
		return q.stored.Select(ctx, sorted, hints, ms...)
	}
	all, err := collectSeries(q.stored.Select(ctx, true, hints, ms...))
	if err != nil {
		return storage.ErrSeriesSet(err)
	}
	for i, ser := range all {
		all[i] = &respeltSeries{ser, canonicalLabels(ser.Labels())}
	}
	return newSeriesList(mergeSameLabels(all, storage.ChainedSeriesMerge))
}

// A spellingChunkQuerier is a spellingQuerier for whole chunks.
type spellingChunkQuerier struct {
	stored storage.ChunkQuerier
	spellingLabels
}

// Select implements [storage.ChunkQuerier].
func (q *spellingChunkQuerier) Select(ctx context.Context, sorted bool, hints *storage.SelectHints, ms ...*labels.Matcher) storage.ChunkSeriesSet {
	ms, some, err := q.storedMatchers(ctx, ms)
	switch {
	case err != nil:
		return storage.ErrChunkSeriesSet(err)
	case !some:
		return storage.EmptyChunkSeriesSet()
	case !q.oldSpellings:
		return q.stored.Select(ctx, sorted, hints, ms...)
	}
	var all []storage.ChunkSeries
	set := q.stored.Select(ctx, true, hints, ms...)
	for set.Next() {
		all = append(all, &respeltChunks{set.At(), canonicalLabels(set.At().Labels())})
	}
	if set.Err() != nil {
		return storage.ErrChunkSeriesSet(set.Err())
	}
	merge := storage.NewCompactingChunkSeriesMerger(storage.ChainedSeriesMerge)
	return &chunkSeriesList{mergeSameLabels(all, merge), -1}
}

// mergeSameLabels makes one series of those with the same labels, and sorts by
// labels.
func mergeSameLabels[S storage.Labels](all []S, merge func(...S) S) []S {
	slices.SortStableFunc(all, func(a, b S) int { return labels.Compare(a.Labels(), b.Labels()) })
	var merged []S
	for len(all) > 0 {
		n := 1
		for n < len(all) && labels.Equal(all[0].Labels(), all[n].Labels()) {
			n++
		}
		if n == 1 {
			merged = append(merged, all[0])
		} else {
			merged = append(merged, merge(all[:n]...))
		}
		all = all[n:]
	}
	return merged
}

// respeltSeries is a series under other labels than it is stored with.
type respeltSeries struct {
	storage.Series
	labels labels.Labels
}

// Labels implements [storage.Series].
func (s *respeltSeries) Labels() labels.Labels { return s.labels }

// respeltChunks is respeltSeries for whole chunks.
type respeltChunks struct {
	storage.ChunkSeries
	labels labels.Labels
}

// Labels implements [storage.ChunkSeries].
func (s *respeltChunks) Labels() labels.Labels { return s.labels }

// A chunkSeriesList is a storage.ChunkSeriesSet of given series.
type chunkSeriesList struct {
	series []storage.ChunkSeries
	at     int
}

func (l *chunkSeriesList) Next() bool                        { l.at++; return l.at < len(l.series) }
func (l *chunkSeriesList) At() storage.ChunkSeries           { return l.series[l.at] }
func (l *chunkSeriesList) Err() error                        { return nil }
func (l *chunkSeriesList) Warnings() annotations.Annotations { return nil }
