package housepage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"picotop/house"
	"picotop/internal/goldentest"
	"picotop/internal/overview"
)

// A fakeHouses tells what a test wants it to.
type fakeHouses struct {
	list    overview.List
	missing []string
	states  map[string]house.State // by key; there are no pages of another one
}

func (f *fakeHouses) List(context.Context) overview.List { return f.list }
func (f *fakeHouses) Missing() []string                  { return f.missing }
func (f *fakeHouses) From() string                       { return "http://prometheus:9090" }

func (f *fakeHouses) House(_ context.Context, key string) (*Pages, error) {
	state, ok := f.states[key]
	if !ok {
		return nil, errors.New("its last day is being read")
	}
	return New(Config{
		State: func() house.State { return state }, Missing: f.Missing,
		Past: sine, Version: "1.2.3", Metrics: "/metrics", Logger: slog.New(slog.DiscardHandler),
	}), nil
}

// serveSite serves the pages of several houses.
func serveSite(f *fakeHouses) http.Handler {
	site := NewSite(SiteConfig{Houses: f, Version: "1.2.3", Metrics: "/metrics", Logger: slog.New(slog.DiscardHandler)})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", site.ServeHouses)
	mux.HandleFunc("GET /house", site.ServeHouse)
	mux.HandleFunc("GET /sensor", site.ServeSensor)
	return mux
}

// listOf is a list as it is told: judged, and in order.
func listOf(houses ...overview.House) overview.List {
	list := overview.List{At: monday, Houses: houses}
	for i := range list.Houses {
		if list.Houses[i].Heard.IsZero() {
			list.Houses[i].Heard = monday.Add(-9 * time.Second)
		}
		list.Houses[i].Judge(monday)
	}
	list.Sort()
	return list
}

// street has houses in which is wrong what can be.
func street() *fakeHouses {
	list := listOf(
		overview.House{Name: "mum", Key: "mum", Sensors: 12, Kind: house.Freezing, Sensor: "Cold Water Tank", Celsius: 2.875, Freezing: 2, SilentPicos: 1, Pico: "shed", Coldest: -2.4, ColdestSensor: "Outside"},
		overview.House{Name: "number 10", Key: "number 10", Sensors: 20, Coldest: 8, ColdestSensor: "Loft"},
		overview.House{Name: "number 9", Key: "number 9", Sensors: 20, Kind: house.Near, Sensor: "Loft", Celsius: 4.1, Coldest: 4.1, ColdestSensor: "Loft"},
		overview.House{Name: "boat", Key: "boat", Sensors: 3, Heard: monday.Add(-26 * time.Hour), Coldest: 3, ColdestSensor: "Bilge"},
		overview.House{Name: "attic", Key: "attic", Sensors: 4, Kind: house.Silent, Silent: 1, Sensor: "Loft", Celsius: -1000},
	)
	list.More = 1
	return &fakeHouses{list: list, states: map[string]house.State{"mum": badHouse(), "number 9": wellHouse(2)}}
}

func TestSite(t *testing.T) {
	handler := serveSite(street())
	lost := street()
	lost.missing = []string{"nothing can be read since 21:40: connection refused; this is as of 21:39"}
	away := serveSite(lost)
	for file, page := range map[string]struct {
		handler http.Handler
		target  string
		headers []string
	}{
		"houses.html":           {handler, "/", nil},
		"houses-found.html":     {handler, "/?q=NUMBER", nil},
		"houses-house.html":     {handler, "/house?name=mum", nil},
		"houses-sensor.html":    {handler, "/sensor?house=mum&id=28ff000000000001", nil},
		"houses.txt":            {handler, "/", []string{"User-Agent: curl/8.5.0", "Accept: */*"}},
		"houses-away.txt":       {away, "/", []string{"User-Agent: curl/8.5.0", "Accept: */*"}},
		"houses-house-away.txt": {away, "/house?name=mum", []string{"User-Agent: curl/8.5.0", "Accept: */*"}},
	} {
		t.Run(file, func(t *testing.T) {
			w := visit(t, page.handler, page.target, page.headers...)
			body := strings.Replace(w.Body.String(), pageCSS, "\n", 1) // the other pages show it
			goldentest.Compare(t, filepath.Join("testdata", file), []byte(body))
		})
	}
}

func TestSiteSaysInWords(t *testing.T) {
	never := &fakeHouses{missing: []string{"nothing was read yet from http://prometheus:9090"}}
	lost := street()
	lost.missing = []string{"nothing can be read since 21:40"}
	only := &fakeHouses{list: listOf(overview.House{Name: "mum", Key: "mum"}), states: map[string]house.State{"mum": badHouse()}}
	nameless := &fakeHouses{list: listOf(overview.House{}), states: map[string]house.State{"": badHouse()}}
	for name, tt := range map[string]struct {
		houses *fakeHouses
		target string
		status int
		want   string
	}{
		"how many are wrong, and how":      {street(), "/", 200, "</span>1 freezing, 2 silent, 1 other</h1>"},
		"the title counts them":            {street(), "/", 200, "<title>(4) 1 freezing"},
		"the line of a house":              {street(), "/", 200, "Cold Water Tank 2.9 °C, freezing, and 1 more; shed is silent</span>"},
		"that all is well":                 {&fakeHouses{list: listOf(overview.House{Name: "a"}, overview.House{Name: "b"})}, "/", 200, "</span>All is well</h1>"},
		"that there are more":              {street(), "/", 200, "more houses than are told"},
		"how many were found":              {street(), "/?q=number", 200, "2 of 5"},
		"that none was found":              {street(), "/?q=nobody", 200, "No house is found."},
		"what is searched for":             {street(), "/?q=%3Cb%3E+x", 200, `value="&lt;b&gt; x"`},
		"of too long a search less":        {street(), "/?q=" + strings.Repeat("%C3%A9", 4000), 200, "0 of 5"},
		"that nothing was ever read":       {never, "/", 200, "nothing was read yet from http://prometheus:9090"},
		"the same of a house":              {never, "/house?name=mum", 503, "nothing was read yet from http://prometheus:9090"},
		"that the list is old":             {lost, "/", 200, "nothing can be read since 21:40"},
		"that a house is old":              {lost, "/house?name=mum", 200, "nothing can be read since 21:40"},
		"that a sensor is old":             {lost, "/sensor?house=mum&id=28ff000000000001", 200, "nothing can be read since 21:40"},
		"that a house is being read":       {street(), "/house?name=boat", 503, "its last day is being read"},
		"that there is no such house":      {street(), "/house?name=nobody", 404, "There is no house of this name"},
		"that a sensor's house is not":     {street(), "/sensor?house=nobody&id=28ff000000000001", 404, "There is no house of this name"},
		"that a house has no such sensor":  {street(), "/sensor?house=mum&id=nobody", 404, "the list is on /house?name=mum"},
		"the only house at once":           {only, "/", 200, "<h3>Cold Water Tank</h3>"},
		"the only house's name":            {only, "/", 200, `<p class="name">mum</p>`},
		"the way back from its sensor":     {only, "/sensor?house=mum&id=28ff000000000001", 200, `<a href="/"><span aria-hidden="true">‹ </span>mum</a>`},
		"the house that has no name":       {nameless, "/", 200, `<a href="/sensor?house=&amp;id=28ff000000000001">`},
		"the sensor of that":               {nameless, "/sensor?house=&id=28ff000000000001", 200, "<h1>Cold Water Tank</h1>"},
		"an only house that is being read": {&fakeHouses{list: overview.List{At: monday}}, "/", 503, "its last day is being read"},
	} {
		t.Run(name, func(t *testing.T) {
			w := visit(t, serveSite(tt.houses), tt.target)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.want) {
				t.Errorf("status %d, or %q is not in:\n%s", w.Code, tt.want, strings.Replace(w.Body.String(), pageCSS, "", 1))
			}
		})
	}
}

// oddKeys are names of houses that lead astray who does not write them as they are to be.
var oddKeys = []string{
	"a/b", "..", ".", "/", "//evil.example", "a?b=c&d", "#", "100%", "%2e%2e", "a b", "a+b", `<script>alert(1)</script>`,
	`"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "</style><h1>", "{{.Style}}", "冷水タンク", "a\nb", "\x1b[2J", strings.Repeat("W", 64),
}

// oddHouses are houses of such names, cleaned where they are shown.
func oddHouses() overview.List {
	var all []overview.House
	for _, key := range oddKeys {
		name := strings.Map(func(r rune) rune {
			if r < ' ' {
				return -1
			}
			return r
		}, key)
		all = append(all, overview.House{Name: name, Key: key, Kind: house.Freezing, Sensor: name, Celsius: 1, Coldest: 1, ColdestSensor: name})
	}
	return listOf(all...)
}

// TestOddHousesCanBeOpened follows the links, as a browser does.
func TestOddHousesCanBeOpened(t *testing.T) {
	f := &fakeHouses{list: oddHouses(), states: map[string]house.State{}}
	for i, key := range oddKeys {
		state := wellHouse(2)
		state.Sensors[1].DisplayName = fmt.Sprint("Sensor of ", i)
		state.Sensors[1].ID = key // of a sensor without a code
		f.states[key] = state
	}
	handler := serveSite(f)
	list := visit(t, handler, "/").Body.String()
	checkHarmless(t, "/", list)
	for i, key := range oddKeys {
		at := place{Several: true, Key: key}
		for _, address := range []string{at.Here(), at.sensor(key)} {
			if u, err := url.Parse(address); err != nil || u.Host != "" {
				t.Fatalf("%q: %v", address, err)
			}
			w := visit(t, handler, address)
			if want := fmt.Sprint("Sensor of ", i); w.Code != 200 || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%q by %s: status %d", key, address, w.Code)
			}
			checkHarmless(t, address, w.Body.String())
		}
		if want := `href="` + strings.ReplaceAll(at.Here(), "+", "&#43;") + `"`; !strings.Contains(list, want) {
			t.Errorf("%q: the list has no %s", key, want)
		}
	}
}

func checkHarmless(t *testing.T, address, page string) {
	t.Helper()
	for _, bad := range []string{"<script", "<img", "ZgotmplZ", `href="javascript`, "\x1b"} {
		if strings.Contains(page, bad) {
			t.Errorf("%s has %q", address, bad)
		}
	}
	if strings.Count(page, "</style>") != 1 {
		t.Errorf("%s ends its style sheet early", address)
	}
}

// BenchmarkHouses draws lists of houses.
func BenchmarkHouses(b *testing.B) {
	for _, n := range []int{10, 1000} {
		var all []overview.House
		for i := range n {
			all = append(all, overview.House{Name: fmt.Sprint("house ", i), Key: fmt.Sprint("house ", i), Coldest: 8, ColdestSensor: "Loft"})
		}
		handler := serveSite(&fakeHouses{list: listOf(all...)})
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				visit(b, handler, "/")
			}
		})
	}
}
