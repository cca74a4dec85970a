package housepage

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"picotop/house"
	"picotop/internal/goldentest"
)

func TestPages(t *testing.T) {
	bad := serve(badHouse(), sine)
	goldentest.Compare(t, filepath.Join("testdata", "house.html"), visit(t, bad, "/").Body.Bytes())
	goldentest.Compare(t, filepath.Join("testdata", "sensor.html"), visit(t, bad, "/sensor?id=28ff000000000001").Body.Bytes())
	goldentest.Compare(t, filepath.Join("testdata", "house.txt"), visit(t, bad, "/", "User-Agent: curl/8.5.0", "Accept: */*").Body.Bytes())
}

func TestHouseSaysInWords(t *testing.T) {
	hot := one(1, "Boiler", 81)
	tests := map[string]struct {
		state house.State
		want  string
	}{
		"nothing heard yet":       {house.State{At: monday}, "No sensor has been heard yet."},
		"all is well":             {wellHouse(2), "All is well"},
		"one warning":             {house.State{At: monday, Sensors: []house.Sensor{hot}, Conditions: []house.Condition{{Kind: house.TooWarm, Pico: -1}}}, "1 warning"},
		"information is no alarm": {house.State{At: monday, Sensors: []house.Sensor{hot}, Conditions: []house.Condition{{Kind: house.NameClash, Pico: -1}}}, "All is well"},
		"a sensor without a name": {house.State{Sensors: []house.Sensor{{ID: "28ff"}}}, "<h3>28ff</h3>"},
		"what a chart shows":      {wellHouse(2), `aria-label="Cold Water Tank, last 24 hours: from `},
		"how it goes on":          {wellHouse(2), `now 13.3, steady"`},
		"acknowledged":            {badHouse(), "(acknowledged)"},
		"snoozed":                 {badHouse(), "(snoozed until 22:47)"},
		"why cold is normal":      {badHouse(), "Cold is normal here: it is cold on most of its days."},
		"what was not believed":   {badHouse(), "85.0 °C was not believed: DS18B20 power-on value; 3 so far."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := visit(t, serve(tt.state, sine), "/").Body.String(); !strings.Contains(got, tt.want) {
				t.Errorf("%q is not in:\n%s", tt.want, got)
			}
		})
	}
}

func TestWorstFirst(t *testing.T) {
	page := visit(t, serve(badHouse(), sine), "/").Body.String()
	_, page, _ = strings.Cut(page, `id="sensors"`)
	last := 0
	for _, name := range []string{"Cold Water Tank", "Loft", "Kitchen", "Study", "Pump Room", "Cellar", "Airing Cupboard"} {
		at := strings.Index(page, "<h3>"+name+"</h3>")
		if at < last {
			t.Errorf("%s comes too early", name)
		}
		last = at
	}
	if strings.Contains(page, "Hidden") {
		t.Error("what is hidden is shown")
	}
}

func TestNamesCannotBreakAPage(t *testing.T) {
	state := hostileHouse()
	handler := serve(state, sine)
	targets := []string{"/"}
	for _, s := range state.Sensors {
		targets = append(targets, "/sensor?id="+url.QueryEscape(s.ID))
	}
	for _, target := range targets {
		w := visit(t, handler, target)
		page := w.Body.String()
		if w.Code != 200 || strings.Contains(page, "<script") || strings.Contains(page, "<img") || strings.Count(page, "</style>") != 1 || strings.Contains(page, "ZgotmplZ") {
			t.Errorf("%s: status %d:\n%s", target, w.Code, page)
		}
	}
}

func TestSensorsThatHaveNoPage(t *testing.T) {
	handler := serve(badHouse(), sine)
	for _, id := range []string{"", "nobody", badHouse().Sensors[11].ID} { // the last one is hidden
		if w := visit(t, handler, "/sensor?id="+id); w.Code != 404 {
			t.Errorf("%q: status %d", id, w.Code)
		}
	}
}

// TestPolicy keeps the style sheet working: a browser drops it without
// a word if the hash in the header is not that of the text in the page.
func TestPolicy(t *testing.T) {
	for _, target := range []string{"/", "/sensor?id=28ff000000000001"} {
		w := visit(t, serve(badHouse(), sine), target)
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(w.Body.String())
		if len(style) == 0 {
			t.Fatal("the page has no style sheet")
		}
		policy := w.Header().Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "style-src 'sha256-" + hashOf(style[1]) + "'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%q is not in %q", want, policy)
			}
		}
		if body := w.Body.String(); strings.Contains(body, "<script") || strings.Contains(body, "style=") {
			t.Error("the page has a script or a style that the policy forbids")
		}
	}
}

func TestWhoGetsText(t *testing.T) {
	handler := serve(badHouse(), sine)
	tests := map[string]struct {
		headers []string
		text    bool
	}{
		"a browser":              {[]string{"User-Agent: Mozilla/5.0", "Accept: text/html,application/xhtml+xml,*/*;q=0.8"}, false},
		"curl":                   {[]string{"User-Agent: curl/8.5.0", "Accept: */*"}, true},
		"Wget":                   {[]string{"User-Agent: Wget/1.21.3", "Accept: */*"}, true},
		"curl that says nothing": {[]string{"User-Agent: curl/8.5.0"}, true},
		"curl that wants a page": {[]string{"User-Agent: curl/8.5.0", "Accept: text/html"}, false},
		"who takes only text":    {[]string{"User-Agent: x", "Accept: text/plain"}, true},
		"who says nothing":       {[]string{"User-Agent: x"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := visit(t, handler, "/", tt.headers...)
			if text := strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain"); text != tt.text {
				t.Errorf("Content-Type %s", w.Header().Get("Content-Type"))
			}
		})
	}
}

func TestChartsAreKeptForAMinute(t *testing.T) {
	now, asked := monday, 0
	fails := false
	cache := chartCache{past: func(_ context.Context, _ string, from, to time.Time, step time.Duration) ([]Bucket, error) {
		asked++
		if fails {
			return nil, errors.New("closed")
		}
		return sine(t.Context(), "a", from, to, step)
	}}
	get := func() chart { return cache.get(t.Context(), one(1, "Loft", 5), day, now) }
	first := get()
	now = now.Add(59 * time.Second)
	if again := get(); asked != 1 || again.Line != first.Line {
		t.Errorf("asked %d times within a minute", asked)
	}
	now = now.Add(time.Second)
	if get(); asked != 2 {
		t.Errorf("asked %d times after a minute, want 2", asked)
	}
	now, fails = now.Add(time.Minute), true
	if got := get(); got.Line != "" {
		t.Errorf("a chart of nothing: %+v", got)
	}
	cache.forget(now)
	if len(cache.kept) != 0 {
		t.Errorf("%d charts are kept that are no longer good", len(cache.kept))
	}
}

func TestChartsOfOddPasts(t *testing.T) {
	bucket := func(ago time.Duration, v float64) Bucket {
		return Bucket{Start: monday.Add(-ago), Count: 1, Min: v, Mean: v, Max: v}
	}
	tests := map[string]struct {
		past []Bucket
		line string
		alt  string
	}{
		"nothing":    {nil, "", "Loft, last 24 hours: nothing recorded"},
		"only gaps":  {[]Bucket{{}, {}}, "", "Loft, last 24 hours: nothing recorded"},
		"one point":  {[]Bucket{bucket(12*time.Hour, 5)}, "M145.5 24.0h.1", "Loft, last 24 hours: from 5.0 to 5.0 °C, now 5.0, steady"},
		"two pieces": {[]Bucket{bucket(12*time.Hour, 20), {}, bucket(6*time.Hour, 22)}, "M145.5 45.0h.1M217.5 3.0h.1", "Loft, last 24 hours: from 20.0 to 22.0 °C, now 5.0, steady"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := one(1, "Loft", 5)
			s.HasLimit = false
			c := drawChart(s, day, tt.past, monday)
			if c.Line != tt.line || c.Alt != tt.alt {
				t.Errorf("%q, %q", c.Line, c.Alt)
			}
		})
	}
}

// BenchmarkHouse draws a house whose charts are all new.
func BenchmarkHouse(b *testing.B) {
	for _, n := range []int{10, 60, 400} {
		b.Run(fmt.Sprint(n, " sensors"), func(b *testing.B) {
			state := wellHouse(n)
			for b.Loop() {
				visit(b, serve(state, sine), "/")
			}
		})
	}
}
