package exporter

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"picotop/feed"
	"picotop/house"
	"picotop/internal/prometheustest"
)

// packagedRules is where the rules for Prometheus are.
const packagedRules = "../packaging/prometheus"

func TestPackagedRules(t *testing.T) { prometheustest.Each(t, testPackagedRules) }

func testPackagedRules(t *testing.T, m prometheustest.Major) {
	for name, args := range map[string][]string{
		"the scrape job":     {"check", "config", "scrape.yaml"},
		"their form":         {"check", "rules", "prometheus_alerts.yaml", "prometheus_rules.yaml"},
		"their unit tests":   {"test", "rules", "tests/picotop_test.yaml"},
		"the first exporter": {"test", "rules", "tests/first_exporter_test.yaml"},
	} {
		t.Run(name, func(t *testing.T) { m.Promtool(t, packagedRules, args...) })
	}
}

// TestPackagedRulesOnMetrics runs the alerts on what a house puts on /metrics: ours,
// and the two that people run against the first exporter. A tank freezes, one Pico's
// feed calls begin to fail, and the other Pico dies.
func TestPackagedRulesOnMetrics(t *testing.T) {
	const (
		uploadFails = 5 * time.Minute
		dies        = 25 * time.Minute
		instance    = "raspberrypi:8000"
	)
	loft, shed := netip.MustParseAddrPort("192.0.2.10:1024"), netip.MustParseAddrPort("192.0.2.11:1024")
	h := house.New(house.Config{Rules: house.Rules{Limit: house.DefaultLimit}})
	source := &fake{}
	c := &collector{source: source, program: prometheus.NewRegistry()}
	scraped := newScrapedSeries(map[string]string{"instance": instance, "job": "picotop"})
	for since := time.Duration(0); since <= 40*time.Minute; since += 10 * time.Second {
		at := time.Unix(0, 0).Add(since) // promtool's clock begins there
		temperature := func(from netip.AddrPort, code, name string, celsius float64) {
			h.Apply(feed.Packet{Sensor: code, Name: name, Celsius: celsius, From: from, Heard: at})
		}
		if since < dies {
			temperature(loft, "28ff01", "ColdWaterTank", 4-float64(since/time.Minute)/16)
			temperature(loft, "28ff02", "Loft", 8)
		}
		temperature(shed, "28ff03", "LogStore", 9)
		status := feed.Packet{Kind: feed.Status, Name: "shed", Text: "API 200 OK", From: shed, Heard: at}
		if since >= uploadFails {
			status.Text = "API Exception"
		}
		h.Apply(status)
		h.Advance(at)
		if since%time.Minute == 0 {
			source.state = h.State(at)
			scraped.add(t, c)
		}
	}

	sensor := func(severity, condition string) map[string]string {
		return map[string]string{
			"severity": severity, "condition": condition, "instance": instance, "job": "picotop",
			"friendly_name": "Cold Water Tank", "pico": "192.0.2.10", "sensor": "28ff01", "sensor_name": "ColdWaterTank",
		}
	}
	pico := func(severity, condition, name, address string) map[string]string {
		return map[string]string{
			"severity": severity, "condition": condition, "instance": instance, "job": "picotop", "pico": name, "address": address,
		}
	}
	told := func(labels map[string]string, annotations ...string) []firing {
		a := map[string]string{"summary": annotations[0]}
		if len(annotations) > 1 {
			a["description"] = annotations[1]
		}
		return []firing{{labels, a}}
	}
	frozen := map[string]string{"friendly_name": "Cold Water Tank", "sensor_name": "ColdWaterTank", "instance": instance, "job": "picotop"}
	scraped.test(t, []alertTest{
		{"ColdWaterTankFreezing", "15m", nil},
		{"ColdWaterTankFreezing", "16m", told(frozen, "Cold Water Tank is at 3 °C")},
		{"ColdWaterTankFreezing", "20m", told(frozen, "Cold Water Tank is at 2.75 °C")},
		{"LoftPicoNotUpdating", "29m", nil},
		{"LoftPicoNotUpdating", "30m", told(nil, "Nothing was heard of the loft's Pico for 5m 10s")},

		{"PicotopFreezing", "15m", nil},
		{"PicotopFreezing", "20m", told(sensor("critical", "freezing"), "Cold Water Tank is about to freeze.", "It has 2.8 °C.")},
		{"PicotopPicoSilent", "25m", nil},
		{"PicotopPicoSilent", "40m", told(pico("critical", "silent", "192.0.2.10", "192.0.2.10"),
			"Pico 192.0.2.10 is not heard any more.", "Replug it. Its sensors are Cold Water Tank, Loft.")},
		{"PicotopSensorSilent", "27m", nil},
		{"PicotopSensorSilent", "40m", nil},
		{"PicotopUploadFails", "18m", nil},
		{"PicotopUploadFails", "25m", told(pico("warning", "upload", "shed", "192.0.2.11"),
			"The feed calls of Pico shed fail.", "What it says of them is in the log of picotop, and on its screen.")},
		{"PicotopNoPackets", "40m", nil},
		{"PicotopCannotStore", "40m", nil},
	})
}

// scrapedSeries are the series of one page a minute, as a Prometheus has them: with
// labels of its own, and an end where one is not on the page any more.
type scrapedSeries struct {
	labels map[string]string // of the target
	values map[string][]string
	pages  int
}

func newScrapedSeries(labels map[string]string) *scrapedSeries {
	return &scrapedSeries{labels: labels, values: map[string][]string{}}
}

// add takes in the next page.
func (s *scrapedSeries) add(t *testing.T, c *collector) {
	t.Helper()
	families, err := c.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{`up` + s.text(map[string]string{}): "1"}
	for _, family := range families {
		for _, m := range family.Metric {
			labels := map[string]string{}
			for _, l := range m.Label {
				labels[l.GetName()] = l.GetValue()
			}
			value := m.GetGauge().GetValue() + m.GetCounter().GetValue() // one of them is there
			found[family.GetName()+s.text(labels)] = strconv.FormatFloat(value, 'f', -1, 64)
		}
	}
	for series := range found {
		if _, known := s.values[series]; !known {
			s.values[series] = slices.Repeat([]string{"_"}, s.pages)
		}
	}
	for series, values := range s.values {
		value, ok := found[series]
		if !ok {
			value = "stale"
		}
		s.values[series] = append(values, value)
	}
	s.pages++
}

// text is a series without its name.
func (s *scrapedSeries) text(labels map[string]string) string {
	maps.Copy(labels, s.labels)
	var list []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		list = append(list, fmt.Sprintf("%s=%q", name, labels[name]))
	}
	return "{" + strings.Join(list, ",") + "}"
}

// An alertTest says which alerts of one name fire at a moment; none if it is empty.
type alertTest struct {
	Name string   `json:"alertname"`
	At   string   `json:"eval_time"`
	Fire []firing `json:"exp_alerts"`
}

type firing struct {
	Labels      map[string]string `json:"exp_labels"`
	Annotations map[string]string `json:"exp_annotations"`
}

// test lets promtool judge.
func (s *scrapedSeries) test(t *testing.T, tests []alertTest) {
	t.Helper()
	type input struct {
		Series string `json:"series"`
		Values string `json:"values"`
	}
	type group struct {
		Interval string      `json:"interval"`
		Input    []input     `json:"input_series"`
		Tests    []alertTest `json:"alert_rule_test"`
	}
	g := group{Interval: "1m", Tests: tests}
	for _, series := range slices.Sorted(maps.Keys(s.values)) {
		g.Input = append(g.Input, input{series, strings.Join(s.values[series], " ")})
	}
	rules, err := filepath.Abs(packagedRules)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]any{ // JSON is YAML
		"rule_files":          []string{rules + "/prometheus_alerts.yaml", rules + "/tests/first_exporter_alerts.yaml"},
		"evaluation_interval": "1m",
		"tests":               []group{g},
	})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "test.yaml"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	prometheustest.Each(t, func(t *testing.T, m prometheustest.Major) { m.Promtool(t, dir, "test", "rules", "test.yaml") })
}
