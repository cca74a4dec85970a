package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"picotop/house"
	"picotop/internal/peer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// evening is the time in these tests.
var evening = time.Date(2026, time.January, 5, 21, 47, 0, 0, time.UTC)

// newTestClient returns a client of an engine that answers as the function does.
func newTestClient(t *testing.T, answer http.HandlerFunc, change ...func(*Config)) *Client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Target: peer.Target{URL: u}, Now: func() time.Time { return evening }}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// matrix answers with series, each the labels and the values of a Prometheus's JSON.
func matrix(series ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[%s]}}`, strings.Join(series, ","))
	}
}

func series(labels string, values ...string) string {
	return fmt.Sprintf(`{"metric":{%s},"values":[%s]}`, labels, strings.Join(values, ","))
}

// sample is one at a number of seconds before the evening.
func sample(ago float64, value string) string {
	return fmt.Sprintf(`[%.3f,%q]`, float64(evening.Unix())-ago, value)
}

func heard(ago float64) string { return fmt.Sprintf("%.3f", float64(evening.Unix())-ago) }

func TestReadings(t *testing.T) {
	const tank = `"sensor_name":"ColdWaterTank","friendly_name":"Cold Water Tank"`
	reading := func(ago, celsius float64, change ...func(*Reading)) Reading {
		r := Reading{
			Sensor: "ColdWaterTank", SensorName: "ColdWaterTank", FriendlyName: "Cold Water Tank", Pico: "pi:8000",
			At: evening.Add(-time.Duration(ago * float64(time.Second))), Celsius: celsius,
		}
		for _, f := range change {
			f(&r)
		}
		return r
	}
	withCode := func(r *Reading) { r.Sensor, r.Pico = "28ff01", "loft" }
	noPico := func(r *Reading) { r.Pico = "Picos" }
	const first = `"__name__":"temperature","instance":"pi:8000",` + tank
	const firstSeen = `"__name__":"temperature_last_seen_timestamp","instance":"pi:8000",` + tank
	const own = `"__name__":"picotop_temperature_celsius","instance":"pi:8000","sensor":"28ff01","pico":"loft",` + tank
	const ownSeen = `"__name__":"picotop_last_seen_timestamp_seconds","instance":"pi:8000","sensor":"28ff01","pico":"loft",` + tank
	for name, tt := range map[string]struct {
		series []string
		want   []Reading
	}{
		"the first exporter tells when it heard the sensor": {
			[]string{series(first, sample(30, "4"), sample(15, "3.5")), series(firstSeen, sample(30, heard(33)), sample(15, heard(19)))},
			[]Reading{reading(33, 4), reading(19, 3.5)},
		},
		"what is repeated of a silent sensor is one reading": {
			[]string{series(first, sample(30, "4"), sample(15, "4")), series(firstSeen, sample(30, heard(33)), sample(15, heard(33)))},
			[]Reading{reading(33, 4)},
		},
		"without a time of the packet a sample is the reading": {
			[]string{series(`"__name__":"temperature",`+tank, sample(30, "4"), sample(15, "4"))},
			[]Reading{reading(30, 4, noPico), reading(15, 4, noPico)},
		},
		"the names of both exporters are one sensor": {
			[]string{
				series(first, sample(30, "4")), series(firstSeen, sample(30, heard(33))),
				series(own, sample(30, "4")), series(ownSeen, sample(30, heard(33))),
			},
			[]Reading{reading(33, 4, withCode)},
		},
		"a name that two sensors have leads to none of them": {
			[]string{
				series(`"__name__":"temperature",`+tank, sample(30, "4")),
				series(`"__name__":"picotop_temperature_celsius","sensor":"28ff01","pico":"loft",`+tank, sample(30, "5")),
				series(`"__name__":"picotop_temperature_celsius","sensor":"28ff02","pico":"loft",`+tank, sample(30, "6")),
			},
			[]Reading{
				reading(30, 5, withCode),
				reading(30, 6, withCode, func(r *Reading) { r.Sensor = "28ff02" }),
			},
		},
		"no number, and what no sensor measures": {
			[]string{series(`"__name__":"temperature",`+tank, sample(50, "NaN"), sample(40, "+Inf"), sample(30, "-Inf"), sample(20, "1e300"), sample(10, "4"))},
			[]Reading{reading(10, 4, noPico)},
		},
		"times that cannot be": {
			[]string{
				series(first, sample(50, "4"), sample(40, "4"), sample(30, "4"), sample(20, "4"), sample(10, "4")),
				series(firstSeen, sample(50, "NaN"), sample(40, "0"), sample(30, "1e300"), sample(20, heard(-7200)), sample(10, heard(11))),
			},
			[]Reading{reading(11, 4)},
		},
		"text that steers a terminal": {
			[]string{series(`"__name__":"temperature","sensor_name":"Lo\u001b[2Jft\u202e","friendly_name":"`+strings.Repeat("x", 500)+`"`, sample(10, "4"))},
			[]Reading{{
				Sensor: "Lo[2Jft", SensorName: "Lo[2Jft", FriendlyName: strings.Repeat("x", 64), Pico: "Picos",
				At: evening.Add(-10 * time.Second), Celsius: 4,
			}},
		},
		"a series of no sensor": {[]string{series(`"__name__":"temperature"`, sample(10, "4"))}, nil},
		"nothing":               {nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, matrix(tt.series...))
			got, err := c.Readings(t.Context(), "", evening, time.Minute)
			for i := range got {
				got[i].At = got[i].At.UTC()
			}
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestBadAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"a page of something else": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>hello") }, "invalid"},
		"another type": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}`)
		}, "does not answer PromQL"},
		"an error with a tail": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprintf(w, `{"status":"error","errorType":"execution","error":"too\n\u001b[2J%s"}`, strings.Repeat("x", 9999))
		}, "too [2J"},
		"too many series": {func(w http.ResponseWriter, r *http.Request) {
			matrix(strings.Repeat(series(`"a":"b"`, "")+",", MaxSeries)+series(`"a":"b"`, ""))(w, r)
		}, "series at once"},
		"an answer without an end": {func(w http.ResponseWriter, _ *http.Request) {
			for part := make([]byte, 1<<20); ; {
				if _, err := w.Write(part); err != nil {
					return
				}
			}
		}, "more than 32 MB"},
		"one who wants a password": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, "user and password"},
		"one who sends elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
		}, "asking"},
		"a bad gateway": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "asking"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, tt.answer)
			_, err := c.Readings(t.Context(), "", evening, time.Minute)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) || len(err.Error()) > 400 {
				t.Errorf("not fit to be shown: %q", err)
			}
		})
	}
}

func TestNobodyAnswers(t *testing.T) {
	server := httptest.NewServer(nil)
	c := newTestClient(t, nil, func(cfg *Config) { cfg.Target.URL, _ = url.Parse(server.URL) })
	server.Close()
	want := "asking " + server.URL + ": connect: connection refused"
	if err := c.Check(t.Context()); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestAnEngineThatHangsIsGivenUp(t *testing.T) {
	left := make(chan struct{})
	c := newTestClient(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then is it noticed that the client has left
		<-r.Context().Done()
		close(left)
	})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if err := c.Check(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	<-left
}

// TestCredentials holds what a server of many tenants, such as Mimir, is told.
func TestCredentials(t *testing.T) {
	for name, tt := range map[string]struct {
		target        peer.Target
		authorization string
		tenant        string
	}{
		"nothing":             {peer.Target{}, "", ""},
		"a user":              {peer.Target{User: "karl", Password: "secret"}, "Basic a2FybDpzZWNyZXQ=", ""},
		"a token":             {peer.Target{Token: "t0ken", Tenant: "mum"}, "Bearer t0ken", "mum"},
		"a tenant on its own": {peer.Target{Tenant: "mum"}, "", "mum"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, func(w http.ResponseWriter, r *http.Request) {
				if got := r.Header.Get("Authorization"); got != tt.authorization {
					t.Errorf("authorization %q", got)
				}
				if got := r.Header.Get("X-Scope-OrgID"); got != tt.tenant {
					t.Errorf("tenant %q", got)
				}
				if !strings.HasPrefix(r.URL.Path, "/prometheus/api/v1/") {
					t.Errorf("asked for %s", r.URL.Path)
				}
				fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[]}}`)
			}, func(cfg *Config) {
				tt.target.URL = cfg.Target.URL.JoinPath("/prometheus")
				cfg.Target = tt.target
			})
			if err := c.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	for name, tt := range map[string]struct {
		match, label, want string // want begins with "error" if it is one
	}{
		"nothing":                 {"", "", `{house="x"}`},
		"a house":                 {`{house="mum"}`, "", `{house="mum",house="x"}`},
		"without braces":          {`site=~"a|b"`, "site", `{site=~"a|b",site="x"}`},
		"a way out of the braces": {`{a="b"} or vector(1)`, "", "error"},
		"a metric":                {`up{a="b"}`, "", "error"},
		"the name of a metric":    {`{__name__="up"}`, "", "error"},
		"broken":                  {`{house=mum}`, "", "error"},
		"too long":                {`{house="` + strings.Repeat("m", 5000) + `"}`, "", "error"},
		"a label that is none":    {"", "a) or vector(1", "error"},
		"quotes in a value":       {`{house="a\"} or b"}`, "", `{house="a\"} or b",house="x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			u, _ := url.Parse("http://localhost")
			c, err := New(Config{Target: peer.Target{URL: u}, Match: tt.match, HouseLabel: tt.label})
			if err != nil {
				if _, ok := errors.AsType[*MatchError](err); !ok || tt.want != "error" || strings.Contains(err.Error(), "\n") {
					t.Error(err)
				}
				return
			}
			x := "x"
			if got := c.selector(&x); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestHouses(t *testing.T) {
	vector := func(rows ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"status":"success","data":{"resultType":"vector","result":[%s]}}`, strings.Join(rows, ","))
		}
	}
	row := func(house, kind, labels, value string) string {
		return fmt.Sprintf(`{"metric":{"house":%q,"picotop_row":%q%s},"value":[%d,%q]}`, house, kind, labels, evening.Unix(), value)
	}
	const tank, outside = `,"sensor_name":"ColdWaterTank","friendly_name":"Cold Water Tank"`, `,"sensor_name":"Outside","friendly_name":"Outside"`
	c := newTestClient(t, vector(
		row("well", "sensors", "", "2"), row("well", "heard", "", heard(9)), row("well", "coldest", outside, "-2"), row("well", "low", outside, "-2"),
		row("freezes", "sensors", "", "20"), row("freezes", "heard", "", heard(9)), row("freezes", "low", tank, "2.5"), row("freezes", "silent", tank, "400"),
		row("judged", "heard", "", heard(9)), row("judged", "condition", `,"condition":"near"`+tank, "4.5"), row("judged", "condition", `,"condition":"odd"`+tank, "4.5"),
		row("pico", "heard", "", heard(9)), row("pico", "pico", `,"pico":"shed"`, "1"), row("pico", "condition", `,"condition":"silent"`+tank, "-1001"),
		row("dead", "heard", "", heard(7200)), row("dead", "low", tank, "2.5"),
		row("absurd", "heard", "", heard(9)), row("absurd", "coldest", tank, "-Inf"), row("absurd", "coldest", outside, "1e300"),
		row("absurd", "low", tank, "-Inf"), row("absurd", "condition", `,"condition":"near"`+tank, "+Inf"),
		row("bad", "heard", "", "NaN"), row("bad", "coldest", tank, "NaN"), row("bad", "low", tank, "NaN"), row("bad", "sensors", "", "-Inf"),
		row(strings.Repeat("long", 1000), "heard", "", heard(9)),
	))
	list, err := c.Houses(t.Context(), house.Rules{Limit: 3}, Known{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range list.Houses {
		got = append(got, fmt.Sprintf("%s: %s", h.Name, h.Worst(func(c float64) string { return fmt.Sprint(c) }, func(at time.Time) string { return at.UTC().Format("15:04") })))
	}
	want := []string{
		"freezes: Cold Water Tank 2.5, freezing",
		"bad: nothing heard for a week",
		"dead: nothing heard since 19:47",
		"pico: shed is silent",
		"absurd: Cold Water Tank, near its limit",
		"judged: Cold Water Tank 4.5, near its limit",
		"well: all well",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
