package promapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	client "github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"picotop/exporter/promapi"
)

func serve(t *testing.T) *httptest.Server {
	t.Helper()
	h := promapi.New(promapi.Config{
		History: house(t).Queryable(), Version: "1.2.3", Now: func() time.Time { return noon }, Alerts: wrong,
	})
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// wrong is a house in which a tank freezes and a Pico is silent.
func wrong() []promapi.Alert {
	return []promapi.Alert{
		{Name: "Silent", Pico: "shed", Since: noon.Add(-time.Hour), Summary: "shed, with one sensor: nothing heard since 11:00"},
		{
			Name: "Freezing", Sensor: "28ff01", SensorName: "ColdTank", FriendlyName: "Cold Tank",
			Since: noon.Add(-90 * time.Second), Summary: "Cold Tank: freezing since 11:58",
		},
	}
}

// TestClientLibrary speaks through the library that Go programs use.
func TestClientLibrary(t *testing.T) {
	s := serve(t)
	c, err := client.NewClient(client.Config{Address: s.URL, RoundTripper: &http.Transport{DisableKeepAlives: true}})
	if err != nil {
		t.Fatal(err)
	}
	a, ctx := v1.NewAPI(c), t.Context()
	start := noon.Add(-time.Hour)
	ask := map[string]func() (any, v1.Warnings, v1.Infos, error){
		"query": func() (any, v1.Warnings, v1.Infos, error) { return a.Query(ctx, `temperature{sensor="28ff01"}`, noon) },
		"range": func() (any, v1.Warnings, v1.Infos, error) {
			return a.QueryRange(ctx, "temperature", v1.Range{Start: noon.Add(-time.Minute), End: noon, Step: time.Minute}, v1.WithTimeout(5*time.Second))
		},
		"labels": func() (any, v1.Warnings, v1.Infos, error) { return a.LabelNames(ctx, nil, start, noon) },
		"values": func() (any, v1.Warnings, v1.Infos, error) {
			return a.LabelValues(ctx, "sensor", []string{"temperature"}, start, noon)
		},
		"series": func() (any, v1.Warnings, v1.Infos, error) { return a.Series(ctx, []string{"temperature"}, start, noon) },
		"metadata": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.Metadata(ctx, "temperature", "")
			return v, nil, nil, err
		},
		"build": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.Buildinfo(ctx)
			return v.Version, nil, nil, err
		},
		"rules": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.Rules(ctx, nil)
			return v, nil, nil, err
		},
		"alerts": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.Alerts(ctx)
			return v, nil, nil, err
		},
		"targets": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.Targets(ctx)
			return len(v.Active) + len(v.Dropped), nil, nil, err
		},
		"alertmanagers": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.AlertManagers(ctx)
			return len(v.Active) + len(v.Dropped), nil, nil, err
		},
		"config": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.Config(ctx)
			return strings.HasPrefix(v.YAML, "global:\n"), nil, nil, err
		},
		"flags": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.Flags(ctx)
			return v["query.lookback-delta"], nil, nil, err
		},
		"runtime": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.Runtimeinfo(ctx)
			return v.StartTime, nil, nil, err
		},
		"replay": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.WalReplay(ctx)
			return v.Max, nil, nil, err
		},
		"tsdb": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.TSDB(ctx)
			return v.HeadStats.NumSeries, nil, nil, err
		},
		"exemplars": func() (any, v1.Warnings, v1.Infos, error) {
			v, err := a.QueryExemplars(ctx, "temperature", start, noon)
			return len(v), nil, nil, err
		},
	}
	want := map[string]string{
		"query":    `[{"metric":{"__name__":"temperature","friendly_name":"Cold Tank","sensor":"28ff01","sensor_name":"ColdTank"},"value":[1768478400,"5"]}]`,
		"range":    `[{"metric":{"__name__":"temperature","friendly_name":"\u003cLoft\u003e","sensor":"28ff02","sensor_name":"\u003cLoft\u003e"},"values":[[1768478340,"-0.0625"],[1768478400,"-0.0625"]]},{"metric":{"__name__":"temperature","friendly_name":"Cold Tank","sensor":"28ff01","sensor_name":"ColdTank"},"values":[[1768478340,"4.9375"],[1768478400,"5"]]}]`,
		"labels":   `["__name__","friendly_name","sensor","sensor_name"]`,
		"values":   `["28ff01","28ff02","28ff03"]`,
		"series":   `[{"__name__":"temperature","friendly_name":"\u003cLoft\u003e","sensor":"28ff02","sensor_name":"\u003cLoft\u003e"},{"__name__":"temperature","friendly_name":"Cold Tank","sensor":"28ff01","sensor_name":"ColdTank"},{"__name__":"temperature","friendly_name":"Shed","sensor":"28ff03","sensor_name":"Shed"}]`,
		"metadata": `{"temperature":[{"type":"gauge","help":"Temperature in degrees Celsius","unit":""}]}`,
		"build":    `"3.15.0"`,
		"rules":    wantRules,
		"alerts":   `{"alerts":[` + wantFreezing + `,` + wantSilent + `]}`,
		"targets":  `0`, "alertmanagers": `0`, "config": `true`, "flags": `"5m"`, "runtime": `"2026-01-15T12:00:00Z"`, "replay": `0`,
		"tsdb":      `0`, // nothing is committed yet
		"exemplars": `0`,
	}
	for name, f := range ask {
		got, warnings, infos, err := f()
		text, _ := json.Marshal(got) // what the library gives can be written
		if err != nil || len(warnings)+len(infos) > 0 || string(text) != want[name] {
			t.Errorf("%s: %s, %v, %v, want %s", name, text, warnings, err, want[name])
		}
	}
	if _, _, _, err := a.Query(ctx, "temperature{", noon); err == nil || err.(*v1.Error).Type != v1.ErrBadData {
		t.Errorf("a mistake: %v", err)
	}
}

// What the client library reads of wrong.
const (
	wantFreezing = `{"activeAt":"2026-01-15T11:58:30Z","Annotations":{"summary":"Cold Tank: freezing since 11:58"},"Labels":{"alertname":"Freezing","friendly_name":"Cold Tank","sensor":"28ff01","sensor_name":"ColdTank"},"State":"firing","Value":"1e+00"}`
	wantSilent   = `{"activeAt":"2026-01-15T11:00:00Z","Annotations":{"summary":"shed, with one sensor: nothing heard since 11:00"},"Labels":{"alertname":"Silent","pico":"shed"},"State":"firing","Value":"1e+00"}`
)

var wantRules = `{"groups":[{"name":"picotop","file":"picotop","interval":60,"rules":[` +
	wantRule("Freezing", "A temperature is below its limit.", "firing", wantFreezing) + `,` +
	wantRule("Silent", "A sensor or a Pico is not heard any more.", "firing", wantSilent) + `,` +
	wantRule("Broken", "A sensor sends nothing but impossible values.", "inactive", "") + `,` +
	wantRule("NoPackets", "Nothing is heard from any Pico.", "inactive", "") + `,` +
	wantRule("CannotStore", "Readings cannot be stored.", "inactive", "") + `,` +
	wantRule("ClockNotSet", "The clock of the machine is wrong.", "inactive", "") + `,` +
	wantRule("TooWarm", "A temperature is above its high limit.", "inactive", "") + `,` +
	wantRule("TooFast", "A temperature changes faster than it may.", "inactive", "") + `,` +
	wantRule("Near", "A temperature is close to its limit.", "inactive", "") + `,` +
	wantRule("Upload", "The feed calls of a Pico fail.", "inactive", "") + `,` +
	wantRule("Clash", "Two Picos send one ROM code.", "inactive", "") + `,` +
	wantRule("NameClash", "Two sensors have one name.", "inactive", "") + `,` +
	wantRule("Replaced", "A sensor is silent, and a new one has its name.", "inactive", "") + `,` +
	wantRule("SetAside", "A reading was not believed.", "inactive", "") + `]}]}`

func wantRule(name, summary, state, alerts string) string {
	return `{"name":"` + name + `","query":"ALERTS{alertname=\"` + name + `\",alertstate=\"firing\"}","duration":0,"labels":{},"annotations":{"summary":"` + summary + `"},"alerts":[` +
		alerts + `],"health":"ok","evaluationTime":0,"lastEvaluation":"2026-01-15T12:00:00Z","state":"` + state + `"}`
}

// TestGrafana asks what Grafana's data source asks: when it is saved and
// tested, when a query is written, and when a page is shown.
func TestGrafana(t *testing.T) {
	s := serve(t)
	span := "start=1768474800&end=1768478400"
	asked := []struct{ method, path, form, want string }{
		{"POST", "query", "query=1%2B1&time=4", `{"resultType":"scalar","result":[4,"2"]}`},
		{"GET", "status/buildinfo", "", `"version":"3.15.0"`},
		{"GET", "rules", "", `"state":"firing","name":"Freezing"`},
		{"GET", "rules", "type=alert&limit_alerts=1000", `"activeAt":"2026-01-15T11:58:30Z","value":"1e+00"`},
		{"GET", "alerts", "", `"labels":{"alertname":"Silent","pico":"shed"}`},
		{"POST", "parse_query", "query=temperature", `"type":"vectorSelector"`},
		{"POST", "labels", span + "&limit=40000", `["__name__","friendly_name","sensor","sensor_name"]`},
		{"GET", "label/__name__/values", span + "&limit=40000", `"temperature","temperature_last_seen_timestamp"`},
		{"GET", "metadata", "limit=40000", `"temperature":[{"type":"gauge"`},
		{"GET", "label/sensor_name/values", span + "&match[]=temperature&limit=40000", `"ColdTank"`},
		{"POST", "series", span + "&match[]=temperature{sensor%3D%2228ff01%22}&limit=40000", `"sensor":"28ff01"`},
		{"POST", "query_range", "query=temperature&start=1768474800.125&end=1768478400.125&step=15.000", `"resultType":"matrix"`},
		{"POST", "query_exemplars", "query=temperature&" + span, `"data":[]`},
		{"POST", "query", "query=temperature&time=1768478400.125&timeout=30s", `"resultType":"vector"`},
	}
	httpClient := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, q := range asked {
		address, body := s.URL+"/api/v1/"+q.path, io.Reader(nil)
		if q.method == "POST" {
			body = strings.NewReader(q.form)
		} else {
			address += "?" + q.form
		}
		r, err := http.NewRequestWithContext(t.Context(), q.method, address, body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := httpClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err != nil || resp.Body.Close() != nil || resp.StatusCode != 200 || !strings.Contains(string(text), q.want) {
			t.Errorf("%s %s: %d %.300s, %v, want %s", q.method, q.path, resp.StatusCode, text, err, q.want)
		}
	}
}

func TestPromtool(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Skip("no promtool here; it is in Debian's package prometheus")
	}
	s := serve(t)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"instant", s.URL, "1+1"}, "scalar: 2"},
		{[]string{"instant", "--time=1768478400", s.URL, `temperature{sensor="28ff01"}`}, "=> 5 @[1768478400]"},
		{[]string{"range", "--start=1768478340", "--end=1768478400", "--step=30s", s.URL, "temperature"}, "5 @[1768478400]"},
		{[]string{"series", "--match=temperature", "--start=1768474800", "--end=1768478400", s.URL}, `sensor="28ff03"`},
		{[]string{"labels", "--start=1768474800", "--end=1768478400", s.URL, "sensor_name"}, "ColdTank"},
	} {
		out, err := exec.CommandContext(t.Context(), "promtool", append([]string{"query"}, tt.args...)...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), tt.want) {
			t.Errorf("promtool query %q: %v\n%s", tt.args, err, out)
		}
	}
}

// TestPHP reads as a page in PHP does: one request for each figure, and the
// value as text in the second place.
func TestPHP(t *testing.T) {
	if _, err := exec.LookPath("php"); err != nil {
		t.Skip("no php here; it is in Debian's package php-cli")
	}
	s := serve(t)
	const page = `
	foreach (array_slice($argv, 2) as $q) {
		$answer = json_decode(file_get_contents($argv[1] . "/api/v1/query?time=1768478400&query=" . urlencode($q)), true);
		if ($answer["status"] != "success") exit(1);
		foreach ($answer["data"]["result"] as $r) printf("%s=%.4f\n", $r["metric"]["friendly_name"], $r["value"][1]);
	}`
	out, err := exec.CommandContext(t.Context(), "php", "-r", page, s.URL,
		"temperature", "deriv(temperature[15m])", "min_over_time(temperature[24h])", "max_over_time(temperature[24h])").CombinedOutput()
	want := "<Loft>=-0.0625\nCold Tank=5.0000\n<Loft>=0.0000\nCold Tank=0.0010\n" +
		"<Loft>=-0.0625\nCold Tank=1.2500\nShed=85.0000\n<Loft>=-0.0625\nCold Tank=5.0000\nShed=85.0000\n"
	if err != nil || string(out) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, out, want)
	}
}

// BenchmarkDay draws 24 hours of 20 sensors, a reading each 10 seconds.
func BenchmarkDay(b *testing.B) {
	h := manyAPI(b)
	for name, path := range map[string]string{
		"query_range of 1000 points": queryRange("temperature", "1768392000", "1768478400", "86.4"),
		"max_over_time at a time":    query("max_over_time(temperature[24h])"),
		"temperature now":            query("temperature"),
		"last seen now":              query("time() - temperature_last_seen_timestamp > 300"),
		"hurtful, refused":           query(`{__name__=~".+"}[5y:1s]`),
		"hurtful, cut off":           query(`{__name__=~".+"}[11d:1s]`),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := get(h, path); strings.HasPrefix(name, "hurtful") != (w.Code == 422) {
					b.Fatal(w.Code, w.Body.String()[:200])
				}
			}
		})
	}
}
