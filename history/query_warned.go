package history

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

// warnGap is how far apart two samples of a warning that lasts may be. While nobody was
// there to store any it did not last, as PromQL sees it.
const warnGap = 5 * warnEvery

// A PastWarning is a Warning with the time for which it stood.
type PastWarning struct {
	Warning
	From, To time.Time // To is its last sample if nobody saw its end
	Lasts    bool      // it stood at the end of what was read
}

// place is the warning without its names: a sensor may be renamed while it is warned of.
func (w Warning) place() Warning {
	return Warning{Name: w.Name, Sensor: w.Sensor, Pico: w.Pico}
}

// Warned returns the warnings that began in [from, to], newest first: the newest, if
// there are more than most. One that a rename parted is told once, with the names that
// it had last. Reading takes about 25 ms for each year that warnings stood in all.
func (s *Store) Warned(ctx context.Context, from, to time.Time, most int) (list []PastWarning, err error) {
	err = s.retryRepaired(ctx, func() error {
		list, err = s.warnedBetween(ctx, from, to, most)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the warnings: %w", err)
	}
	return list, nil
}

func (s *Store) warnedBetween(ctx context.Context, from, to time.Time, most int) ([]PastWarning, error) {
	// What began before from has a sample just before it.
	q, err := s.Queryable().Querier(from.Add(-warnGap).UnixMilli(), to.UnixMilli())
	if err != nil {
		return nil, err
	}
	defer q.Close()
	found := foundWarnings{from: from, to: to, most: most}
	set := q.Select(ctx, false, nil, labels.MustNewMatcher(labels.MatchEqual, metricLabel, alertsName))
	var it chunkenc.Iterator
	for set.Next() {
		it = set.At().Iterator(it)
		if err := found.read(ctx, set.At(), it); err != nil {
			return nil, s.checkReadErr(ctx, err)
		}
	}
	if err := s.checkReadErr(ctx, set.Err()); err != nil {
		return nil, err
	}
	return found.result(), nil
}

// foundWarnings collects warnings, and holds at most a few times as many as are wanted.
type foundWarnings struct {
	from, to time.Time
	most     int
	list     []PastWarning
}

// read takes one series: a stale marker ends a warning, and so does a gap.
func (f *foundWarnings) read(ctx context.Context, of storage.Series, it chunkenc.Iterator) error {
	w := PastWarning{Warning: warningFromLabels(of.Labels())}
	stands := false
	for n := 1; it.Next() == chunkenc.ValFloat; n++ {
		if n%(1<<14) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		ms, v := it.At()
		at := time.UnixMilli(ms)
		over := value.IsStaleNaN(v) || math.IsNaN(v)
		if stands && at.Sub(w.To) > warnGap {
			f.add(w)
			stands = false
		}
		switch {
		case over && !stands:
			continue
		case !stands:
			w.From, stands = at, true
		}
		if w.To = at; over {
			f.add(w)
			stands = false
		}
	}
	if stands {
		w.Lasts = f.to.Sub(w.To) <= warnGap
		f.add(w)
	}
	return it.Err()
}

func (f *foundWarnings) add(w PastWarning) {
	if f.list = append(f.list, w); len(f.list) > 4*f.most+100 {
		f.sort()
		f.list = f.list[:f.most]
	}
}

// sort puts the newest first.
func (f *foundWarnings) sort() {
	slices.SortStableFunc(f.list, func(a, b PastWarning) int {
		if c := b.From.Compare(a.From); c != 0 {
			return c
		}
		return strings.Compare(a.Name+a.Sensor+a.Pico, b.Name+b.Sensor+b.Pico)
	})
}

// result joins what a rename parted: the old series ends when the new one begins.
func (f *foundWarnings) result() []PastWarning {
	f.sort()
	var out []PastWarning
	later := map[Warning]int{} // the one that was met last, by its place
	for _, w := range f.list {
		if i, ok := later[w.place()]; ok && !out[i].From.After(w.To) {
			out[i].From = w.From
			continue
		}
		later[w.place()] = len(out)
		out = append(out, w)
	}
	out = slices.DeleteFunc(out, func(w PastWarning) bool { return w.From.Before(f.from) })
	f.list = out
	f.sort()
	return f.list[:min(len(f.list), f.most)]
}

// warningFromLabels is the way back from labels. They are copied, for theirs is mapped
// memory.
func warningFromLabels(l labels.Labels) Warning {
	get := func(name string) string { return strings.Clone(l.Get(name)) }
	return Warning{
		Name: get("alertname"), Sensor: get(sensorLabel), SensorName: get(nameLabel),
		FriendlyName: get(friendlyLabel), Pico: get("pico"),
	}
}
