package ui

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/history"
	"picotop/house"
)

func TestBucketStep(t *testing.T) {
	for _, tt := range []struct {
		window string
		n      int
		want   time.Duration
	}{
		{"24h", 24, time.Hour},
		{"24h", 72, 20 * time.Minute},
		{"24h", 28, 52 * time.Minute},
		{"24h", 68, 1271 * time.Second},
		{"24h", 288, 5 * time.Minute},
		{"24h", 1, 24 * time.Hour},
		{"1h", 29, 125 * time.Second},
		{"7d", 29, 6 * time.Hour},
		{"7d", 72, 140 * time.Minute},
		{"30d", 29, 25 * time.Hour},
		{"30d", 72, 10 * time.Hour},
		{"30d", 70, 618 * time.Minute},
		{"1y", 29, 303 * time.Hour},
	} {
		w := windows[slices.IndexFunc(windows, func(w window) bool { return w.name == tt.window })]
		if step := w.bucketStep(tt.n); step != tt.want {
			t.Errorf("%s in %d cells: %v, want %v", tt.window, tt.n, step, tt.want)
		}
	}
}

// TestSparklinesFillTheirRows holds that at any width a row shows the window that the
// head of the table names, to within a cell, and leaves at most two cells empty.
func TestSparklinesFillTheirRows(t *testing.T) {
	for width := minSparklineWidth; width <= 250; width++ {
		m := model{width: width}
		for _, longest := range []int{4, 15, 20, 64} {
			cells := columnsFor(m.tableWidth(), longest).sparkline
			for _, w := range windows {
				step, n := w.bucketStep(cells), w.bucketCount(cells)
				if n > cells || n < cells-2 {
					t.Errorf("%s at a width of %d: %d of %d cells are filled", w.name, width, n, cells)
				}
				if time.Duration(n)*step < w.length || time.Duration(n-1)*step >= w.length {
					t.Errorf("%s at a width of %d: %d cells of %v", w.name, width, n, step)
				}
			}
		}
	}
}

// means rounds the buckets to whole degrees, gaps to -99.
func means(d *sparklineData) []int {
	var out []int
	for _, c := range d.buckets {
		if c.count == 0 {
			out = append(out, -99)
			continue
		}
		out = append(out, int(math.Round(c.mean)))
	}
	return out
}

func TestSparklineData(t *testing.T) {
	const n, step = 4, 6 * time.Hour
	start := time.Date(2026, time.January, 5, 18, 0, 0, 0, time.UTC) // of the newest bucket
	heard := func(at time.Time, c float64) house.Sensor { return house.Sensor{Valid: true, Heard: at, Celsius: c} }
	stored := func(i, count int, mean float64) history.Bucket {
		return history.Bucket{Start: start.Add(time.Duration(i) * step), Count: count, Mean: mean}
	}
	const gap = -99

	tests := map[string]struct {
		do   func(*sparklineData)
		want []int
	}{
		"new": {func(*sparklineData) {}, []int{gap, gap, gap, gap}},
		"readings are averaged": {func(d *sparklineData) {
			d.addReading(heard(start.Add(time.Minute), 4))
			d.addReading(heard(start.Add(2*time.Minute), 8))
		}, []int{gap, gap, gap, 6}},
		"a reading counts once": {func(d *sparklineData) {
			d.addReading(heard(start.Add(time.Minute), 4))
			d.addReading(heard(start.Add(2*time.Minute), 8))
			d.addReading(heard(start.Add(2*time.Minute), 8))
		}, []int{gap, gap, gap, 6}},
		"a reading of before is the store's": {func(d *sparklineData) { d.addReading(heard(start.Add(-time.Minute), 4)) }, []int{gap, gap, gap, gap}},
		"the store fills the past": {func(d *sparklineData) {
			d.addHistory([]history.Bucket{stored(-3, 9, 1), stored(-2, 0, 7), stored(-1, 9, 3), stored(0, 9, 4)})
		}, []int{1, gap, 3, 4}},
		"what is outside is left out": {func(d *sparklineData) { d.addHistory([]history.Bucket{stored(-4, 9, 1), stored(1, 9, 2)}) }, []int{gap, gap, gap, gap}},
		"nonsense is left out": {func(d *sparklineData) {
			d.addHistory([]history.Bucket{stored(-1, 9, math.NaN()), stored(0, 9, math.Inf(1))})
		}, []int{gap, gap, gap, gap}},
		"an empty store takes nothing away": {func(d *sparklineData) {
			d.addReading(heard(start.Add(time.Minute), 4))
			d.addHistory([]history.Bucket{stored(0, 0, 0)})
		}, []int{gap, gap, gap, 4}},
		"readings join what was loaded": {func(d *sparklineData) {
			d.addHistory([]history.Bucket{stored(0, 1, 2)})
			d.addReading(heard(start.Add(time.Minute), 4))
		}, []int{gap, gap, gap, 3}},
		"time moves the buckets": {func(d *sparklineData) {
			d.addHistory([]history.Bucket{stored(-1, 9, 3), stored(0, 9, 4)})
			d.advance(start.Add(step), windows[usualWindow], n)
		}, []int{gap, 3, 4, gap}},
		"the clock jumps back": {func(d *sparklineData) {
			d.addHistory([]history.Bucket{stored(0, 9, 4)})
			d.advance(start.Add(-step), windows[usualWindow], n)
		}, []int{gap, gap, gap, gap}},
		"another width": {func(d *sparklineData) {
			d.addHistory([]history.Bucket{stored(0, 9, 4)})
			d.advance(start, windows[usualWindow], n+1)
		}, []int{gap, gap, gap, gap, gap}},
		"a value set aside": {func(d *sparklineData) {
			s := heard(start.Add(time.Minute), 85)
			s.SetAside = true
			d.addReading(s)
		}, []int{gap, gap, gap, gap}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var d sparklineData
			d.advance(start, windows[usualWindow], n)
			tt.do(&d)
			if diff := cmp.Diff(tt.want, means(&d)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSparklineDataLoadsAgain(t *testing.T) {
	var d sparklineData
	d.advance(monday, windows[usualWindow], 28)
	if !d.needsLoad(monday) {
		t.Error("a new one does not ask")
	}
	if from := d.startLoad(monday, 1); monday.Sub(from) < 24*time.Hour-d.step || monday.Sub(from) > 26*time.Hour {
		t.Errorf("it asks from %v on", from)
	}
	if d.needsLoad(monday.Add(loadRetryAfter - 1)) {
		t.Error("it asks twice")
	}
	if !d.needsLoad(monday.Add(loadRetryAfter)) {
		t.Error("it gave up")
	}
	d.addHistory(nil)
	if d.needsLoad(monday.Add(time.Hour)) {
		t.Error("it asks for what it has")
	}
	d.advance(monday.Add(time.Hour), windows[usualWindow], 28)
	if !d.needsLoad(monday.Add(time.Hour)) {
		t.Error("it does not ask when a bucket is complete")
	}
}

// Until the store has answered, what was heard meanwhile is no low of a week; after that
// the low stays while the next answer is on its way.
func TestExtremesWaitForTheStore(t *testing.T) {
	const n = 28
	week := windows[usualWindow+1]
	var d sparklineData
	d.advance(monday, week, n)
	d.addReading(house.Sensor{Valid: true, Heard: monday, Celsius: 4})
	if _, _, ok := d.extremes(); ok {
		t.Error("a low is told of a week that is not known yet")
	}
	d.addHistory([]history.Bucket{{Start: monday.Add(-48 * time.Hour).Truncate(d.step), Count: 9, Min: 1, Mean: 2, Max: 6}})
	d.advance(monday.Add(d.step), week, n)
	if low, high, ok := d.extremes(); !ok || low != 1 || high != 6 {
		t.Errorf("low %v and high %v, known: %v; want 1 and 6", low, high, ok)
	}
	d.advance(monday.Add(d.step), windows[usualWindow+2], n)
	if _, _, ok := d.extremes(); ok {
		t.Error("the low of the week is told of a month")
	}
}
