package ui

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"picotop/history"
	"picotop/house"
)

// A reading is one of a made-up sensor.
type reading struct {
	at      time.Time
	celsius float64
}

// bucketsOf sums readings up as a store does.
func bucketsOf(readings []reading) readBuckets {
	return func(req rangeRequest) ([]history.Bucket, error) {
		from := bucketStart(req.from, req.step)
		all := make([]history.Bucket, int(req.to.Sub(from)/req.step)+1)
		for i := range all {
			all[i].Start = from.Add(time.Duration(i) * req.step)
		}
		for _, r := range readings {
			i := int(r.at.Sub(from) / req.step)
			if r.at.Before(from) || i >= len(all) {
				continue
			}
			b := &all[i]
			if b.Count == 0 {
				b.Min, b.Max = r.celsius, r.celsius
			}
			b.Count++
			b.Min, b.Max = min(b.Min, r.celsius), max(b.Max, r.celsius)
			b.Mean += (r.celsius - b.Mean) / float64(b.Count)
		}
		return all, nil
	}
}

// TestFiguresAreThoseOfTheReadings holds that a chart's figures are those of the
// readings in its window, none more, none less, whatever its buckets are.
func TestFiguresAreThoseOfTheReadings(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, w := range windows[:4] {
		for range 20 {
			to := monday.Add(time.Duration(random.IntN(86400)) * time.Second)
			var all []reading
			low, high := reading{celsius: math.Inf(1)}, reading{celsius: math.Inf(-1)}
			sum, count := 0.0, 0
			for at := to.Add(-w.length - w.length/3); !at.After(to); at = at.Add(w.length/500 + time.Duration(random.IntN(9000))*time.Millisecond) {
				r := reading{at, -20 + 40*random.Float64()}
				all = append(all, r)
				if at.Before(to.Add(-w.length)) {
					continue
				}
				if sum += r.celsius; r.celsius < low.celsius {
					low = r
				}
				if count++; r.celsius > high.celsius {
					high = r
				}
			}
			for _, width := range []int{20, 73, 190} {
				step := chartStep(w.length, width)
				data, err := readChart(bucketsOf(all), rangeRequest{from: to.Add(-w.length), to: to, step: step}, to)
				if err != nil {
					t.Fatal(err)
				}
				got := data.summarize()
				// The edge is cut to within a bucket of finerStep: some readings.
				slack := count / 100
				if got.low != low.celsius || got.high != high.celsius || !sameSecond(got.lowAt, low.at) || !sameSecond(got.highAt, high.at) ||
					got.count < count-slack || got.count > count || math.Abs(got.mean-sum/float64(count)) > 0.3 {
					t.Errorf("%s in %d cells until %s:\ngot  %+v\nwant %v to %v, mean %v of %d", w.name, width, to, got, low, high, sum/float64(count), count)
				}
			}
		}
	}
}

func sameSecond(a, b time.Time) bool { return a.Truncate(time.Second).Equal(b.Truncate(time.Second)) }

// TestFiguresWithoutFinerOnes holds that where the store keeps only hours, or fails
// half-way, the figures are those of whole buckets.
func TestFiguresWithoutFinerOnes(t *testing.T) {
	whole := bucketsOf([]reading{{monday.Add(-24*time.Hour - 30*time.Minute), 1}, {monday.Add(-time.Hour), 5}})
	req := rangeRequest{from: monday.Add(-24 * time.Hour), to: monday, step: 3 * time.Hour}
	for name, finer := range map[string]readBuckets{
		"empty":  bucketsOf(nil),
		"broken": func(rangeRequest) ([]history.Bucket, error) { return nil, errors.New("no") },
	} {
		t.Run(name, func(t *testing.T) {
			data, err := readChart(func(r rangeRequest) ([]history.Bucket, error) {
				if r.step == req.step {
					return whole(r)
				}
				return finer(r)
			}, req, monday)
			got := data.summarize()
			if err != nil || got.low != 1 || got.high != 5 || got.lowAt.After(req.from) || got.count != 2 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// TestChartCursor holds that each press moves it by one column, which is drawn, that what it
// reads is what is drawn there, and that it stays where it is in time.
func TestChartCursor(t *testing.T) {
	for _, size := range [][2]int{{40, 20}, {80, 24}, {120, 40}, {200, 60}} {
		f := winter()
		m := newTestModel(f, size[0], size[1])
		press(m, "enter")
		for range windows {
			for x := m.detail.width - 1; x >= 0; x-- {
				press(m, "left")
				at := m.detail.cursorAt()
				if got := m.detail.data.cell(at, m.detail.width); got != x {
					t.Fatalf("%v %s: in column %d, want %d", size, windows[m.detail.window].name, got, x)
				}
				in := m.detail.data.inCell(at, m.detail.width)
				if in.from.After(at.Add(m.detail.data.step)) || in.to.Before(at.Add(-m.detail.data.step)) {
					t.Fatalf("%v: %v reads %v to %v", size, at, in.from, in.to)
				}
			}
			press(m, "left")
			if got := m.detail.data.cell(m.detail.cursorAt(), m.detail.width); got != 0 {
				t.Errorf("%v: beyond the edge in column %d", size, got)
			}
			for !m.detail.cursorAt().IsZero() {
				press(m, "right")
			}
			press(m, "w")
		}
		press(m, "left", "left", "left")
		at := m.detail.cursorAt()
		f.update(func(s *house.State) { s.At = s.At.Add(10 * time.Minute) })
		send(m, tickMsg{})
		if got := m.detail.cursorAt(); !got.Equal(at) || !m.detail.data.to.Equal(f.state.At) {
			t.Errorf("%v: was at %v, is at %v, %v after", size, at, got, m.detail.data.to)
		}
	}
}

// TestTroubleOfTheHistory holds that a history that cannot be read says so wherever its
// chart would be, and that the chart comes back by itself.
func TestTroubleOfTheHistory(t *testing.T) {
	for name, tt := range map[string]struct {
		width, height int
		keys          []string
	}{
		"the whole screen": {80, 24, []string{"enter"}}, "below the table": {120, 40, nil}, "beside the table": {200, 60, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := winter()
			f.broken = errors.New("\x1b[2Jthe service\ndoes not answer")
			m := newTestModel(f, tt.width, tt.height)
			press(m, tt.keys...)
			send(m, tickMsg{})
			checkFrame(t, m)
			if frame := render(m); !strings.Contains(frame, "the history cannot be read: ") || !strings.Contains(frame, "does not answer") {
				t.Errorf("does not say so:\n%s", frame)
			}
			f.broken = nil
			f.update(func(s *house.State) { s.At = s.At.Add(retryChartAfter) })
			send(m, tickMsg{})
			if frame := render(m); strings.Contains(frame, "cannot be read") || !strings.Contains(frame, "limit 3.0") {
				t.Errorf("does not come back:\n%s", frame)
			}
		})
	}
}

// TestChartsOfLittle holds that a chart of whatever there is shows it.
func TestChartsOfLittle(t *testing.T) {
	gone := math.NaN()
	one := append(append(slices.Repeat([]float64{gone}, 100), 4), slices.Repeat([]float64{gone}, 43)...)
	for name, values := range map[string][]float64{
		"one reading":        one,
		"the newest alone":   append(slices.Repeat([]float64{gone}, 143), 4),
		"the oldest alone":   append([]float64{4}, slices.Repeat([]float64{gone}, 143)...),
		"flat":               slices.Repeat([]float64{4}, 144),
		"the whole range":    append(slices.Repeat([]float64{-55}, 72), slices.Repeat([]float64{125}, 72)...),
		"gaps at both edges": slices.Concat(slices.Repeat([]float64{gone}, 20), slices.Repeat([]float64{4}, 100), slices.Repeat([]float64{gone}, 24)),
	} {
		for _, fahrenheit := range []bool{false, true} {
			s := &viewState{now: monday, locale: locale{zone: time.UTC, fahrenheit: fahrenheit}, theme: plainTheme()}
			for _, size := range [][2]int{{80, 18}, {40, 8}, {200, 50}, {12, 4}} {
				c := chart{data: course(10*time.Minute, values...), interval: 15 * time.Second, limit: 3, hasLimit: true}
				lines := c.view(s, size[0], size[1])
				if len(lines) != size[1] {
					t.Errorf("%s: %d lines", name, len(lines))
				}
				if !slices.ContainsFunc(lines, func(l string) bool {
					return strings.ContainsFunc(ansi.Strip(l), func(r rune) bool { return r > firstBraille && r <= lastBraille })
				}) {
					t.Errorf("%s at %v shows nothing:\n%s", name, size, strings.Join(lines, "\n"))
				}
			}
		}
	}
}

// TestSensorThatGoes holds that a chart whose sensor is forgotten says so, and that one
// comes to the next from there.
func TestSensorThatGoes(t *testing.T) {
	f := winter()
	m := newTestModel(f, 80, 24)
	press(m, "enter")
	f.update(func(s *house.State) { s.Sensors = s.Sensors[1:]; s.Conditions = nil })
	send(m, tickMsg{})
	if frame := render(m); !strings.Contains(frame, "this sensor is gone") {
		t.Errorf("does not say so:\n%s", frame)
	}
	press(m, "tab")
	if frame := render(m); strings.Contains(frame, "is gone") {
		t.Errorf("stays:\n%s", frame)
	}
	f.update(func(s *house.State) { s.Sensors, s.Picos = nil, nil })
	send(m, tickMsg{})
	press(m, "tab")
	checkFrame(t, m)
	send(m, tea.WindowSizeMsg{Width: 200, Height: 60})
	press(m, "esc")
	checkFrame(t, m)
}

func TestYearAgo(t *testing.T) {
	days := func(year int, celsius float64) (all []reading) {
		for h := range 26 {
			all = append(all, reading{monday.AddDate(year, 0, 0).Add(-time.Duration(h) * time.Hour), celsius})
		}
		return all
	}
	tests := map[string]struct {
		before     []reading
		window     time.Duration
		fahrenheit bool
		want       string
	}{
		"warmer":         {days(-1, 3), 24 * time.Hour, false, "1.5 warmer than a year ago"},
		"colder":         {days(-1, 6), 24 * time.Hour, false, "1.5 colder than a year ago"},
		"Fahrenheit":     {days(-1, 6), 24 * time.Hour, true, "2.7 colder than a year ago"},
		"the same":       {days(-1, 4.52), 24 * time.Hour, false, "as warm as a year ago"},
		"a short window": {days(-1, 3), 6 * time.Hour, false, ""},
		"nothing known":  {nil, 24 * time.Hour, false, ""},
		"little known":   {days(-1, 3)[:8], 24 * time.Hour, false, ""},
		"two years ago":  {days(-2, 3), 24 * time.Hour, false, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			data, err := readChart(bucketsOf(append(tt.before, days(0, 4.5)...)), rangeRequest{from: monday.Add(-tt.window), to: monday, step: time.Hour}, monday)
			if err != nil {
				t.Fatal(err)
			}
			d := detail{data: data}
			if got := d.yearAgoText(&viewState{now: monday, locale: locale{zone: time.UTC, fahrenheit: tt.fahrenheit}}); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

// TestLostPeer holds that a chart on the whole screen says so when the picotop that it
// comes from is lost, and what was the answer, all of it.
func TestLostPeer(t *testing.T) {
	f := winter()
	m := newTestModel(f, 80, 24)
	press(m, "enter")
	f.health.Origin = Origin{From: "http://10.0.0.7:8000", Lost: monday}
	f.broken = errors.New("asking http://10.0.0.7:8000: dial tcp 10.0.0.7:8000: connect: connection refused")
	send(m, tickMsg{})
	if frame := render(m); !strings.Contains(frame, "nothing from http://10.0.0.7:8000 since 21:47") || !strings.Contains(frame, "limit 3.0") {
		t.Errorf("the chart that there is, and that the rest is lost:\n%s", frame)
	}
	press(m, "w")
	checkFrame(t, m)
	if frame := render(m); !strings.Contains(frame, "refused") {
		t.Errorf("cut:\n%s", frame)
	}
}
