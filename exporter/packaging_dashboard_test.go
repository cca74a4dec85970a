package exporter

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	grafana "github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/statetimeline"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"

	"picotop/history"
	"picotop/house"
	"picotop/internal/prometheustest"
	"picotop/internal/status"
)

// readDashboard reads the packaged dashboard by Grafana's own description of one,
// which refuses fields that it does not know and those that are missing.
func readDashboard(t *testing.T) dashboard.Dashboard {
	t.Helper()
	known := cog.NewRuntime()
	known.RegisterPanelcfgVariant(timeseries.VariantConfig())
	known.RegisterPanelcfgVariant(table.VariantConfig())
	known.RegisterPanelcfgVariant(statetimeline.VariantConfig())
	known.RegisterDataqueryVariant(grafana.VariantConfig())
	text, err := os.ReadFile("../packaging/grafana/picotop.json")
	if err != nil {
		t.Fatal(err)
	}
	var strict, d dashboard.Dashboard
	var wrong cog.BuildErrors // an empty one is no error; what was read strictly lacks its panels
	if err := strict.UnmarshalJSONStrict(text); !errors.As(err, &wrong) || len(wrong) > 0 {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	return d
}

// A panelQuery is one query of the dashboard.
type panelQuery struct {
	panel, ref, expr string
	instant          bool
}

func (q panelQuery) String() string { return q.panel + " " + q.ref }

func queriesOf(t *testing.T, d dashboard.Dashboard) []panelQuery {
	t.Helper()
	var list []panelQuery
	for _, p := range d.Panels {
		for _, target := range p.Panel.Targets {
			q, ok := target.(*grafana.Dataquery)
			if !ok {
				t.Fatalf("%s: a query of type %T", *p.Panel.Title, target)
			}
			list = append(list, panelQuery{*p.Panel.Title, *q.RefId, q.Expr, *q.Instant})
		}
	}
	return list
}

func TestPackagedDashboard(t *testing.T) {
	d := readDashboard(t)
	if d.Id != nil || *d.Uid == "" || *d.Title == "" || d.SchemaVersion == 0 {
		t.Errorf("id %v, uid %q, title %q, schema %d", d.Id, *d.Uid, *d.Title, d.SchemaVersion)
	}
	for _, v := range d.Templating.List {
		if v.Name != "friendly_name" {
			continue
		}
		all := v.Current.Value.ArrayOfString
		if !*v.Multi || !*v.IncludeAll || *v.AllValue != ".+" || !slices.Equal(all, []string{"$__all"}) {
			t.Errorf("the picker does not begin with all sensors: %+v", v)
		}
	}
	seen := map[uint32]bool{}
	used := map[[2]uint32]string{} // cells of the grid
	for _, one := range d.Panels {
		p := one.Panel
		if p == nil {
			t.Fatal("a row")
		}
		if seen[*p.Id] || *p.Title == "" || *p.Description == "" || len(p.Targets) == 0 || *p.Datasource.Uid != "${datasource}" {
			t.Errorf("panel %d: its id is there twice, or a field is missing: %+v", *p.Id, p)
		}
		seen[*p.Id] = true
		at := p.GridPos
		for x := at.X; x < at.X+at.W; x++ {
			for y := at.Y; y < at.Y+at.H; y++ {
				if other := used[[2]uint32{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s lies over %s, or beyond the grid", *p.Title, other)
				}
				used[[2]uint32{x, y}] = *p.Title
			}
		}
	}
}

// TestPackagedDashboardConditions holds that the timeline knows every condition that a
// sensor can be in, in picotop's order, and tells them apart.
func TestPackagedDashboardConditions(t *testing.T) {
	var want []string
	for _, k := range house.Kinds() {
		if !k.OfHouse() && k != house.Upload {
			want = append(want, string(k), AlertName(k))
		}
	}
	d := readDashboard(t)
	var got []string
	for _, q := range queriesOf(t, d) {
		if q.panel != "Conditions" {
			continue
		}
		values := map[string]bool{}
		for _, m := range regexp.MustCompile(`(\d+) \* \w+\{(?:condition|alertname)="(\w+)"`).FindAllStringSubmatch(q.expr, -1) {
			got = append(got, m[2])
			values[m[1]] = true
		}
		if len(values) != len(want)/2 {
			t.Errorf("%d values for %d conditions", len(values), len(want)/2)
		}
		for _, p := range d.Panels {
			if *p.Panel.Title == q.panel {
				texts := p.Panel.FieldConfig.Defaults.Mappings[0].ValueMap.Options
				delete(values, "0")
				for v := range values {
					if texts[v].Text == nil {
						t.Errorf("nothing is said of the value %s", v)
					}
				}
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
}

// A living house is one whose picture is always of this moment.
type living struct{ of *fake }

func (l living) State() house.State {
	st, now := l.of.state, time.Now()
	later := now.Sub(st.At)
	st.At = now
	st.Sensors, st.Picos = slices.Clone(st.Sensors), slices.Clone(st.Picos)
	for i := range st.Sensors {
		st.Sensors[i].Heard = st.Sensors[i].Heard.Add(later)
	}
	for i := range st.Picos {
		st.Picos[i].Heard = st.Picos[i].Heard.Add(later)
	}
	return st
}

func (l living) Status() status.Status { return l.of.Status() }

// troubled is winter, in which the feed calls fail, too, and the house is not well.
func troubled() *fake {
	f := winter()
	f.state.Conditions = append(f.state.Conditions,
		house.Condition{Kind: house.Upload, Sensor: -1, Pico: 0, Since: monday},
		house.Condition{Kind: house.NoPackets, Sensor: -1, Pico: -1, Since: monday},
		house.Condition{Kind: house.CannotStore, Sensor: -1, Pico: -1, Since: monday},
		house.Condition{Kind: house.ClockNotSet, Sensor: -1, Pico: -1, Since: monday},
	)
	return f
}

// past is a store that heard the sensors of a state, and was told of what is wrong.
func past(t *testing.T, st house.State) *history.Store {
	t.Helper()
	s, err := history.Open(history.Config{Dir: t.TempDir(), Now: func() time.Time { return st.At }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, sensor := range st.Sensors {
		for i := 15; i >= 0 && sensor.Valid; i-- {
			s.Append(history.Sample{
				Sensor: sensor.ID, SensorName: sensor.SensorName, FriendlyName: sensor.FriendlyName,
				At: sensor.Heard.Add(time.Duration(-i) * 10 * time.Second), Celsius: sensor.Celsius,
			})
		}
	}
	var wrong []history.Warning
	for _, c := range st.Conditions {
		w := history.Warning{Name: AlertName(c.Kind)}
		switch {
		case c.Pico >= 0:
			w.Pico = st.Picos[c.Pico].Label()
		case c.Sensor >= 0:
			sensor := st.Sensors[c.Sensor]
			w.Sensor, w.SensorName, w.FriendlyName = sensor.ID, sensor.SensorName, sensor.FriendlyName
		}
		wrong = append(wrong, w)
	}
	s.Warn(st.At, wrong)
	return s
}

// TestPackagedDashboardQueries asks every query of the dashboard of picotop itself, and
// of a Prometheus that reads picotop's /metrics by the packaged scrape job, as Grafana
// would: of all sensors, and of two. Of the same house both must say the same.
func TestPackagedDashboardQueries(t *testing.T) {
	d := readDashboard(t)
	queries := queriesOf(t, d)
	f := troubled()
	picotop := httptest.NewServer(New(Config{Source: f, History: past(t, f.state).Queryable(), Now: func() time.Time { return monday }}).Handler())
	t.Cleanup(picotop.Close)

	own := askAll(t, picotop.URL, monday, d, queries)
	prometheustest.Each(t, func(t *testing.T, m prometheustest.Major) {
		if testing.Short() {
			t.Skip("starting a Prometheus takes some seconds")
		}
		m.Need(t)
		exporter := httptest.NewServer(New(Config{Source: living{troubled()}}).Handler())
		t.Cleanup(exporter.Close)
		server := startScraping(t, m, exporter.Listener.Addr().String())
		answers := askAll(t, server, time.Now(), d, queries)
		for _, q := range []string{"Temperature A", "Conditions A", "Picos and picotop A", "Picos and picotop B", "Uploads A"} {
			for of := range own[q] {
				if own[q][of] != answers[q][of] {
					t.Errorf("%s: of %q picotop says %v, Prometheus %v", q, of, own[q][of], answers[q][of])
				}
			}
		}
	})
	want := map[string]float64{"Cold Water Tank": 10, "Loft": 5, "Green House": 1, "Log Store": 9, "Attic": 9}
	if diff := cmp.Diff(want, own["Conditions A"]); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
}

// startScraping starts a Prometheus with the packaged job and rules on one target, and
// waits until it has read it twice.
func startScraping(t *testing.T, m prometheustest.Major, target string) string {
	t.Helper()
	dir := t.TempDir()
	job, err := os.ReadFile(packagedRules + "/scrape.yaml")
	if err != nil {
		t.Fatal(err)
	}
	config := strings.NewReplacer("raspberrypi:8000", target, "scrape_interval: 30s", "scrape_interval: 1s").Replace(string(job))
	rules, err := filepath.Abs(packagedRules)
	if err != nil {
		t.Fatal(err)
	}
	config += fmt.Sprintf("rule_files: [%q, %q]\nglobal: {evaluation_interval: 1s}\n", rules+"/prometheus_alerts.yaml", rules+"/prometheus_rules.yaml")
	if err := os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	server := m.Start(t, dir)
	for range 300 {
		if len(askPanel(t, server, panelQuery{"", "", "count_over_time(temperature[5m]) > 2", true}, time.Now())) > 0 {
			return server
		}
		time.Sleep(100 * time.Millisecond) // another program's clock
	}
	t.Fatal("Prometheus read nothing in 30 s")
	return ""
}

// answerOf are the values that each query has now, by what the legend names.
type answerOf map[string]map[string]float64

// askAll asks everything, and fails the test where nothing is answered.
func askAll(t *testing.T, server string, now time.Time, d dashboard.Dashboard, queries []panelQuery) answerOf {
	t.Helper()
	names := pickerValues(t, server, d)
	if !slices.Contains(names, "Cold Water Tank") || !slices.Contains(names, "Loft") {
		t.Errorf("one can pick of %q", names)
	}
	got := answerOf{}
	for _, chosen := range []string{".+", "(Cold Water Tank|Loft)"} {
		for _, q := range queries {
			about := strings.Contains(q.expr, "$friendly_name")
			q.expr = strings.ReplaceAll(q.expr, "$friendly_name", chosen)
			if strings.Contains(q.expr, "$") {
				t.Errorf("%v: an unknown variable in %s", q, q.expr)
			}
			answer := askPanel(t, server, q, now)
			switch {
			case len(answer) == 0:
				t.Errorf("%v: nothing for %s", q, chosen)
			case chosen == ".+":
				got[q.String()] = answer
			case about && !slices.Equal(slices.Sorted(maps.Keys(answer)), []string{"Cold Water Tank", "Loft"}):
				t.Errorf("%v: %v for %s", q, answer, chosen)
			}
		}
	}
	return got
}

var labelValues = regexp.MustCompile(`^label_values\((\w+), (\w+)\)$`)

// pickerValues are what Grafana offers to pick.
func pickerValues(t *testing.T, server string, d dashboard.Dashboard) []string {
	t.Helper()
	var list []string
	for _, v := range d.Templating.List {
		if v.Definition == nil {
			continue
		}
		m := labelValues.FindStringSubmatch(*v.Definition)
		if m == nil || v.Query.Map["query"] != *v.Definition {
			t.Fatalf("the picker asks for %q and %v", *v.Definition, v.Query.Map)
		}
		getData(t, server+"/api/v1/label/"+m[2]+"/values?match[]="+m[1], &list)
	}
	return list
}

// askPanel returns the value that each series has now, by its friendly name or its Pico.
func askPanel(t *testing.T, server string, q panelQuery, now time.Time) map[string]float64 {
	t.Helper()
	now = now.Add(time.Second) // nothing of this second is left out
	end := strconv.FormatInt(now.Unix(), 10)
	address := server + "/api/v1/query?time=" + end + "&query=" + url.QueryEscape(q.expr)
	if !q.instant { // a day in as many steps as the screen has room for
		start := strconv.FormatInt(now.Add(-24*time.Hour).Unix(), 10)
		address = server + "/api/v1/query_range?step=60&start=" + start + "&end=" + end + "&query=" + url.QueryEscape(q.expr)
	}
	var data struct {
		Result []struct {
			Metric map[string]string
			Value  [2]any
			Values [][2]any
		}
	}
	getData(t, address, &data)
	is := map[string]float64{}
	for _, series := range data.Result {
		if len(series.Values) > 0 {
			series.Value = series.Values[len(series.Values)-1]
		}
		if at, ok := series.Value[0].(float64); !ok || now.Sub(time.Unix(int64(at), 0)) > 2*time.Minute {
			continue // of a sensor that has gone silent
		}
		value, err := strconv.ParseFloat(fmt.Sprint(series.Value[1]), 64)
		if err != nil {
			t.Fatalf("%v: %v", q, err)
		}
		is[series.Metric["friendly_name"]+series.Metric["pico"]] = value
	}
	return is
}

// getData reads the data of an answer.
func getData(t *testing.T, address string, into any) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer := struct {
		Status, Error string
		Data          any
	}{Data: into}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || answer.Status != "success" {
		t.Fatalf("%s: %v, %s %s", address, err, resp.Status, answer.Error)
	}
}
