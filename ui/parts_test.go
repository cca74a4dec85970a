package ui

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"picotop/history"
	"picotop/house"
)

func TestSparkline(t *testing.T) {
	nan := math.NaN()
	tests := map[string]struct {
		values []float64
		want   string
	}{
		"all of its scale":         {[]float64{0, 1, 2, 3, 4, 5, 6, 7}, "▁▂▃▄▅▆▇█"},
		"below zero":               {[]float64{-10, -5, -3}, "▁▆█"},
		"across zero":              {[]float64{-1, 0, 1}, "▁▅█"},
		"small changes stay small": {[]float64{4.0, 4.0625, 4.0}, "▁▁▁"},
		"flat":                     {[]float64{-7, -7}, "▁▁"},
		"a gap":                    {[]float64{0, nan, 7}, "▁·█"},
		"a gap at the start":       {[]float64{nan, 7, 0}, "·█▁"},
		"nothing but gaps":         {[]float64{nan, nan}, "··"},
		"nothing":                  {nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := string(blocks(levels(tt.values))); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestCellStep(t *testing.T) {
	for cells, want := range map[int]time.Duration{
		72: 20 * time.Minute, 28: 55 * time.Minute, 10: 145 * time.Minute, 288: 5 * time.Minute, 1000: 5 * time.Minute, 1: 24 * time.Hour,
	} {
		if got := cellStep(cells); got != want {
			t.Errorf("cellStep(%d) = %v, want %v", cells, got, want)
		}
	}
}

// means rounds the cells of a trace to whole degrees, gaps to -99.
func means(tr *trace) []int {
	var out []int
	for _, c := range tr.cells {
		if c.count == 0 {
			out = append(out, -99)
			continue
		}
		out = append(out, int(math.Round(c.mean)))
	}
	return out
}

func TestTrace(t *testing.T) {
	const n, step = 4, 6 * time.Hour
	start := time.Date(2026, time.January, 5, 18, 0, 0, 0, time.UTC) // of the newest cell
	heard := func(at time.Time, c float64) house.Sensor { return house.Sensor{Valid: true, Heard: at, Celsius: c} }
	bucket := func(i, count int, mean float64) history.Bucket {
		return history.Bucket{Start: start.Add(time.Duration(i) * step), Count: count, Mean: mean}
	}
	const gap = -99

	tests := map[string]struct {
		do   func(*trace)
		want []int
	}{
		"new": {func(*trace) {}, []int{gap, gap, gap, gap}},
		"readings are averaged": {func(tr *trace) {
			tr.hear(heard(start.Add(time.Minute), 4))
			tr.hear(heard(start.Add(2*time.Minute), 8))
		}, []int{gap, gap, gap, 6}},
		"a reading counts once": {func(tr *trace) {
			tr.hear(heard(start.Add(time.Minute), 4))
			tr.hear(heard(start.Add(2*time.Minute), 8))
			tr.hear(heard(start.Add(2*time.Minute), 8))
		}, []int{gap, gap, gap, 6}},
		"a reading of before is the store's": {func(tr *trace) { tr.hear(heard(start.Add(-time.Minute), 4)) }, []int{gap, gap, gap, gap}},
		"the store fills the past": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(-3, 9, 1), bucket(-2, 0, 7), bucket(-1, 9, 3), bucket(0, 9, 4)})
		}, []int{1, gap, 3, 4}},
		"what is outside is left out": {func(tr *trace) { tr.fill([]history.Bucket{bucket(-4, 9, 1), bucket(1, 9, 2)}) }, []int{gap, gap, gap, gap}},
		"nonsense is left out": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(-1, 9, math.NaN()), bucket(0, 9, math.Inf(1))})
		}, []int{gap, gap, gap, gap}},
		"an empty store takes nothing away": {func(tr *trace) {
			tr.hear(heard(start.Add(time.Minute), 4))
			tr.fill([]history.Bucket{bucket(0, 0, 0)})
		}, []int{gap, gap, gap, 4}},
		"readings join what was loaded": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(0, 1, 2)})
			tr.hear(heard(start.Add(time.Minute), 4))
		}, []int{gap, gap, gap, 3}},
		"time moves the cells": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(-1, 9, 3), bucket(0, 9, 4)})
			tr.advance(start.Add(step), n)
		}, []int{gap, 3, 4, gap}},
		"the clock jumps back": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(0, 9, 4)})
			tr.advance(start.Add(-step), n)
		}, []int{gap, gap, gap, gap}},
		"another width": {func(tr *trace) {
			tr.fill([]history.Bucket{bucket(0, 9, 4)})
			tr.advance(start, n+1)
		}, []int{gap, gap, gap, gap, gap}},
		"a value set aside": {func(tr *trace) {
			s := heard(start.Add(time.Minute), 85)
			s.SetAside = true
			tr.hear(s)
		}, []int{gap, gap, gap, gap}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var tr trace
			tr.advance(start, n)
			tt.do(&tr)
			if diff := cmp.Diff(tt.want, means(&tr)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTraceAsksAgain(t *testing.T) {
	var tr trace
	tr.advance(monday, 28)
	if !tr.wants(monday) {
		t.Error("a new one does not ask")
	}
	if from := tr.ask(monday, 1); monday.Sub(from) < 24*time.Hour || monday.Sub(from) > 26*time.Hour {
		t.Errorf("it asks from %v on", from)
	}
	if tr.wants(monday.Add(askAgain - 1)) {
		t.Error("it asks twice")
	}
	if !tr.wants(monday.Add(askAgain)) {
		t.Error("it gave up")
	}
	tr.fill(nil)
	if tr.wants(monday.Add(time.Hour)) {
		t.Error("it asks for what it has")
	}
	tr.advance(monday.Add(time.Hour), 28)
	if !tr.wants(monday.Add(time.Hour)) {
		t.Error("it does not ask when a cell is complete")
	}
}

func TestLoads(t *testing.T) {
	f := many(60)
	var asked []question
	cfg := Config{Source: f, Now: func() time.Time { return f.state.At }, Location: time.UTC}
	m := newModel(cfg, func(q question) tea.Msg { asked = append(asked, q); return nil })
	m.Update(tea.WindowSizeMsg{Width: 80, Height: 24})
	visible := len(m.loads.waiting) + m.loads.running
	if m.loads.running != loadsAtOnce || visible >= 60 {
		t.Fatalf("%d of %d questions run at once", m.loads.running, visible)
	}

	// The answer to a question of before the window grew comes too late.
	r := m.table.items[1].row
	late := question{sensor: r.sensor.ID, generation: r.trace.generation, step: r.trace.step}
	m.Update(tea.WindowSizeMsg{Width: 100, Height: 24})
	m.Update(answer{question: late, buckets: []history.Bucket{{Start: r.trace.last, Count: 1000, Mean: 77}}})
	if r.trace.loaded || slices.Contains(means(&r.trace), 77) {
		t.Error("an answer to an old question was taken")
	}
	m.Update(answer{question: question{sensor: "gone"}})
	m.Update(answer{question: question{sensor: r.sensor.ID, generation: r.trace.generation}, err: errors.New("disk")})
	if r.trace.loaded {
		t.Error("an error counts as an answer")
	}
	if m.loads.running > loadsAtOnce {
		t.Errorf("%d questions run at once", m.loads.running)
	}
}

func TestShare(t *testing.T) {
	for height := leastHeight; height <= 80; height++ {
		for _, table := range []int{1, 5, 14, 100} {
			none := share(height, 0, table, height >= 10)
			for alerts := range 5 {
				l := share(height, alerts, table, height >= 10)
				if l.table != none.table {
					t.Errorf("height %d, table %d: %d alerts change the table from %d to %d lines", height, table, alerts, none.table, l.table)
				}
				if l.rest < 0 || l.strip < min(alerts, 1) || l.table < 1 {
					t.Errorf("share(%d, %d, %d) = %+v", height, alerts, table, l)
				}
			}
		}
	}
}

func TestColumns(t *testing.T) {
	for width := leastWidth; width <= 250; width++ {
		c := columnsFor(width, width%30)
		used := c.sparkEnd() + c.low + c.high + c.age
		if spare := width - used; spare < 0 || spare > 1 {
			t.Errorf("%d columns leave %d: %+v", width, spare, c)
		}
		if (c.spark > 0) != (width >= sparkWidth) || (c.arrow > 0) != (width >= trendWidth) || c.name < 10 {
			t.Errorf("%d columns: %+v", width, c)
		}
	}
}

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 59 * time.Minute: "59 min",
		time.Hour: "1h00", 109 * time.Minute: "1h49", 24 * time.Hour: "1d00", 51 * time.Hour: "2d03", 400 * 24 * time.Hour: "400d",
	} {
		if got := age(d); got != want || len(got) > 6 {
			t.Errorf("age(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestAgesStandStill(t *testing.T) {
	now := monday
	s := house.Sensor{Heard: monday.Add(-3 * time.Second), Interval: 10 * time.Second}
	var r row
	var shown []string
	for range 45 {
		r.put(s, now)
		if len(shown) == 0 || shown[len(shown)-1] != r.age {
			shown = append(shown, r.age)
		}
		now = now.Add(time.Second)
	}
	want := []string{"3 s", "8 s", "13 s", "18 s", "23 s", "28 s"}
	for i := 31; i <= 47; i++ { // late
		want = append(want, age(time.Duration(i)*time.Second))
	}
	if diff := cmp.Diff(want, shown); diff != "" {
		t.Error(diff)
	}
	s.Heard = now
	if r.put(s, now); r.age != "0 s" {
		t.Errorf("heard again, it shows %q", r.age)
	}
}

func TestClock(t *testing.T) {
	f := format{zone: time.FixedZone("", 3600)}
	for want, ago := range map[string]time.Duration{
		"22:46": time.Minute, "Sun 19:58": 26*time.Hour + 49*time.Minute, "29 Dec": 7 * 24 * time.Hour, "5 Jan 2025": 365 * 24 * time.Hour,
	} {
		if got := f.clock(monday.Add(-ago), monday); got != want {
			t.Errorf("%v ago is %q, want %q", ago, got, want)
		}
	}
}

func TestFahrenheit(t *testing.T) {
	f := format{fahrenheit: true}
	got := []string{f.degrees(-40), f.temp(0), f.temp(100), f.trend(-1), f.trend(0), f.difference(2)}
	want := []string{"-40.0°F", "32.0", "212.0", ", falling 1.8 an hour", "", "3.6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := (format{}).temp(-0.04); got != "0.0" {
		t.Errorf("zero is %q", got)
	}
}

func TestClean(t *testing.T) {
	tests := map[string]struct{ text, want, ascii string }{
		"plain":                {"Cold Water Tank", "Cold Water Tank", "Cold Water Tank"},
		"accents":              {"Küche", "Küche", "K?che"},
		"an escape sequence":   {"\x1b[31mRed", "[31mRed", "[31mRed"},
		"the C1 one":           {"\u009b2J", "2J", "2J"},
		"lines":                {"a\nb\tc", "a b c", "a b c"},
		"right to left":        {"\u202egnorts\u2066", "gnorts", "gnorts"},
		"nothing to see":       {"\u200b\u200d\ufeff\u00ad", "", ""},
		"a family":             {"👨‍👩‍👧", "👨👩👧", "???"},
		"not UTF-8":            {"a\xffb", "ab", "ab"},
		"widths disagree":      {"नमस्ते", "??????", "??????"},
		"a no-break space":     {"a\u00a0b", "a b", "a b"},
		"wide":                 {"冷蔵庫", "冷蔵庫", "???"},
		"combining characters": {"e\u0301", "e\u0301", "e?"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := clean(tt.text, false); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := clean(tt.text, true); got != tt.ascii {
				t.Errorf("in ASCII got %q, want %q", got, tt.ascii)
			}
		})
	}
}

func TestASCII(t *testing.T) {
	for name, f := range map[string]*fake{"winter": winter(), "hostile": hostile(), "first run": firstRunHouse(unreadable)} {
		m := open(f, 80, 24, func(c *Config) { c.ASCII = true })
		for range 2 {
			for _, r := range m.View().Content + m.farewell() {
				if r > '~' {
					t.Errorf("%s: %q in ASCII", name, r)
				}
			}
			m = open(f, 80, 24, func(c *Config) { c.ASCII = true })
			press(m, "?")
		}
	}
}

// names lists the rows from the top.
func names(m *model) string {
	var all []string
	for _, i := range m.table.items {
		if i.row != nil {
			all = append(all, i.row.sensor.FriendlyName)
		}
	}
	return strings.Join(all, ", ")
}

func TestRowsStay(t *testing.T) {
	f := newFake()
	f.add(garage, "A", 5, 0, 0, 0, 0, "")
	f.add(garage, "B", 4, 0, 0, 0, 0, "")
	f.add(garage, "C", 9, 0, 0, 0, 0, "")
	m := open(f, 80, 24)
	press(m, "s")
	step := func(want string, i int, celsius float64) {
		t.Helper()
		f.hear(i, monday, celsius)
		m.Update(tickMsg{})
		if got := names(m); got != want {
			t.Errorf("%.2f at %d: got %s, want %s", celsius, i, got, want)
		}
	}
	step("B, A, C", 1, 4.2)
	step("A, B, C", 1, 5.1)
	step("A, B, C", 1, 4.9) // a little colder is not enough to change places again
	step("A, B, C", 1, 5.1)
	step("B, A, C", 1, 4.8)
}

func TestCursor(t *testing.T) {
	m := open(winter(), 80, 24)
	under := func() string { return m.table.items[m.table.cursor()].row.sensor.FriendlyName }
	tests := []struct{ key, want string }{
		{"up", "Cold Water Tank"},
		{"down", "Loft"},
		{"j", "Boiler Feed"},
		{"k", "Loft"},
		{"G", "Log Store"},
		{"down", "Log Store"},
		{"g", "Cold Water Tank"},
		{"end", "Log Store"},
		{"s", "Log Store"},
		{"home", "Outside"},
	}
	for _, tt := range tests {
		if press(m, tt.key); under() != tt.want {
			t.Errorf("%s leads to %s, want %s", tt.key, under(), tt.want)
		}
	}
}

func TestEscapeNeverQuits(t *testing.T) {
	m := open(winter(), 80, 24)
	for _, key := range []string{"?", "esc", "esc"} {
		_, cmd := m.Update(tea.KeyPressMsg{Code: map[string]rune{"?": '?', "esc": tea.KeyEscape}[key], Text: strings.TrimPrefix(key, "esc")})
		if cmd != nil {
			t.Errorf("%s does something", key)
		}
	}
	if m.helping {
		t.Error("esc does not close the help")
	}
}

func TestQuitAtAnySize(t *testing.T) {
	for _, w := range []int{0, 1, 19, 80} {
		m := open(winter(), w, w/3)
		_, cmd := m.Update(tea.KeyPressMsg{Code: 'q', Text: "q"})
		if cmd == nil {
			t.Fatalf("q does nothing at %d columns", w)
		}
		if _, quit := cmd().(tea.QuitMsg); !quit {
			t.Errorf("q does not quit at %d columns", w)
		}
	}
}

func TestEventsInWords(t *testing.T) {
	tests := map[string]house.Event{
		"Tank fell below 3.0°C":                {Kind: house.Freezing, Label: "Tank", Celsius: 3},
		"Tank is above 3.0°C again":            {Kind: house.Thawed, Label: "Tank", Celsius: 3},
		"shed went silent, 2 sensors":          {Kind: house.Silent, Label: "shed", Pico: true, Sensors: 2},
		"Tank went silent":                     {Kind: house.Silent, Label: "Tank"},
		"shed is heard again, 1 sensor":        {Kind: house.HeardOf, Label: "shed", Pico: true, Sensors: 1},
		"Tank is near its limit and falling":   {Kind: house.Near, Label: "Tank"},
		"Tank heard for the first time":        {Kind: house.NewSensor, Label: "Tank"},
		"Pot is now called Tank":               {Kind: house.Renamed, Label: "Tank", Text: "Pot"},
		"shed: feed calls fail, API Exception": {Kind: house.FeedFails, Label: "shed", Pico: true, Text: "API Exception"},
		"shed: feed calls work again":          {Kind: house.FeedWorks, Label: "shed", Pico: true},
		"Tank: melted":                         {Kind: "melted", Label: "Tank"},
	}
	for want, e := range tests {
		if got := eventText(e, format{}, false); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
