package app

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"picotop/exporter"
	"picotop/internal/engine"
	"picotop/internal/peer"
)

// A siteTest is a site of an engine by a clock that the test sets, and what it serves.
type siteTest struct {
	*engineSite
	handler http.Handler
	log     *bytes.Buffer
	now     time.Time
}

func newSiteTest(t *testing.T, address string) *siteTest {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	s := &siteTest{now: evening, log: new(bytes.Buffer)}
	clock := func() time.Time { return s.now }
	client, err := engine.New(engine.Config{Target: peer.Target{URL: u}, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	logger := slog.New(slog.NewTextHandler(s.log, nil))
	s.engineSite = newEngineSite(Config{Version: "test", MetricsPath: "/metrics"}, client, logger, clock)
	t.Cleanup(s.close)
	s.handler = exporter.New(exporter.Config{Houses: s.engineSite, Version: "test", Logger: logger, Now: clock}).Handler()
	return s
}

// visit returns a page as a browser gets it.
func (s *siteTest) visit(target string) (status int, page string) {
	r := httptest.NewRequest("GET", target, nil)
	r.Host = "localhost"
	r.Header.Set("Accept", "text/html")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// counted counts the questions that a handler is asked.
func counted(h http.Handler) (http.Handler, *atomic.Int64) {
	n := new(atomic.Int64)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		h.ServeHTTP(w, r)
	}), n
}

// visitMany has many look at once.
func (s *siteTest) visitMany(t *testing.T, target, want string) {
	t.Helper()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if status, page := s.visit(target); status != http.StatusOK || !strings.Contains(page, want) {
				t.Errorf("%s: status %d, or it has no %s", target, status, want)
			}
		})
	}
	all.Wait()
}

func TestManyWhoLookAreOneQuestion(t *testing.T) {
	t.Run("the list", func(t *testing.T) {
		handler, asked := counted(housesAnswer("mum", "boat"))
		s := newSiteTest(t, newFakeEngine(t, handler).URL)
		s.visitMany(t, "/", "Tank 2.5 °C, freezing")
		s.now = s.now.Add(time.Minute)
		asked.Store(0)
		s.visitMany(t, "/", "Tank 2.5 °C, freezing")
		if n := asked.Load(); n != 1 {
			t.Errorf("it asked %d times", n)
		}
		s.now = s.now.Add(housesPoll - time.Second)
		if s.visitMany(t, "/", "boat"); asked.Load() != 1 {
			t.Errorf("it asked again for what is new enough")
		}
	})
	t.Run("a house", func(t *testing.T) {
		handler, asked := counted(promQL(newLookServer(t)))
		s := newSiteTest(t, newFakeEngine(t, handler).URL)
		s.visitMany(t, "/", "<h3>Cold Water Tank</h3>")
		first := asked.Load()
		s.visitMany(t, "/", `aria-label="Cold Water Tank, last 24 hours: from `)
		if n := asked.Load(); n != first {
			t.Errorf("it asked %d times more for what is new enough", n-first)
		}
		s.now = s.now.Add(enginePoll)
		s.visitMany(t, "/", "<h3>Cold Water Tank</h3>")
		if n := asked.Load(); n != first+1 {
			t.Errorf("it asked %d times for what is new", n-first)
		}
		s.visitMany(t, "/sensor?house=&id=28ff000000000001", `aria-label="Cold Water Tank, last 7 days: from `)
		week := asked.Load()
		s.visitMany(t, "/sensor?house=&id=28ff000000000001", `aria-label="Cold Water Tank, last 7 days: from `)
		if n := asked.Load(); n != week {
			t.Errorf("it asked %d times more for the same week", n-week)
		}
	})
}

func TestPagesOutliveAnEngineThatGoes(t *testing.T) {
	answers := map[string]struct {
		answer http.Handler
		want   string
		back   string // an hour later
		others bool   // there are houses at which nobody has looked
	}{
		"the list": {housesAnswer("mum", "boat"), "Tank 2.5 °C, freezing", "nothing heard since 21:46", true},
		"a house":  {promQL(newLookServer(t)), "<h3>Cold Water Tank</h3>", "nothing heard since 2", false},
	}
	for what, tt := range answers {
		for way, away := range waysToGo {
			t.Run(what+", "+way, func(t *testing.T) {
				f := newFakeEngine(t, tt.answer)
				s := newSiteTest(t, f.URL)
				if _, page := s.visit("/"); !strings.Contains(page, tt.want) || strings.Contains(page, "Not up to date") {
					t.Fatal("it cannot be seen to begin with")
				}
				if status, _ := s.visit("/-/ready"); status != http.StatusOK {
					t.Errorf("ready: status %d", status)
				}
				f.instead.Store(&away)
				s.now = s.now.Add(time.Minute)
				status, page := s.visit("/")
				for _, want := range []string{tt.want, "Not up to date", "nothing can be read since 21:48", "this is as of 21:47"} {
					if status != http.StatusOK || !strings.Contains(page, want) {
						t.Errorf("status %d, or no %q while it is away", status, want)
					}
				}
				if status, text := s.visit("/-/ready"); status != http.StatusServiceUnavailable || !strings.Contains(text, "nothing can be read since 21:48") {
					t.Errorf("ready: status %d, %s", status, text)
				}
				if status, page := s.visit("/house?name=boat"); tt.others && (status != http.StatusServiceUnavailable || !strings.Contains(page, "<p>nothing can be read since 21:48: ")) {
					t.Errorf("a house at which nobody has looked: status %d, %s", status, page)
				}
				s.now = s.now.Add(time.Hour)
				if _, page := s.visit("/"); !strings.Contains(page, tt.want) || !strings.Contains(page, "nothing can be read since 21:48") {
					t.Error("it is not seen after an hour")
				}
				f.instead.Store(nil)
				s.now = s.now.Add(enginePollMax)
				if _, page := s.visit("/"); !strings.Contains(page, tt.back) || strings.Contains(page, "Not up to date") {
					t.Error("it is not seen after it came back")
				}
			})
		}
	}
}

func TestAnEngineThatIsAwayAtTheStart(t *testing.T) {
	f := newFakeEngine(t, housesAnswer("mum", "boat"))
	away := waysToGo["one who is still starting"]
	f.instead.Store(&away)
	s := newSiteTest(t, f.URL)
	for target, want := range map[string]int{"/": 200, "/house?name=mum": 503, "/sensor?house=mum&id=1": 503, "/-/ready": 503, "/-/healthy": 200} {
		if status, page := s.visit(target); status != want || want == 503 && !strings.Contains(page, "nothing can be read since") {
			t.Errorf("%s: status %d", target, status)
		}
	}
	f.instead.Store(nil)
	s.now = s.now.Add(time.Minute)
	if _, page := s.visit("/"); !strings.Contains(page, "Tank 2.5 °C, freezing") {
		t.Error("it is not seen after it came")
	}
}

func TestSomeHousesAreKeptOpen(t *testing.T) {
	s := newSiteTest(t, newFakeEngine(t, housesAnswer("mum", "boat")).URL)
	first := s.open("first")
	for i := range 3 * siteHouses {
		s.now = s.now.Add(time.Millisecond)
		name := fmt.Sprint("house ", i)
		if h := s.open(name); s.open(name) != h || s.open("first") != first {
			t.Fatal("a house that was just looked at was dropped")
		}
	}
	if n := len(s.opened); n != siteHouses {
		t.Errorf("%d are kept", n)
	}
	if n := strings.Count(s.log.String(), "more houses are looked at than are kept"); n != 1 {
		t.Errorf("it was said %d times:\n%s", n, s.log)
	}
	s.now = s.now.Add(siteHouseFor + time.Second)
	if s.open("another"); len(s.opened) != 1 {
		t.Errorf("%d are kept at which nobody has looked", len(s.opened))
	}
	if err := first.readNew(context.Background()); err == nil {
		t.Error("one that was dropped is still read")
	}
}

// TestPagesOfRealEngines shows two houses that a real engine keeps.
func TestPagesOfRealEngines(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Prometheus and VictoriaMetrics")
	}
	ofTwo := func(openMetrics bool) string {
		one := lookSamples(false, openMetrics)
		return strings.ReplaceAll(one, "{", `{house="mum",`) + strings.ReplaceAll(one, "{", `{house="a/b?c",`)
	}
	for name, start := range enginesWith(ofTwo) {
		t.Run(name, func(t *testing.T) {
			s := newSiteTest(t, start(t))
			for target, wants := range map[string][]string{
				"/":                         {"2 freezing", "2 houses, 8 sensors", `<a href="/house?name=mum">`, `<a href="/house?name=a%2Fb%3Fc">`, "Cold Water Tank 2.8 °C, freezing; 1 sensor silent", ">-1.9<"},
				"/?q=mum":                   {"1 of 2", `<a href="/house?name=mum">`},
				"/house?name=mum":           {`<p class="name">mum</p>`, "2 warnings", "<h3>Log Store</h3>", `aria-label="Loft, last 24 hours: from 9.0 to 9.0 °C`},
				"/house?name=a%2Fb%3Fc":     {`<p class="name">a/b?c</p>`, "2 warnings", "<h3>Log Store</h3>"},
				"/sensor?house=mum&id=Loft": {"<h1>Loft</h1>", `aria-label="Loft, last 7 days: from 9.0 to 9.0 °C`},
			} {
				status, page := s.visit(target)
				for _, want := range wants {
					if status != http.StatusOK || !strings.Contains(page, want) {
						t.Errorf("%s: status %d, or no %s in:\n%s", target, status, want, page[strings.Index(page, "</style>"):])
					}
				}
			}
		})
	}
}
