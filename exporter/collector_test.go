package exporter

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/house"
)

var update = flag.Bool("update", false, "write the golden files")

// TestPage holds every name, label and help text that other people's rules
// depend on.
func TestPage(t *testing.T) {
	golden := filepath.Join("testdata", "metrics.txt")
	got := ours(scrape(t, winter()))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("the page changed (-want +got):\n%s", diff)
	}
}

func TestPageOfTheProgramItself(t *testing.T) {
	page := scrape(t, winter())
	for _, want := range []string{"picotop_build_info{", `version="1.2.3"`, "go_goroutines ", "process_start_time_seconds "} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

func TestSeries(t *testing.T) {
	heard := func(s int) time.Time { return time.Unix(1_800_000_000+int64(s), 0) }
	named := func(id string, celsius float64, at int) house.Sensor {
		return house.Sensor{
			ID: id, SensorName: "DefaultSensorName", FriendlyName: "Default Sensor Name",
			Pico: airing, Heard: heard(at), Valid: true, Celsius: celsius,
		}
	}
	silent := func(s house.Sensor) house.Sensor { s.Silent = true; return s }
	empty := func(s house.Sensor) house.Sensor { s.Valid = false; return s }
	const (
		oldLabels = `{friendly_name="Default Sensor Name",sensor_name="DefaultSensorName"} `
		newLabels = `{friendly_name="Default Sensor Name",pico="192.168.1.56",sensor="a",sensor_name="DefaultSensorName"} `
	)

	tests := map[string]struct {
		state house.State
		of    string   // a pattern of metric names
		want  []string // lines of the page
	}{
		"of two sensors with one name the one heard last speaks": {
			state: house.State{Sensors: []house.Sensor{named("a", 1, 5), named("b", 2, 9), named("c", 3, 7)}},
			of:    `temperature.*`,
			want:  []string{"temperature" + oldLabels + "2", "temperature_last_seen_timestamp" + oldLabels + "1.800000009e+09"},
		},
		"heard at the same moment, the first in order speaks": {
			state: house.State{Sensors: []house.Sensor{named("a", 1, 5), named("b", 2, 5)}},
			of:    `temperature`,
			want:  []string{"temperature" + oldLabels + "1"},
		},
		"one without a value does not speak, but was seen": {
			state: house.State{Sensors: []house.Sensor{named("a", 1, 5), empty(named("b", 0, 9))}},
			of:    `temperature.*`,
			want:  []string{"temperature" + oldLabels + "1", "temperature_last_seen_timestamp" + oldLabels + "1.800000009e+09"},
		},
		"a silent sensor has no temperature and keeps its last-seen": {
			state: house.State{Sensors: []house.Sensor{silent(named("a", 1, 5))}},
			of:    `temperature.*|picotop_temperature_celsius|picotop_last_seen_timestamp_seconds`,
			want: []string{
				"picotop_last_seen_timestamp_seconds" + newLabels + "1.800000005e+09",
				"temperature_last_seen_timestamp" + oldLabels + "1.800000005e+09",
			},
		},
		"fractions of a second are kept": {
			state: house.State{Sensors: []house.Sensor{{ID: "a", Heard: time.Unix(1_800_000_000, 123_456_789)}}},
			of:    `temperature_last_seen_timestamp`,
			want:  []string{`temperature_last_seen_timestamp{friendly_name="",sensor_name=""} 1.800000000123456e+09`},
		},
		"only known from history: no Pico and no offset": {
			state: house.State{Sensors: []house.Sensor{{ID: "a", SensorName: "Loft", FriendlyName: "Loft", Valid: true, Celsius: 4}}},
			of:    `picotop_temperature_celsius|picotop_calibration_.*|picotop_last_seen_.*`,
			want:  []string{`picotop_temperature_celsius{friendly_name="Loft",pico="",sensor="a",sensor_name="Loft"} 4`},
		},
		"two Picos of one name are told apart by their addresses": {
			state: house.State{Picos: []house.Pico{
				{Addr: airing, Name: "loft", Heard: heard(1), OKs: 3},
				{Addr: shed, Name: "loft", Heard: heard(2), Errors: 4},
			}},
			of: `picotop_pico_(?:last|statuses).*`,
			want: []string{
				`picotop_pico_last_seen_timestamp_seconds{address="192.168.1.56",pico="loft"} 1.800000001e+09`,
				`picotop_pico_last_seen_timestamp_seconds{address="192.168.1.58",pico="loft"} 1.800000002e+09`,
				`picotop_pico_statuses_total{address="192.168.1.56",outcome="ok",pico="loft"} 3`,
				`picotop_pico_statuses_total{address="192.168.1.56",outcome="error",pico="loft"} 0`,
				`picotop_pico_statuses_total{address="192.168.1.58",outcome="ok",pico="loft"} 0`,
				`picotop_pico_statuses_total{address="192.168.1.58",outcome="error",pico="loft"} 4`,
			},
		},
		"a name that needs quoting": {
			state: house.State{Sensors: []house.Sensor{{ID: "a", SensorName: `"Dad's\Shed"`, FriendlyName: "b\xffd\nl\x00fé", Valid: true}}},
			of:    `temperature`,
			want:  []string{`temperature{friendly_name="b` + "\uFFFD" + `d\nl` + "\x00" + `fé",sensor_name="\"Dad's\\Shed\""} 0`},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			line := regexp.MustCompile(`(?m)^(?:` + tt.of + `)\{.*$`)
			got := line.FindAllString(scrape(t, &fake{state: tt.state}), -1)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFormats(t *testing.T) {
	tests := map[string]struct{ accept, want, end string }{
		"plain by default":     {"", "text/plain; version=0.0.4; charset=utf-8", "\n"},
		"OpenMetrics if asked": {"application/openmetrics-text; version=1.0.0", "application/openmetrics-text; version=1.0.0; charset=utf-8", "# EOF\n"},
	}
	handler := New(Config{Source: winter()}).Handler()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/metrics", nil)
			r.Header.Set("Accept", tt.accept)
			got := httptest.NewRecorder()
			handler.ServeHTTP(got, r)
			if kind := got.Header().Get("Content-Type"); !strings.HasPrefix(kind, tt.want) {
				t.Errorf("Content-Type %q, want %q", kind, tt.want)
			}
			if !strings.HasSuffix(got.Body.String(), tt.end) {
				t.Errorf("the page does not end in %q", tt.end)
			}
		})
	}
}

// scrape reads the whole page in the plain text form.
func scrape(t *testing.T, source Source) string {
	t.Helper()
	got := httptest.NewRecorder()
	New(Config{Source: source, Version: "1.2.3"}).Handler().ServeHTTP(got, httptest.NewRequest("GET", "/metrics", nil))
	if got.Code != http.StatusOK {
		t.Fatalf("status %d: %s", got.Code, got.Body)
	}
	return got.Body.String()
}

var notOurs = regexp.MustCompile(`(?m)^(?:# (?:HELP|TYPE) )?(?:go|process|promhttp|picotop_build)_.*\n`)

// ours leaves out what differs from machine to machine.
func ours(page string) string { return notOurs.ReplaceAllString(page, "") }
