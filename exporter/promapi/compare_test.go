package promapi_test

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"

	"picotop/exporter/promapi"
	"picotop/history"
	"picotop/internal/prometheustest"
)

// compared is asked of a real Prometheus and of picotop. The answers must be the same,
// field by field; those of Prometheus 2 may differ for the reason that is given, since
// the engine here is that of Prometheus 3.
var compared = []struct{ path, differs string }{
	{at(`temperature`), ""},
	{at(`temperature{sensor="28ff01"}`), ""},
	{at(`temperature{sensor!="28ff01"}`), ""},
	{at(`temperature{sensor=~"28ff0[12]"}`), ""},
	{at(`temperature{sensor!~"28ff0[12]"}`), ""},
	{at(`{__name__="temperature",sensor="28ff02"}`), ""},
	{at(`temperature{sensor_name="Two\nLines"}`), ""},
	{at(`temperature{friendly_name=~"Two.Lines"}`), ""},
	{at(`temperature offset 5m`), ""},
	{at(`temperature offset -5m`), ""},
	{at(`temperature @ 1768478000`), ""},
	{at(`temperature @ end()`), ""},
	{at(`temperature[1m]`), ""},
	{at(`temperature[1m] offset 1m`), ""},
	{at(`temperature{sensor="28ff01"}[1h:10m]`), ""},
	{"query?query=" + url.QueryEscape(`temperature{sensor="28ff01"}[1m]`) + "&time=1768478343", "since 3 a range does not hold its beginning"},
	{"query?query=" + url.QueryEscape(`count_over_time(temperature[1m])`) + "&time=1768478343", "since 3 a range does not hold its beginning"},
	{at(`deriv(temperature[15m])`), ""},
	{at(`min_over_time(temperature[24h])`), ""},
	{at(`max_over_time(temperature[24h])`), ""},
	{at(`avg_over_time(temperature[24h])`), ""},
	{at(`sum_over_time(temperature[1h])`), ""},
	{at(`count_over_time(temperature[1h])`), ""},
	{at(`stddev_over_time(temperature[1h])`), ""},
	{at(`quantile_over_time(0.9, temperature[1h])`), ""},
	{at(`last_over_time(temperature[1h])`), ""},
	{at(`present_over_time(temperature[1h])`), ""},
	{at(`absent_over_time(nothing[1h])`), ""},
	{at(`changes(temperature[1h])`), ""},
	{at(`resets(temperature[1h])`), ""},
	{at(`delta(temperature[1h])`), ""},
	{at(`idelta(temperature[1h])`), ""},
	{at(`predict_linear(temperature[1h], 3600)`), ""},
	{at(`holt_winters(temperature[1h], 0.5, 0.5)`), "renamed double_exponential_smoothing in 3"},
	{at(`sum(temperature)`), ""},
	{at(`avg by (sensor_name) (temperature)`), ""},
	{at(`max without (sensor) (temperature)`), ""},
	{at(`count(temperature > 10)`), ""},
	{at(`topk(2, temperature)`), ""},
	{at(`bottomk(1, temperature)`), ""},
	{at(`quantile(0.5, temperature)`), ""},
	{at(`stdvar(temperature)`), ""},
	{at(`count_values("value", round(temperature))`), ""},
	{at(`group(temperature)`), ""},
	{at(`temperature + 1`), ""},
	{at(`temperature > 10`), ""},
	{at(`temperature > bool 10`), ""},
	{at(`temperature - on (sensor) temperature offset 1h`), ""},
	{at(`temperature / ignoring (sensor) group_left () temperature`), ""},
	{at(`temperature and temperature > 10`), ""},
	{at(`temperature unless temperature > 10`), ""},
	{at(`temperature{sensor="28ff01"} or temperature`), ""},
	{at(`-temperature`), ""},
	{at(`abs(temperature)`), ""},
	{at(`clamp(temperature, 0, 20)`), ""},
	{at(`round(temperature, 0.5)`), ""},
	{at(`sort_desc(temperature)`), ""},
	{at(`scalar(temperature{sensor="28ff01"})`), ""},
	{at(`vector(time())`), ""},
	{at(`timestamp(temperature)`), ""},
	{at(`hour()`), ""},
	{at(`absent(nothing)`), ""},
	{at(`1/0`), ""},
	{at(`0/0`), ""},
	{at(`"text"`), ""},
	{at(`label_replace(temperature, "room", "$1", "sensor_name", "(.*)Tank")`), ""},
	{at(`label_join(temperature, "all", "-", "sensor", "sensor_name")`), ""},
	{at(`max_over_time(deriv(temperature[10m])[2h:5m])`), ""},
	{at(`min_over_time(temperature[1h:7m] offset 3m)`), ""},
	{during(`temperature`), ""},
	{during(`avg(temperature)`), ""},
	{during(`max_over_time(temperature[30m])`), ""},
	{during(`deriv(temperature[15m])`), ""},
	{during(`temperature > 10`), ""},
	{during(`time()`), ""},
	{during(`temperature offset 20m`), ""},
	{during(`max_over_time(temperature[1h:3m])`), ""},
	// Mistakes.
	{at(``), "3 says it in other words"},
	{at(`temperature{`), ""},
	{at(`sum(temperature`), ""},
	{at(`nonsense(temperature)`), ""},
	{at(`temperature[5m`), ""},
	{at(`rate(temperature)`), ""},
	{at(`temperature offset x`), "3 says it in other words"},
	{at(`{}`), ""},
	{at(`temperature{sensor=~"["}`), "3 says it in other words"},
	{at(`temperature + on (sensor) group_left () temperature{sensor="28ff01"} + "x"`), ""},
	{at(`temperature * on () temperature`), "3 says which labels, in another order"},
	{"query?query=1&time=yesterday", "3 says it in other words"},
	{"query?query=1&timeout=soon", ""},
	{"query", "3 says it in other words"},
	{"query_range?query=1&start=5&end=4&step=1", ""},
	{"query_range?query=1&start=1&end=4&step=0", ""},
	{"query_range?query=1&start=x&end=4&step=1", ""},
	{"query_range?query=1&start=1&end=x&step=1", ""},
	{"query_range?query=1&start=1&end=4&step=x", ""},
	{"query_range?query=1&start=1&end=20000&step=1", ""},
	{"query_range?query=temperature[1m]&start=1&end=4&step=1", "3 has lower-case letters"},
	// The rest.
	{"labels?match[]=temperature", ""},
	{"label/sensor/values?match[]=temperature", ""},
	{"label/sensor/values?match[]=nothing", ""},
	{"label/nothing/values", ""},
	{"series?match[]=temperature", ""},
	{"series?match[]=temperature&match[]=temperature{sensor=%2228ff01%22}", ""},
	{"series", ""},
	{"series?match[]={}", ""},
	{"series?match[]=temperature&start=1&end=2", ""},
	{"labels?start=x", "3 says it in other words"},
	{"rules?type=nonsense", ""},
	{"alertmanagers", ""},
	{"targets/metadata", ""},
	{"status/walreplay", ""},
	{"query_exemplars?query=temperature", ""},
	{"query_exemplars?query=1", ""},
	{"format_query?query=sum(a)by(b)", ""},
}

// at is a second after noon, so that no range and no step of a subquery begins
// on a sample: there 3 differs from 2.
func at(q string) string { return "query?query=" + url.QueryEscape(q) + "&time=1768478401" }

func during(q string) string {
	return "query_range?query=" + url.QueryEscape(q) + "&start=1768474801.5&end=1768478401.5&step=92.5"
}

// TestAsPrometheus asks both.
func TestAsPrometheus(t *testing.T) { prometheustest.Each(t, testAsPrometheus) }

func testAsPrometheus(t *testing.T, m prometheustest.Major) {
	if testing.Short() {
		t.Skip("starting a Prometheus takes a second or two")
	}
	server := prometheus(t, m)
	h := promapi.New(promapi.Config{History: sameHistory(t, server.blocks).Queryable(), Now: func() time.Time { return noon }})
	for _, q := range compared {
		w := get(h, q.path)
		got := plain(m, w.Code, w.Body.Bytes())
		resp, err := http.Get(server.url + "/api/v1/" + q.path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if err := cmp.Or(err, resp.Body.Close()); err != nil {
			t.Fatal(err)
		}
		want := plain(m, resp.StatusCode, body)
		d := diff.Diff(got, want, diff.Comparer(nearly))
		switch {
		case d != "" && (q.differs == "" || m >= 3):
			t.Errorf("%s (-got +%s):\n%s", q.path, m, d)
		case d == "" && q.differs != "" && m < 3:
			t.Errorf("%s does not differ any more, though %s", q.path, q.differs)
		}
	}
	t.Logf("%d compared", len(compared))
	compareShapes(t, server)
	compareRefusals(t, h, server)
	compareFederation(t, m, h, server)
}

// compareShapes holds that an answer which cannot be the same has all the fields
// that Prometheus's has, with the same types.
func compareShapes(t *testing.T, server realServer) {
	h := promapi.New(promapi.Config{Now: func() time.Time { return noon }, Alerts: wrong})
	for _, path := range []string{"rules", "alerts", "targets", "status/config", "status/buildinfo", "status/runtimeinfo", "status/tsdb"} {
		var got, want any
		if err := json.Unmarshal(get(h, path).Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		body, _ := ask(t, "GET", server.url+"/api/v1/"+path)
		for range 100 { // until the rules have been evaluated
			if path != "rules" && path != "alerts" || strings.Contains(body, `"activeAt"`) {
				break
			}
			time.Sleep(100 * time.Millisecond) // another program's clock
			body, _ = ask(t, "GET", server.url+"/api/v1/"+path)
		}
		if err := json.Unmarshal([]byte(body), &want); err != nil {
			t.Fatal(err)
		}
		if at := lacks(got, want, path); at != "" {
			t.Errorf("%s is missing or of another type:\n%v\nPrometheus has\n%v", at, got, want)
		}
	}
}

// lacks is where got has not what want has, and empty if it has all.
func lacks(got, want any, at string) string {
	switch want := want.(type) {
	case map[string]any:
		got, ok := got.(map[string]any)
		if !ok {
			return at
		}
		for name, value := range want {
			if _, ok := got[name]; !ok && at != "rules.data.groups[0].rules[0].alerts[0].labels" {
				return at + "." + name
			}
			if more := lacks(got[name], value, at+"."+name); more != "" {
				return more
			}
		}
		return ""
	case []any:
		got, ok := got.([]any)
		if !ok || len(want) > 0 && len(got) > 0 && lacks(got[0], want[0], at+"[0]") != "" {
			return lacks(got[0], want[0], at+"[0]")
		}
		return ""
	}
	if fmt.Sprintf("%T", got) != fmt.Sprintf("%T", want) {
		return at
	}
	return ""
}

// compareRefusals asks in wrong ways. Prometheus says in plain text that a path
// is not there, where clients read JSON everywhere else.
func compareRefusals(t *testing.T, h http.Handler, server realServer) {
	for _, q := range []struct{ method, path string }{
		{"PUT", "query"}, {"DELETE", "query_range"}, {"POST", "label/sensor/values"}, {"POST", "alerts"}, {"PUT", "rules"}, {"PATCH", "labels"},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(q.method, "/api/v1/"+q.path, nil))
		body, resp := ask(t, q.method, server.url+"/api/v1/"+q.path)
		if w.Code != resp.StatusCode || w.Body.String() != body {
			t.Errorf("%s %s: %d %q, Prometheus %d %q", q.method, q.path, w.Code, w.Body, resp.StatusCode, body)
		}
		if got := strings.ReplaceAll(w.Header().Get("Allow"), "HEAD, ", ""); got != resp.Header.Get("Allow") {
			t.Errorf("%s %s: allow %s, Prometheus %s", q.method, q.path, got, resp.Header.Get("Allow"))
		}
	}
}

// compareFederation asks both for what there is now. Prometheus has no samples
// of now, so that the mistakes are compared; TestFederate has the rest.
func compareFederation(t *testing.T, m prometheustest.Major, h http.Handler, server realServer) {
	for _, query := range []string{"", "?match[]=nothing", "?match[]=%7B", "?match[]=a%7Bb=~%22(%22%7D"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/federate"+query, nil))
		body, resp := ask(t, "GET", server.url+"/federate"+query)
		kind := w.Header().Get("Content-Type")
		if m < 3 {
			kind, _, _ = strings.Cut(kind, "; escaping")
		}
		if w.Code != resp.StatusCode || kind != resp.Header.Get("Content-Type") || w.Code == 200 && w.Body.String() != body {
			t.Errorf("%q: %d %s %q, Prometheus %d %s %q", query, w.Code, kind, w.Body, resp.StatusCode, resp.Header.Get("Content-Type"), body)
		}
	}
}

func ask(t *testing.T, method, address string) (string, *http.Response) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := cmp.Or(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	return string(body), resp
}

// plain is an answer with its status, and series that come in no order sorted.
func plain(m prometheustest.Major, status int, body []byte) map[string]any {
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		v = map[string]any{"text": string(body)}
	}
	v["http status"] = status
	if m < 3 {
		delete(v, "infos")
	}
	list, _ := v["data"].([]any)
	if data, ok := v["data"].(map[string]any); ok {
		list, _ = data["result"].([]any)
		if data["resultType"] == "scalar" || data["resultType"] == "string" {
			list = nil
		}
	}
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return v
}

// nearly compares texts, and numbers but for their last digits: 3 adds up more
// exactly.
func nearly(a, b string) bool {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return a == b || err1 == nil && err2 == nil && math.Abs(x-y) <= 1e-9*max(math.Abs(x), math.Abs(y), 1e-3)
}

// realRules are one that fires and one that does not.
const realRules = `
groups:
- name: house
  rules:
  - {alert: Freezing, expr: vector(1), annotations: {summary: it freezes}}
  - {alert: Silent, expr: vector(1) > 2}
`

// A realServer is a Prometheus that runs.
type realServer struct{ url, blocks string }

// prometheus starts one over 26 hours of three sensors, and ends it with the
// test.
func prometheus(t *testing.T, m prometheustest.Major) realServer {
	t.Helper()
	m.Need(t)
	dir := t.TempDir()
	text, err := os.Create(filepath.Join(dir, "readings"))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(text)
	fmt.Fprintln(w, "# TYPE temperature gauge")
	for i, name := range []string{"ColdTank", `<Loft> & "more"`, "Two\nLines"} {
		for s := -26 * 3600; s <= 0; s += 15 {
			if i == 2 && s%7200 > -1800 { // silent each second half of an hour
				continue
			}
			v := math.Round((float64(5*i)+6*math.Sin(float64(s)/5000)+math.Sin(float64(s)/200))*16) / 16
			fmt.Fprintf(w, "temperature{friendly_name=%q,sensor=\"28ff0%d\",sensor_name=%q} %v %d\n", name, i+1, name, v, noon.Unix()+int64(s)+3)
		}
	}
	fmt.Fprintln(w, "# EOF")
	if err := cmp.Or(w.Flush(), text.Close()); err != nil {
		t.Fatal(err)
	}
	server := realServer{blocks: filepath.Join(dir, "blocks")}
	m.Promtool(t, dir, "tsdb", "create-blocks-from", "openmetrics", text.Name(), server.blocks)
	own := filepath.Join(dir, "data")
	config := filepath.Join(dir, "prometheus.yml")
	if err := cmp.Or(os.CopyFS(own, os.DirFS(server.blocks)), os.WriteFile(config, []byte("global: {evaluation_interval: 1s}\nrule_files: [rules.yml]\n"), 0o600),
		os.WriteFile(filepath.Join(dir, "rules.yml"), []byte(realRules), 0o600)); err != nil {
		t.Fatal(err)
	}
	server.url = m.Start(t, dir)
	return server
}

// sameHistory opens a copy of the blocks.
func sameHistory(t *testing.T, blocks string) *history.Store {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "history")
	if err := os.CopyFS(dir, os.DirFS(blocks)); err != nil {
		t.Fatal(err)
	}
	s, err := history.Open(history.Config{Dir: dir, Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
