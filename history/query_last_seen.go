package history

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

const (
	// heldEvery is how often a silent sensor's last moment is repeated, as
	// scraping would.
	heldEvery = int64(time.Minute / time.Millisecond)
	// heldFor is how long. An alert on a sensor that was thrown away ends then.
	heldFor = 30 * 24 * int64(time.Hour/time.Millisecond)
)

// seenSeries is temperature_last_seen_timestamp of one sensor under one name.
// It is made up from the readings: its value at a moment is the time of the
// last one before. Through silence it is repeated up to now, until the sensor
// is heard under another name.
type seenSeries struct {
	labels     labels.Labels
	mint, maxt int64          // Unix ms; maxt is not after now
	before     int64          // the last reading before mint; noReading if there is none
	readings   storage.Series // from mint to maxt; nil if there are none
	others     []*seenSeries  // the same sensor under other names
}

const noReading = math.MinInt64

// seen makes up the series that the matchers ask for, sorted. Matching comes
// last, so that a sensor's other names are known.
func (q *querier) seen(ctx context.Context, hints *storage.SelectHints, ms []*labels.Matcher) ([]storage.Series, error) {
	rest, ok := forLastSeen(ms)
	if !ok {
		return nil, nil
	}
	mint, maxt := q.mint, min(q.maxt, q.store.now().UnixMilli())
	if hints != nil {
		mint, maxt = max(mint, hints.Start), min(maxt, hints.End)
	}
	if mint > maxt {
		return nil, nil
	}
	of := matchers("")
	for _, m := range rest {
		if m.Name == sensorLabel {
			of = append(of, m)
		}
	}
	found, err := q.seenOf(ctx, mint, maxt, of)
	if err != nil {
		return nil, err
	}

	names := map[string][]*seenSeries{} // by sensor
	for _, ser := range found {
		sensor := ser.labels.Get(sensorLabel)
		names[sensor] = append(names[sensor], ser)
	}
	var list []storage.Series
	for _, ser := range found {
		if !matching(rest, ser.labels) {
			continue
		}
		for _, other := range names[ser.labels.Get(sensorLabel)] {
			if other != ser {
				ser.others = append(ser.others, other)
			}
		}
		if ser.any() {
			list = append(list, ser)
		}
	}
	slices.SortFunc(list, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
	return list, nil
}

// seenOf finds the readings from mint to maxt, and the last one before.
func (q *querier) seenOf(ctx context.Context, mint, maxt int64, ms []*labels.Matcher) (map[string]*seenSeries, error) {
	found := map[string]*seenSeries{} // by labels
	get := func(l labels.Labels) *seenSeries {
		key := string(l.Bytes(nil))
		if found[key] == nil {
			found[key] = &seenSeries{labels: called(lastSeenName, l), mint: mint, maxt: maxt, before: noReading}
		}
		return found[key]
	}
	readings, err := collected(q.temperatures(ctx, mint, maxt, ms))
	if err != nil {
		return nil, err
	}
	for _, r := range readings {
		get(r.Labels()).readings = r
	}

	from, to := before(mint, heldFor), before(mint, 1)
	for _, w := range q.waiting {
		if points := w.pointsBetween(from, to); len(points) > 0 && matching(ms, w.labels) {
			ser := get(w.labels)
			ser.before = max(ser.before, points[len(points)-1].at)
		}
	}
	for _, start := range q.store.blockStarts(from) {
		if start > to {
			continue
		}
		if err := q.lastBetween(ctx, start, to, ms, get); err != nil {
			return nil, err
		}
		to = start - 1
	}
	return found, nil
}

// lastBetween finds the last reading in [from, to] of each series that has none
// later. It decodes one chunk for each.
func (q *querier) lastBetween(ctx context.Context, from, to int64, ms []*labels.Matcher, get func(labels.Labels) *seenSeries) error {
	db, err := q.store.db.ChunkQuerier(from, to)
	if err != nil {
		return err
	}
	defer db.Close()
	return eachLast(ctx, db, slices.Clone(ms), func(l labels.Labels) func(int64, float64) {
		ser := get(l)
		if ser.before >= to {
			return nil
		}
		return func(at int64, _ float64) { ser.before = max(ser.before, at) }
	})
}

// any reports whether the series says anything at all.
func (s *seenSeries) any() bool {
	it := s.Iterator(nil)
	return it.Next() != chunkenc.ValNone || it.Err() != nil
}

// end is when a reading is not repeated any more.
func (s *seenSeries) end(last int64) int64 {
	end := min(s.maxt, last+heldFor)
	for _, other := range s.others {
		if first := other.after(last); first != noReading {
			end = min(end, first-1)
		}
	}
	return end
}

// after is the first reading after a moment that is known; noReading if there
// is none.
func (s *seenSeries) after(t int64) int64 {
	if s.before > t {
		return s.before
	}
	if s.readings != nil {
		if it := s.readings.Iterator(nil); it.Seek(t+1) == chunkenc.ValFloat {
			return it.AtT()
		}
	}
	return noReading
}

// Labels implements [storage.Series].
func (s *seenSeries) Labels() labels.Labels { return s.labels }

// Iterator implements [storage.Series].
func (s *seenSeries) Iterator(chunkenc.Iterator) chunkenc.Iterator {
	it := &seenIterator{of: s, at: before(s.mint, 1), last: s.before}
	if s.readings != nil {
		it.readings = s.readings.Iterator(nil)
	}
	it.read()
	return it
}
