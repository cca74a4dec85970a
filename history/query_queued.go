package history

import (
	"cmp"
	"slices"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// queuedSet is a copy of what is queued, by series and sorted by labels.
type queuedSet []*queuedSeries

// queuedSeries is the queued points of one series, in order of time.
type queuedSeries struct {
	labels labels.Labels
	points []point
}

// queuedBySeries copies the points up to maxt that are not committed, derived
// ones included. batchMu is held for reading.
func (s *Store) queuedBySeries(maxt int64) queuedSet {
	bySeries := map[*series][]point{}
	s.mu.Lock()
	add := func(p point) {
		if p.at <= maxt {
			bySeries[p.series] = append(bySeries[p.series], p)
		}
	}
	for _, p := range s.batch {
		add(p)
	}
	for _, p := range s.queue {
		p.at += s.clock.offset
		add(p)
	}
	s.mu.Unlock()

	// A sensor that was forgotten and came back has two series of the same
	// labels.
	byLabels := map[string]*queuedSeries{}
	for ser, points := range bySeries {
		key := string(ser.labels.Bytes(nil))
		if byLabels[key] == nil {
			byLabels[key] = &queuedSeries{labels: ser.labels}
		}
		byLabels[key].points = append(byLabels[key].points, points...)
	}
	var all queuedSet
	for _, ser := range byLabels {
		slices.SortStableFunc(ser.points, func(a, b point) int { return cmp.Compare(a.at, b.at) })
		ser.points = slices.CompactFunc(ser.points, func(a, b point) bool { return a.at == b.at })
		all = append(all, ser)
	}
	slices.SortFunc(all, func(a, b *queuedSeries) int { return labels.Compare(a.labels, b.labels) })
	return all
}

// selectSeries returns the series that match and have points from mint to maxt,
// with those.
func (q queuedSet) selectSeries(mint, maxt int64, ms []*labels.Matcher) []storage.Series {
	var found []storage.Series
	for _, ser := range q {
		if points := ser.pointsBetween(mint, maxt); len(points) > 0 && matchesAll(ms, ser.labels) {
			found = append(found, &queuedSeries{ser.labels, points})
		}
	}
	return found
}

func (s *queuedSeries) pointsBetween(mint, maxt int64) []point {
	first, _ := slices.BinarySearchFunc(s.points, mint, func(p point, t int64) int { return cmp.Compare(p.at, t) })
	points := s.points[first:]
	end, _ := slices.BinarySearchFunc(points, maxt, func(p point, t int64) int {
		if p.at <= t {
			return -1
		}
		return 1
	})
	return points[:end]
}

// Labels implements [storage.Series].
func (s *queuedSeries) Labels() labels.Labels { return s.labels }

// Iterator implements [storage.Series].
func (s *queuedSeries) Iterator(chunkenc.Iterator) chunkenc.Iterator {
	return &queuedIterator{points: s.points, i: -1}
}

// queuedIterator goes through points.
type queuedIterator struct {
	noHistograms
	points []point
	i      int
}

func (it *queuedIterator) Next() chunkenc.ValueType {
	it.i++
	return it.value()
}

func (it *queuedIterator) Seek(t int64) chunkenc.ValueType {
	it.i = max(it.i, 0)
	for it.i < len(it.points) && it.points[it.i].at < t {
		it.i++
	}
	return it.value()
}

func (it *queuedIterator) value() chunkenc.ValueType {
	if it.i >= len(it.points) {
		return chunkenc.ValNone
	}
	return chunkenc.ValFloat
}

func (it *queuedIterator) At() (int64, float64) { return it.points[it.i].at, it.points[it.i].celsius }
func (it *queuedIterator) AtT() int64           { return it.points[it.i].at }
func (it *queuedIterator) Err() error           { return nil }

// noHistograms is the part of a chunkenc.Iterator that floats have no use for.
type noHistograms struct{}

func (noHistograms) AtHistogram(*histogram.Histogram) (int64, *histogram.Histogram) { return 0, nil }

func (noHistograms) AtFloatHistogram(*histogram.FloatHistogram) (int64, *histogram.FloatHistogram) {
	return 0, nil
}
func (noHistograms) AtST() int64 { return 0 }
