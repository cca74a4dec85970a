package history

import (
	"iter"
	"math"
	"slices"
	"strings"
	"time"
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

// A WarningFinder finds out from samples of ALERTS which warnings stood, and when. It
// holds at most a few times as many as are wanted. It is for one goroutine.
type WarningFinder struct {
	from, to time.Time
	most     int
	list     []PastWarning
}

// NewWarningFinder looks for the warnings that began in [from, to]: the newest, if there
// are more than most.
func NewWarningFinder(from, to time.Time, most int) *WarningFinder {
	return &WarningFinder{from: from, to: to, most: most}
}

// Since is from when on it needs samples: what began before from has one just before it.
func (f *WarningFinder) Since() time.Time { return f.from.Add(-warnGap) }

// Add takes the samples of one series of a warning, oldest first. One that is no number,
// such as a stale marker, ends the warning, and so does a gap.
func (f *WarningFinder) Add(of Warning, samples iter.Seq2[time.Time, float64]) {
	w := PastWarning{Warning: of}
	stands := false
	for at, v := range samples {
		over := math.IsNaN(v)
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
}

func (f *WarningFinder) add(w PastWarning) {
	if f.list = append(f.list, w); len(f.list) > 4*f.most+100 {
		f.sort()
		f.list = f.list[:f.most]
	}
}

// sort puts the newest first.
func (f *WarningFinder) sort() {
	slices.SortStableFunc(f.list, func(a, b PastWarning) int {
		if c := b.From.Compare(a.From); c != 0 {
			return c
		}
		return strings.Compare(a.Name+a.Sensor+a.Pico, b.Name+b.Sensor+b.Pico)
	})
}

// Result returns what was found, newest first. What a rename parted it joins, with the
// names that came last: the old series ends when the new one begins. What several
// programs tell of one time is one, too.
func (f *WarningFinder) Result() []PastWarning {
	f.sort()
	var out []PastWarning
	later := map[Warning]int{} // the one that was met last, by its place
	for _, w := range f.list {
		if i, ok := later[w.place()]; ok && !out[i].From.After(w.To) {
			out[i].From = w.From
			if w.To.After(out[i].To) {
				out[i].To, out[i].Lasts = w.To, w.Lasts
			}
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
