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
	// repeatEvery is how often the last reading of a silent sensor is repeated,
	// as scraping would.
	repeatEvery = int64(time.Minute / time.Millisecond)
	// repeatFor is for how long. An alert on a sensor that was thrown away ends
	// then.
	repeatFor = 30 * 24 * int64(time.Hour/time.Millisecond)
)

// lastSeenSeries is temperature_last_seen_timestamp of one sensor under one name.
// It is computed from the readings: its value at a moment is the time of the
// last one before. Through silence it is repeated up to now, until the sensor
// is heard under another name.
type lastSeenSeries struct {
	labels     labels.Labels
	mint, maxt int64             // Unix ms; maxt is not after now
	lastBefore int64             // the last reading before mint; noReading if there is none
	readings   storage.Series    // from mint to maxt; nil if there are none
	others     []*lastSeenSeries // the same sensor under other names
}

const noReading = math.MinInt64

// selectLastSeen returns the last-seen series that match, sorted by labels.
// Matching comes last, so that a sensor's other names are known.
func (q *querier) selectLastSeen(ctx context.Context, hints *storage.SelectHints, ms []*labels.Matcher) ([]storage.Series, error) {
	rest, ok := lastSeenMatchers(ms)
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
	bySensor := temperatureMatchers("")
	for _, m := range rest {
		if m.Name == sensorLabel {
			bySensor = append(bySensor, m)
		}
	}
	found, err := q.lastSeenBySeries(ctx, mint, maxt, bySensor)
	if err != nil {
		return nil, err
	}

	names := map[string][]*lastSeenSeries{} // by sensor
	for _, ser := range found {
		sensor := ser.labels.Get(sensorLabel)
		names[sensor] = append(names[sensor], ser)
	}
	var list []storage.Series
	for _, ser := range found {
		if !matchesAll(rest, ser.labels) {
			continue
		}
		for _, other := range names[ser.labels.Get(sensorLabel)] {
			if other != ser {
				ser.others = append(ser.others, other)
			}
		}
		if ser.hasSamples() {
			list = append(list, ser)
		}
	}
	slices.SortFunc(list, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
	return list, nil
}

// lastSeenBySeries finds the readings from mint to maxt, and the last one
// before, of each series that matches; by labels.
func (q *querier) lastSeenBySeries(ctx context.Context, mint, maxt int64, ms []*labels.Matcher) (map[string]*lastSeenSeries, error) {
	found := map[string]*lastSeenSeries{} // by labels
	get := func(l labels.Labels) *lastSeenSeries {
		key := string(l.Bytes(nil))
		if found[key] == nil {
			found[key] = &lastSeenSeries{labels: withMetricName(lastSeenName, l), mint: mint, maxt: maxt, lastBefore: noReading}
		}
		return found[key]
	}
	readings, err := collectSeries(q.temperatures(ctx, mint, maxt, ms))
	if err != nil {
		return nil, err
	}
	for _, r := range readings {
		get(r.Labels()).readings = r
	}

	from, to := saturatingSub(mint, repeatFor), saturatingSub(mint, 1)
	for _, queued := range q.queued {
		if points := queued.pointsBetween(from, to); len(points) > 0 && matchesAll(ms, queued.labels) {
			ser := get(queued.labels)
			ser.lastBefore = max(ser.lastBefore, points[len(points)-1].at)
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
// later in the database. It decodes one chunk for each.
func (q *querier) lastBetween(ctx context.Context, from, to int64, ms []*labels.Matcher, get func(labels.Labels) *lastSeenSeries) error {
	db, err := q.store.chunkQuerier(from, to)
	if err != nil {
		return err
	}
	defer db.Close()
	return visitLastChunks(ctx, db, slices.Clone(ms), func(l labels.Labels) func(int64, float64) {
		ser := get(l)
		if ser.lastBefore >= to {
			return nil
		}
		return func(at int64, _ float64) { ser.lastBefore = max(ser.lastBefore, at) }
	})
}

// hasSamples reports whether the series has any sample from mint to maxt.
func (s *lastSeenSeries) hasSamples() bool {
	it := s.Iterator(nil)
	return it.Next() != chunkenc.ValNone || it.Err() != nil
}

// repeatUntil returns the last moment at which a reading is repeated if none
// follows.
func (s *lastSeenSeries) repeatUntil(last int64) int64 {
	end := min(s.maxt, last+repeatFor)
	for _, other := range s.others {
		if first := other.firstReadingAfter(last); first != noReading {
			end = min(end, first-1)
		}
	}
	return end
}

// firstReadingAfter returns the first known reading after a moment, or noReading
// if there is none.
func (s *lastSeenSeries) firstReadingAfter(t int64) int64 {
	if s.lastBefore > t {
		return s.lastBefore
	}
	if s.readings != nil {
		if it := s.readings.Iterator(nil); it.Seek(t+1) == chunkenc.ValFloat {
			return it.AtT()
		}
	}
	return noReading
}

// Labels implements [storage.Series].
func (s *lastSeenSeries) Labels() labels.Labels { return s.labels }

// Iterator implements [storage.Series].
func (s *lastSeenSeries) Iterator(chunkenc.Iterator) chunkenc.Iterator {
	it := &lastSeenIterator{series: s, at: saturatingSub(s.mint, 1), last: s.lastBefore}
	if s.readings != nil {
		it.readings = s.readings.Iterator(nil)
	}
	it.readAhead()
	return it
}
