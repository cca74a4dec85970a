package ui

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"picotop/history"
)

// course is a day in buckets, of values of which NaN is a gap.
func course(step time.Duration, values ...float64) chartData {
	from := monday.Add(-time.Duration(len(values)) * step)
	d := chartData{from: from, to: monday, step: step}
	for i, v := range values {
		b := history.Bucket{Start: from.Add(time.Duration(i) * step)}
		if !math.IsNaN(v) {
			b.Count, b.Min, b.Mean, b.Max = 10, v-0.5, v, v+0.5
		}
		d.buckets = append(d.buckets, b)
	}
	return d
}

func TestFiguresOfAWindow(t *testing.T) {
	gone := math.NaN()
	d := course(time.Hour, 4, 2, gone, 6, 8)
	d.buckets[4].Count = 30
	got := d.summarize()
	want := summary{
		low: 1.5, lowAt: monday.Add(-4 * time.Hour), high: 8.5, highAt: monday.Add(-time.Hour),
		mean: (4*10 + 2*10 + 6*10 + 8*30) / 60.0, count: 60, filled: 4,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := course(time.Hour, gone, gone).summarize(); got != (summary{}) {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestWhatIsNotJoined(t *testing.T) {
	gone := math.NaN()
	tests := map[string]struct {
		data     chartData
		interval time.Duration
		pieces   int
		gaps     int
	}{
		"nothing":                         {course(time.Minute), 15 * time.Second, 0, 0},
		"all there":                       {course(time.Minute, 1, 2, 3), 15 * time.Second, 1, 0},
		"one bucket without":              {course(time.Minute, 1, gone, 3), 15 * time.Second, 2, 1},
		"a slow sender in short buckets":  {course(time.Minute, 1, gone, gone, gone, 3), 4 * time.Minute, 1, 0},
		"a slow sender that was silent":   {course(time.Minute, append(append([]float64{1}, slices.Repeat([]float64{gone}, 20)...), 2)...), 4 * time.Minute, 2, 1},
		"nobody knows how often it sends": {course(time.Minute, 1, 2, gone, 3), 0, 2, 1},
		"two gaps, and one at either end": {course(time.Minute, gone, 1, gone, 2, gone, 3, gone), time.Second, 3, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			pieces, gaps := tt.data.segments(tt.interval)
			if len(pieces) != tt.pieces || len(gaps) != tt.gaps {
				t.Errorf("%d pieces, %d gaps; want %d, %d", len(pieces), len(gaps), tt.pieces, tt.gaps)
			}
		})
	}
}

func TestScales(t *testing.T) {
	tests := map[string]struct {
		low, high float64
		lines     int
		want      yScale
	}{
		"a cold tank":     {2.9, 6.1, 15, yScale{2, 7, 1}},
		"flat":            {5, 5, 10, yScale{4, 6, 1}},
		"frost":           {-10, 2, 12, yScale{-10, 2.5, 5}},
		"all there is":    {-55, 125, 10, yScale{-75, 125, 100}},
		"two lines alone": {1, 60, 2, yScale{0, 75, 100}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := newYScale(tt.low, tt.high, tt.lines)
			if got != tt.want {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
			if top, bottom := got.line(got.high, tt.lines), got.line(got.low, tt.lines); top != 0 || bottom != tt.lines-1 {
				t.Errorf("the highest is in line %d, the lowest in line %d", top, bottom)
			}
		})
	}
}

// TestTicksOnDaysOfOtherLengths holds that moments are round on the wall also where the
// clock is set.
func TestTicksOnDaysOfOtherLengths(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Skip("no time zones here:", err)
	}
	for name, to := range map[string]time.Time{
		"spring": time.Date(2026, time.March, 29, 12, 0, 0, 0, time.UTC), "autumn": time.Date(2026, time.October, 25, 12, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			for _, w := range windows {
				last := time.Time{}
				all := ticks(to.Add(-w.length), to, london, 8)
				for _, x := range all {
					if !x.at.After(last) || x.at.In(london).Minute()%5 != 0 {
						t.Errorf("%s: %v after %v", w.name, x.at, last)
					}
					last = x.at
				}
				if len(all) == 0 || len(all) > 13 {
					t.Errorf("%s: %d moments", w.name, len(all))
				}
			}
		})
	}
}

// TestLateAnswers holds that the answer to an old question is dropped, and that no key
// waits for one.
func TestLateAnswers(t *testing.T) {
	f := winter()
	m := newTestModel(f, 80, 24)
	var asked []tea.Cmd
	hold := func(k string) {
		_, cmd := m.Update(tea.KeyPressMsg{Code: map[string]rune{"enter": tea.KeyEnter, "w": 'w', "tab": tea.KeyTab}[k], Text: strings.Trim(k, "enrtab")})
		asked = append(asked, cmd)
	}
	hold("enter")
	hold("w")
	hold("tab")
	if m.detail.ready() {
		t.Error("shown before it was read")
	}
	for _, cmd := range []tea.Cmd{asked[0], asked[1]} {
		runCommand(m, cmd)
	}
	if m.detail.ready() {
		t.Error("an old answer is shown")
	}
	runCommand(m, asked[2])
	if !m.detail.ready() || m.detail.shown.sensor != m.table.selectedSensor() || windows[m.detail.window].name != "7d" {
		t.Errorf("shown %+v", m.detail.shown)
	}
}

func TestChartsWithoutBraille(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*Config)
		only   string
	}{
		"the Linux console": {func(c *Config) { c.Environ = []string{"TERM=linux"} }, "▀▄█"},
		"plain characters":  {func(c *Config) { c.ASCII = true }, "*"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newTestModel(winter(), 80, 24, tt.change)
			press(m, "enter")
			frame := ansi.Strip(m.View().Content)
			if !strings.ContainsAny(frame, tt.only) {
				t.Errorf("no course in:\n%s", frame)
			}
			for _, r := range frame {
				if r >= firstBraille && r <= lastBraille {
					t.Fatalf("braille in:\n%s", frame)
				}
			}
		})
	}
}

func BenchmarkChart(b *testing.B) {
	s := &viewState{now: monday, locale: locale{zone: time.UTC}, theme: plainTheme()}
	values := make([]float64, 300)
	for i := range values {
		values[i] = 5 + 3*math.Sin(float64(i)/20)
	}
	c := chart{data: course(5*time.Minute, values...), interval: 15 * time.Second, limit: 3, hasLimit: true}
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			c.view(s, 160, 40)
		}
	})
	c.kept = &plotLines{}
	b.Run("the cursor moves", func(b *testing.B) {
		for b.Loop() {
			c.view(s, 160, 40)
		}
	})
}
