package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/exporter"
	"picotop/house"
	"picotop/internal/engine"
	"picotop/internal/peer"
)

// A fakeEngine answers until it is told to answer otherwise.
type fakeEngine struct {
	*httptest.Server
	instead atomic.Pointer[http.HandlerFunc] // nil means that it answers as ever
}

func newFakeEngine(t *testing.T, answer http.Handler) *fakeEngine {
	t.Helper()
	f := new(fakeEngine)
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if instead := f.instead.Load(); instead != nil {
			(*instead)(w, r)
			return
		}
		answer.ServeHTTP(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

// promQL answers as a picotop that keeps the history of that day.
func promQL(server lookServer) http.Handler {
	return exporter.New(exporter.Config{
		Source: server, History: server.store.Queryable(), Now: func() time.Time { return evening },
	}).Handler()
}

// waysToGo are answers that tell nothing.
var waysToGo = map[string]http.HandlerFunc{
	"a proxy that reaches nobody": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
	"a page of something else":    func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>starting") },
	"a connection that is cut": func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
	},
	"one who is still starting": func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
	},
}

// lookWith opens the engine at an address by a clock that the test sets.
func lookWith(t *testing.T, address string, now *time.Time) *engineView {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return *now }
	client, err := engine.New(engine.Config{Target: peer.Target{URL: u}, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	v, err := openEngine(t.Context(), Config{}, client, slog.New(slog.DiscardHandler), clock)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// stateInWords is what a state says of its sensors and of what is wrong.
func stateInWords(st house.State) []string {
	var all []string
	for _, s := range st.Sensors {
		all = append(all, fmt.Sprintf("%s %.4f at %s, low %.4f, silent %t", s.DisplayName, s.Celsius, s.Heard.UTC().Format("15:04:05"), s.Low.Celsius, s.Silent))
	}
	for _, c := range st.Conditions {
		all = append(all, fmt.Sprintf("%s of %d at %d", c.Kind, c.Sensor, c.Pico))
	}
	return all
}

func TestAnEngineGoesAndComesBack(t *testing.T) {
	answer := promQL(newLookServer(t))
	for name, away := range waysToGo {
		t.Run(name, func(t *testing.T) {
			f := newFakeEngine(t, answer)
			now := evening.Add(-time.Hour)
			v := lookWith(t, f.URL, &now)
			before := stateInWords(v.State())
			if !v.look(t.Context()) || !v.Health().Origin.Lost.IsZero() {
				t.Fatal("it does not answer to begin with")
			}

			f.instead.Store(&away)
			gone := now.Add(time.Minute)
			for now = gone; now.Before(evening); now = now.Add(20 * time.Minute) {
				if v.look(t.Context()) {
					t.Fatal("it was read while it was away")
				}
				if lost := v.Health().Origin.Lost; !lost.Equal(gone) {
					t.Errorf("lost since %s, want %s", lost, gone)
				}
				// Nobody knows who is silent while nothing can be read.
				if diff := cmp.Diff(before, stateInWords(v.State())); diff != "" {
					t.Errorf("after %s -before +now:\n%s", now.Sub(gone), diff)
				}
			}
			if _, err := v.Range(t.Context(), "28ff000000000001", now.Add(-time.Hour), now, time.Minute); err == nil {
				t.Error("a chart of nothing")
			}

			f.instead.Store(nil)
			now = evening
			if !v.look(t.Context()) || !v.Health().Origin.Lost.IsZero() {
				t.Fatal("it was not read after it came back")
			}
			if diff := cmp.Diff(stateInWords(lookWith(t, f.URL, &now).State()), stateInWords(v.State())); diff != "" {
				t.Errorf("-opened now +opened before:\n%s", diff)
			}
		})
	}
}

// housesAnswer is an engine that has houses, of which the first freezes.
func housesAnswer(names ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v1/label/") {
			_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": names})
			return
		}
		var rows []string
		row := func(name, kind, labels string, value float64) {
			rows = append(rows, fmt.Sprintf(`{"metric":{"house":%q,"picotop_row":%q%s},"value":[%d,"%f"]}`, name, kind, labels, evening.Unix(), value))
		}
		for i, name := range names {
			row(name, "sensors", "", 4)
			row(name, "heard", "", float64(evening.Unix()-9))
			if i == 0 {
				row(name, "low", `,"sensor_name":"Tank","friendly_name":"Tank"`, 2.5)
			}
		}
		fmt.Fprintf(w, `{"status":"success","data":{"resultType":"vector","result":[%s]}}`, strings.Join(rows, ","))
	})
}

func TestTheListOutlivesAnEngineThatGoes(t *testing.T) {
	f := newFakeEngine(t, housesAnswer("mum", "boat"))
	now := evening
	v := lookWith(t, f.URL, &now)
	for name, away := range waysToGo {
		t.Run(name, func(t *testing.T) {
			before := v.Houses()
			f.instead.Store(&away)
			if v.look(t.Context()) || v.Health().Origin.Lost.IsZero() {
				t.Error("it was read while it was away")
			}
			if diff := cmp.Diff(before, v.Houses()); diff != "" || len(before.Houses) != 2 {
				t.Errorf("-before +after:\n%s", diff)
			}
			if err := v.Open(t.Context(), "mum"); err == nil {
				t.Error("a house was opened of one who is away")
			}
			f.instead.Store(nil)
			now = now.Add(time.Second)
			if !v.look(t.Context()) || !v.Health().Origin.Lost.IsZero() || !v.Houses().At.Equal(now) {
				t.Error("it was not read after it came back")
			}
		})
	}
}

func TestOnceTellsOfSeveralHouses(t *testing.T) {
	f := newFakeEngine(t, housesAnswer("mum", "boat"))
	now := evening
	houses := lookWith(t, f.URL, &now).once("test").Houses
	if houses == nil {
		t.Fatal("it tells of one")
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(houses); err != nil {
		t.Fatal(err)
	}
	want := `{"api":"picotop","version":1,"at":"2026-01-05T21:47:00Z","warnings":1,"houses":[` +
		`{"house":"mum","sensors":4,"warns":true,"worst":"freezing","sensor":"Tank","celsius":2.5,"freezing":1,"silent":0,"silent_picos":0,"heard":"2026-01-05T21:46:51Z","nothing_heard":false},` +
		`{"house":"boat","sensors":4,"warns":false,"freezing":0,"silent":0,"silent_picos":0,"heard":"2026-01-05T21:46:51Z","nothing_heard":false}],"more":false}` + "\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
