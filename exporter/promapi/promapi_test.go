package promapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"picotop/exporter/promapi"
	"picotop/history"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the tests play: 1768478400.
var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

// house is a store with three sensors, one of which fell silent half an hour
// ago.
func house(tb testing.TB) *history.Store {
	tb.Helper()
	s, err := history.Open(history.Config{Dir: tb.TempDir(), Now: func() time.Time { return noon }})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	for at := noon.Add(-time.Hour); !at.After(noon); at = at.Add(15 * time.Second) {
		n := at.Sub(noon) / (15 * time.Second)
		s.Append(history.Sample{Sensor: "28ff01", SensorName: "ColdTank", FriendlyName: "Cold Tank", At: at, Celsius: 5 + float64(n)/64})
		s.Append(history.Sample{Sensor: "28ff02", SensorName: "<Loft>", FriendlyName: "<Loft>", At: at.Add(250 * time.Millisecond), Celsius: -0.0625})
		if at.Before(noon.Add(-30 * time.Minute)) {
			s.Append(history.Sample{Sensor: "28ff03", SensorName: "Shed", FriendlyName: "Shed", At: at.Add(time.Second), Celsius: 85})
		}
	}
	return s
}

func newAPI(tb testing.TB) *promapi.API {
	return promapi.New(promapi.Config{History: house(tb).Queryable(), Version: "1.2.3", Now: func() time.Time { return noon }})
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	path, _ = strings.CutPrefix("/api/v1/"+path, "/api/v1/../..")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

func query(q string) string { return "query?query=" + url.QueryEscape(q) }

func queryRange(q, start, end, step string) string {
	return "query_range?query=" + url.QueryEscape(q) + "&start=" + start + "&end=" + end + "&step=" + step
}

// answers is what the golden file holds, in this order.
var answers = []string{
	query("1+1") + "&time=4",
	query("1/0"), query("-1/0"), query("0/0"), query(`"text"`), query("time()"),
	query("vector(1e21)"), query("vector(1e-7)"), query("vector(0.1)"),
	query("temperature"),
	query("temperature") + "&time=2026-01-15T11:30:00.125Z",
	query("temperature offset 29m"),
	query(`temperature{sensor="28ff01"}[40s]`),
	query("temperature_last_seen_timestamp"),
	query("time() - temperature_last_seen_timestamp > 300"),
	query("min_over_time(temperature[24h])"), query("max_over_time(temperature[24h])"), query("deriv(temperature[15m])"),
	query("avg by (sensor_name) (temperature)"), query("topk(1, temperature)"), query("absent(nothing)"), query("nothing"),
	query("temperature") + "&limit=1",
	query("temperature") + "&lookback_delta=1h",
	query("rate(temperature[5m])"), // has an info
	queryRange("temperature", "1768478340", "1768478400", "30"),
	queryRange("temperature", "1768478340.5", "1768478400", "12.25"),
	queryRange("1", "2026-01-15T11:59:00Z", "2026-01-15T12:00:00Z", "1m"),
	queryRange("max_over_time(temperature[10m:1m])", "1768478100", "1768478400", "5m"),
	// Mistakes.
	query(""), query("temperature{"), query("sum(temperature) by"), query("1 + on() temperature"), query("rate(temperature)"),
	query("temperature * on() temperature"),
	query("1") + "&time=yesterday", query("1") + "&timeout=soon", query("1") + "&limit=-1", query("1") + "&limit=x",
	query("1") + "&lookback_delta=x",
	queryRange("1", "5", "4", "1"), queryRange("1", "", "4", "1"), queryRange("1", "1", "4", "0"), queryRange("1", "1", "4", "x"),
	queryRange("1", "0", "11001", "1"), queryRange("1[1m]", "1", "4", "1"), queryRange("temperature[1m]", "1", "4", "1"),
	query("1") + "&timeout=0",
	// The bounds.
	query(`{__name__=~".+"}[5y:1s]`), query(`max_over_time({__name__=~".+"}[5y:1ms])`),
	queryRange("avg_over_time(temperature[5y])", "1768400000", "1768478400", "10"),
	query(strings.Repeat("label_join(", 12) + "temperature" + strings.Repeat(`,"a","","a","a")`, 12)),
	query(strings.Repeat("label_replace(", 12) + "temperature" + strings.Repeat(`,"a","$1$1","a","(.*)")`, 12)),
	query("sum(temperature" + strings.Repeat(" or temperature", 100) + ")"),
	query("temperature" + strings.Repeat(" ", 17<<10)),
	// Labels, series and the rest.
	"labels", "labels?match[]=temperature&limit=2", "labels?match[]=nothing", "labels?match[]={a=~%22.*%22}",
	"label/sensor/values", "label/__name__/values", "label/sensor/values?match[]=temperature%7Bsensor_name=%22Shed%22%7D&match[]=up",
	"label/nothing/values", "label/%20%FF/values", "label/sensor/values?limit=1", "label/sensor/values?start=x",
	"series", "series?match[]=temperature", "series?match[]=temperature_last_seen_timestamp&limit=1", "series?match[]=temperature&match[]={sensor=%2228ff01%22}",
	"series?match[]=%7B%7D", "series?match[]=up",
	"metadata", "metadata?metric=temperature", "metadata?limit=1", "metadata?limit=x", "metadata?metric=nothing",
	"query_exemplars?query=temperature", "query_exemplars?query=1", "query_exemplars?query=temperature{", "query_exemplars?query=a&start=2&end=1",
	"alerts", "rules", "rules?type=alert", "rules?type=record", "rules?type=x", "rules?rule_name[]=Near", "rules?rule_group[]=other",
	"rules?file[]=other", "rules?match[]=%7Ba=%22b%22%7D", "rules?match[]=%7B", "rules?exclude_alerts=true&rule_name[]=Silent", "rules?exclude_alerts=x",
	"rules?group_limit=0", "rules?group_limit=x", "rules?group_next_token=x", "rules?group_limit=1&group_next_token=x",
	"targets", "targets?state=active", "targets/metadata", "scrape_pools", "alertmanagers", "notifications",
	"status/buildinfo", "status/tsdb", "status/tsdb?limit=0", "status/config", "status/flags", "status/walreplay",
	"format_query?query=sum(a)by(b)", "format_query?query=(",
	"parse_query?query=" + url.QueryEscape(`-sum by (a) (rate(b{c=~"d",e!="f"}[5m] offset 1m)) / on (a) group_left (g) topk(2, h @ end()) > bool (1)`),
	"parse_query?query=" + url.QueryEscape(`label_replace(max_over_time(a[1h:5m] @ 4), "b", "$1", "c", "(.*)")`),
	"parse_query?query=(", "parse_query",
	"nonsense", "admin/tsdb/snapshot", "query/", "label/a/values/b",
}

func TestAnswers(t *testing.T) {
	h := promapi.New(promapi.Config{
		History: house(t).Queryable(), Version: "1.2.3", Now: func() time.Time { return noon }, Alerts: wrong,
	})
	var got strings.Builder
	for _, path := range answers {
		w := get(h, path)
		shown := path
		if len(shown) > 200 {
			shown = shown[:200] + "..."
		}
		fmt.Fprintf(&got, "%s\n%d %s\n\n", shown, w.Code, w.Body)
		if w.Code != http.StatusNoContent && !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: not JSON: %s", path, w.Body)
		}
	}
	text := strings.ReplaceAll(got.String(), runtime.Version(), "GOVERSION")
	golden := filepath.Join("testdata", "answers.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text, "\n")); d != "" {
		t.Errorf("the answers changed (-want +got):\n%s", d)
	}
}

func TestRequests(t *testing.T) {
	tests := map[string]struct {
		method, path, body string
		status             int
		contains           string
	}{
		"a form":                {"POST", "query", "query=1%2B1&time=4", 200, `[4,"2"]`},
		"a form and a query":    {"POST", "query?query=1", "time=4", 200, `[4,"1"]`},
		"range as a form":       {"POST", "query_range", "query=1&start=1&end=1&step=1", 200, `[[1,"1"]]`},
		"labels as a form":      {"POST", "labels", "match[]=temperature", 200, `"sensor_name"`},
		"series as a form":      {"POST", "series", "match[]=temperature", 200, `28ff01`},
		"too long a form":       {"POST", "query", "query=" + strings.Repeat("1", 300<<10), 400, `"errorType":"bad_data"`},
		"a broken form":         {"POST", "query", "query=%zz", 400, `"errorType":"bad_data"`},
		"values are only read":  {"POST", "label/sensor/values", "", 405, "Method Not Allowed\n"},
		"nothing is deleted":    {"POST", "admin/tsdb/delete_series", "match[]=temperature", 404, `"errorType":"not_found"`},
		"nothing is cleaned":    {"PUT", "admin/tsdb/clean_tombstones", "", 404, ""},
		"nothing is written":    {"POST", "write", "", 404, ""},
		"no other way to write": {"POST", "otlp/v1/metrics", "", 404, ""},
		"there is no such path": {"GET", "nonsense", "", 404, `{"status":"error","errorType":"not_found","error":"there is no /api/v1/nonsense here"}`},
		"a query is not put":    {"PUT", "query", "", 405, ""},
	}
	h := newAPI(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, "/api/v1/"+tt.path, strings.NewReader(tt.body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.contains) {
				t.Errorf("%d %.200s, want %d and %q", w.Code, w.Body, tt.status, tt.contains)
			}
		})
	}
}

func TestGzip(t *testing.T) {
	h := newAPI(t)
	want := get(h, query("temperature")).Body.String()
	for accept, zipped := range map[string]bool{"gzip": true, "deflate, gzip;q=0.5": true, "gzip; q=0": false, "br": false} {
		r := httptest.NewRequest("GET", "/api/v1/"+query("temperature"), nil)
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		body := io.Reader(w.Body)
		if zipped {
			var err error
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatalf("%s: %v", accept, err)
			}
		}
		got, err := io.ReadAll(body)
		if err != nil || string(got) != want {
			t.Errorf("%s: %v, %s", accept, err, got)
		}
	}
}

func TestStats(t *testing.T) {
	got := get(newAPI(t), query("temperature")+"&stats=true").Body.String()
	if !regexp.MustCompile(`"stats":\{"timings":\{"evalTotalTime":.*"samples":\{.*"peakSamples":`).MatchString(got) {
		t.Error(got)
	}
}

func TestNoHistory(t *testing.T) {
	h := promapi.New(promapi.Config{})
	for path, want := range map[string]string{
		query("1+1") + "&time=4": `{"status":"success","data":{"resultType":"scalar","result":[4,"2"]}}`,
		query("temperature"):     `{"status":"success","data":{"resultType":"vector","result":[]}}`,
		"labels":                 `{"status":"success","data":[]}`,
		"label/sensor/values":    `{"status":"success","data":[]}`,
		"series?match[]=up":      `{"status":"success","data":[]}`,
		"metadata":               `{"status":"success","data":{}}`,
	} {
		if got := get(h, path).Body.String(); got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if w := get(h, "status/tsdb"); w.Code != 200 {
		t.Errorf("status/tsdb: %d %s", w.Code, w.Body)
	}
}

// TestHurtful asks what is meant to hurt, and looks at the memory and at the
// clock.
func TestHurtful(t *testing.T) {
	var log bytes.Buffer
	h := promapi.New(promapi.Config{
		History: house(t).Queryable(), Now: func() time.Time { return noon }, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	expanded := strings.Repeat(".{0,1000}", 1600)
	selector := url.QueryEscape(`{sensor=~"` + expanded + `"}`)
	tests := map[string]string{
		"all of it, each second":       query(`{__name__=~".+"}[5y:1s]`),
		"each millisecond":             query(`count_over_time(temperature[5y:1ms])`),
		"nested":                       query(`max_over_time(max_over_time(temperature[1y:1m])[1y:1m])`),
		"steps without samples":        query(`sum_over_time(nothing[2y:64s])`),
		"a long number of steps":       query(`sum_over_time(vector(1)[700d:61s])`),
		"long windows":                 queryRange(`quantile_over_time(0.5, temperature[90d])`, "1768400000", "1768478400", "10"),
		"a label without end":          query(strings.Repeat("label_join(", 40) + "temperature" + strings.Repeat(`,"a","","sensor","a","a")`, 40)),
		"a deep query":                 query(strings.Repeat("(", 8000) + "1" + strings.Repeat(")", 8000)),
		"a deeper one":                 query(strings.Repeat("-", 16000) + "1"),
		"from the dawn to the dusk":    queryRange("temperature_last_seen_timestamp", "-9e15", "9e15", "1e15"),
		"no number":                    query("temperature") + "&time=NaN",
		"a moment beyond all":          query("temperature_last_seen_timestamp") + "&time=1e300",
		"a moment before all":          query("temperature_last_seen_timestamp") + "&time=-1e300",
		"an endless look back":         query("temperature_last_seen_timestamp") + "&lookback_delta=200y",
		"made-up series of five years": query(`temperature_last_seen_timestamp[5y]`),

		"a long expression":                   query(`temperature{sensor=~"` + expanded + `"}`),
		"a long expression of series":         "series?match[]=" + selector,
		"a long expression of labels":         "labels?match[]=" + selector,
		"a long expression of values":         "label/sensor/values?match[]=" + selector,
		"a long expression of rules":          "rules?match[]=" + selector,
		"a long expression of exemplars":      "query_exemplars?query=" + selector,
		"a long expression to format":         "format_query?query=" + selector,
		"a long expression in a function":     query(`label_replace(temperature,"a","$1","sensor",("(` + expanded + `)"))`),
		"as long as is let in":                query(`temperature{sensor_name=~"` + strings.Repeat(".{0,100}", 48) + `"}`),
		"letters of all scripts":              query(`temperature{sensor=~"(?i)` + strings.Repeat(`[\\x{41}-\\x{1e942}]`, 30) + `"}`),
		"a hundred selectors":                 "series?" + strings.Repeat(`match[]={__name__=~".%2B"}&`, 100),
		"a deep query to format":              "format_query?query=" + strings.Repeat("(", 3000) + "1" + strings.Repeat(")", 3000),
		"as deep as is let in":                "format_query?query=" + strings.Repeat("(", 127) + strings.Repeat("1%2B", 120) + "1" + strings.Repeat(")", 127),
		"a long one to format":                "format_query?query=" + strings.Repeat("(", 100) + `a{b="` + strings.Repeat("x", 15000) + `"}` + strings.Repeat(")", 100),
		"a deep query to parse":               "parse_query?query=" + strings.Repeat("(", 3000) + "1" + strings.Repeat(")", 3000),
		"a long sum":                          "format_query?query=" + strings.Repeat("1%2B", 5000) + "1",
		"a step of no length":                 queryRange("temperature", "1768478399", "1768478400", "0.0001"),
		"a subquery's step of no length":      query("max_over_time(temperature[5m:0.0001])"),
		"a subquery of no length":             query("max_over_time(temperature[0.0001:1])"),
		"a range of no length":                query("max_over_time(temperature[0.0001])"),
		"a look back of no length":            query("temperature") + "&lookback_delta=0.0001",
		"a look forward":                      query("temperature") + "&lookback_delta=-5m",
		"many steps between far ends":         queryRange("nothing", "-9e15", "9e15", "1e7"),
		"no numbers":                          queryRange("temperature", "NaN", "NaN", "NaN"),
		"no bounds":                           queryRange("temperature", "-Inf", "Inf", "Inf"),
		"another series at each step":         queryRange(`count_values("v", vector(time()))`, "1768467400", "1768478400", "1"),
		"of each sensor":                      queryRange(`count_values without () ("v", temperature_last_seen_timestamp)`, "1768467400", "1768478400", "1"),
		"in a subquery":                       query(`max_over_time(count_values("v", vector(time()))[4h:1s])`),
		"room for steps without samples":      queryRange("temperature"+strings.Repeat(" or temperature", 98), "0", "1768478400", "160772"),
		"a long separator":                    query(`label_join(temperature,"a","` + strings.Repeat("x", 9000) + `"` + strings.Repeat(`,"sensor"`, 600) + ")"),
		"a long replacement, joined":          query(`label_join(label_replace(temperature,"a","` + strings.Repeat("x", 4000) + `","",""),"a",""` + strings.Repeat(`,"a"`, 100) + ")"),
		"a long name of a label":              query(`label_replace(temperature,"` + strings.Repeat("x", 9000) + `","$1","sensor","(.*)")`),
		"a long name of a label, counted":     query(`count_values("` + strings.Repeat("x", 9000) + `",temperature)`),
		"windows of windows":                  query("max_over_time(max_over_time(temperature[14d:1m])[14d:1m])"),
		"a limit of nothing":                  "series?match[]=temperature&limit=99999999999999999999",
		"a statistic of everything":           "status/tsdb?limit=10000",
		"a rule list of a long expression":    "rules?match[]=" + url.QueryEscape(`{a=~"`+strings.Repeat("[a-z]", 31)+`"}`),
		"a federation of a long expression":   "../../federate?match[]=" + selector,
		"a federation of a hundred selectors": "../../federate?" + strings.Repeat(`match[]={__name__=~".%2B"}&`, 100),
		"a federation of too many":            "../../federate?" + strings.Repeat(`match[]=a&`, 101),
	}
	for name, path := range tests {
		t.Run(name, func(t *testing.T) {
			log.Reset()
			var was, is runtime.MemStats
			runtime.ReadMemStats(&was)
			began := time.Now()
			w := get(h, path)
			took := time.Since(began)
			runtime.ReadMemStats(&is)
			t.Logf("%d in %v, %d MB allocated: %.150s", w.Code, took, (is.TotalAlloc-was.TotalAlloc)>>20, w.Body)
			if w.Code >= 500 && w.Code != 503 {
				t.Errorf("status %d: %.300s", w.Code, w.Body)
			}
			if took > 30*time.Second { // with the race detector, on a busy machine
				t.Errorf("took %v", took)
			}
			if mb := (is.TotalAlloc - was.TotalAlloc) >> 20; mb > 300 {
				t.Errorf("allocated %d MB", mb)
			}
			if log.Len() > 0 {
				t.Errorf("logged %s", &log)
			}
		})
	}
}

func TestCanceled(t *testing.T) {
	h := newAPI(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/"+query("temperature"), nil).WithContext(ctx))
	if w.Code != 503 || !strings.Contains(w.Body.String(), `"errorType":"canceled"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestSpeaks keeps the version that is told to clients that of the library.
func TestSpeaks(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`prometheus/prometheus v0\.(\d)(\d+)\.(\d+)`).FindStringSubmatch(string(mod))
	if m == nil {
		t.Fatal("the library is not in go.mod")
	}
	want := fmt.Sprintf(`"version":"%s.%s.%s"`, m[1], strings.TrimPrefix(m[2], "0"), m[3])
	if got := get(promapi.New(promapi.Config{}), "status/buildinfo").Body.String(); !strings.Contains(got, want) {
		t.Errorf("%s is not in %s", want, got)
	}
}

// FuzzQuery holds that any text is answered with JSON and within its time, by
// a status that Prometheus has, and that the log has nothing to say of it: the
// engine writes there what it did not expect.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{
		"temperature", "deriv(temperature[15m])", "temperature[1h:1m] @ end()", `{__name__=~".+"}`, "-(((1)))",
		`label_replace(temperature,"a","$1","sensor","(.*)")`, "sum by (sensor) (temperature) / on() group_left() vector(2)",
		"temperature offset -5m", "holt_winters(a[1m],1,1)", "\xff", "temperature_last_seen_timestamp[1d]",
		"temperature[5m:0.0001]", `count_values("a", temperature)`, "a[0x10s:1e-9]", `{"a"=~"[a-z]{3}"}`, "topk(1e9, temperature)", "temperature @ start()",
	} {
		f.Add(q, "1768478400", "60")
	}
	var log bytes.Buffer
	h := promapi.New(promapi.Config{
		History: house(f).Queryable(), Now: func() time.Time { return noon }, Logger: slog.New(slog.NewTextHandler(&log, nil)),
	})
	known := map[int]bool{200: true, 204: true, 400: true, 422: true, 503: true}
	f.Fuzz(func(t *testing.T, q, at, step string) {
		values := url.Values{"query": {q}, "time": {at}, "start": {at}, "end": {at}, "step": {step}, "match[]": {q}, "timeout": {"2s"}}
		for _, path := range []string{"query", "query_range", "series", "labels", "format_query", "parse_query", "query_exemplars", "rules"} {
			w := get(h, path+"?"+values.Encode())
			if !known[w.Code] || w.Code != 204 && !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s of %q at %q: %d %s", path, q, at, w.Code, w.Body)
			}
		}
		if w := get(h, "../../federate?"+values.Encode()); !known[w.Code] {
			t.Errorf("federation of %q: %d %s", q, w.Code, w.Body)
		}
		if log.Len() > 0 {
			t.Errorf("%q at %q by %q: logged %s", q, at, step, &log)
		}
	})
}

// manyAPI is over a day of 20 sensors that each speak every 10 seconds.
func manyAPI(b *testing.B) *promapi.API {
	b.Helper()
	s, err := history.Open(history.Config{Dir: b.TempDir(), Now: func() time.Time { return noon }})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	b.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, s.Close()); err != nil {
			b.Error(err)
		}
	})
	for at := noon.Add(-24 * time.Hour); !at.After(noon); at = at.Add(10 * time.Second) {
		for i := range 20 {
			name := fmt.Sprintf("Sensor%d", i)
			s.Append(history.Sample{
				Sensor: fmt.Sprintf("28ff%012d", i), SensorName: name, FriendlyName: name,
				At: at.Add(time.Duration(i) * 50 * time.Millisecond), Celsius: 20 + float64(at.Unix()/60%160)/16,
			})
		}
		for s.Stats().Waiting > 10_000 {
			time.Sleep(time.Millisecond) // the disk's clock
		}
	}
	for s.Stats().Waiting > 8192 {
		time.Sleep(time.Millisecond)
	}
	return promapi.New(promapi.Config{History: s.Queryable(), Now: func() time.Time { return noon }})
}
