package exporter

import (
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"picotop/house"
	"picotop/internal/status"
)

// TestConditionsOverTime scrapes once after each step, and looks only at the last page.
func TestConditionsOverTime(t *testing.T) {
	loft := house.Sensor{ID: "a", SensorName: "Loft", FriendlyName: "Loft", Pico: airing}
	in := func(set func(*house.Sensor)) house.State {
		s := loft
		set(&s)
		return house.State{Sensors: []house.Sensor{s}}
	}
	well := house.State{Sensors: []house.Sensor{loft}}
	pico := house.Pico{Addr: airing, Name: "p"}
	const of = `",friendly_name="Loft",pico="192.168.1.56",sensor="a",sensor_name="Loft"} `
	zeros := []string{
		`picotop_house_condition{condition="no_packets"} 0`,
		`picotop_house_condition{condition="cannot_store"} 0`,
		`picotop_house_condition{condition="clock_not_set"} 0`,
	}
	tests := map[string]struct {
		steps []house.State
		want  []string
	}{
		"all well": {
			[]house.State{well},
			append(zeros, `picotop_sensor_condition{condition="freezing`+of+"0", `picotop_sensor_condition{condition="silent`+of+"0"),
		},
		"one that stands": {
			[]house.State{in(func(s *house.Sensor) { s.TooWarm, s.Freezing = true, true })},
			append(zeros, `picotop_sensor_condition{condition="freezing`+of+"1", `picotop_sensor_condition{condition="silent`+of+"0",
				`picotop_sensor_condition{condition="too_warm`+of+"1"),
		},
		"one that is over is told on": {
			[]house.State{in(func(s *house.Sensor) { s.Broken = true }), well, well},
			append(zeros, `picotop_sensor_condition{condition="freezing`+of+"0", `picotop_sensor_condition{condition="silent`+of+"0",
				`picotop_sensor_condition{condition="broken`+of+"0"),
		},
		"and forgotten with its sensor": {
			[]house.State{in(func(s *house.Sensor) { s.Broken = true }), {}, well},
			append(zeros, `picotop_sensor_condition{condition="freezing`+of+"0", `picotop_sensor_condition{condition="silent`+of+"0"),
		},
		"of a Pico": {
			[]house.State{
				{Picos: []house.Pico{pico}, Conditions: []house.Condition{{Kind: house.Upload, Sensor: -1, Pico: 0}}},
				{Picos: []house.Pico{{Addr: airing, Name: "p", Silent: true}}},
			},
			append(zeros,
				`picotop_pico_condition{address="192.168.1.56",condition="silent",pico="p"} 1`,
				`picotop_pico_condition{address="192.168.1.56",condition="upload",pico="p"} 0`),
		},
		"of the house": {
			[]house.State{{Conditions: []house.Condition{{Kind: house.CannotStore, Sensor: -1, Pico: -1}}}},
			[]string{
				`picotop_house_condition{condition="no_packets"} 0`,
				`picotop_house_condition{condition="cannot_store"} 1`,
				`picotop_house_condition{condition="clock_not_set"} 0`,
			},
		},
	}
	line := regexp.MustCompile(`(?m)^picotop_[a-z]+_condition\{.*$`)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			source := &fake{}
			handler := New(Config{Source: source}).Handler()
			var got []string
			for _, source.state = range tt.steps {
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
				got = line.FindAllString(w.Body.String(), -1)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestConfigMetric(t *testing.T) {
	for name, tt := range map[string]struct {
		config status.Config
		want   string
	}{
		"no file":       {status.Config{}, ""},
		"a good file":   {status.Config{File: "c.toml"}, "picotop_config_last_reload_successful 1"},
		"a broken file": {status.Config{File: "c.toml", Err: "line 3"}, "picotop_config_last_reload_successful 0"},
	} {
		t.Run(name, func(t *testing.T) {
			line := regexp.MustCompile(`(?m)^picotop_config_.*$`)
			if got := line.FindString(scrape(t, &fake{config: tt.config})); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}
