package exporter

import (
	"strings"
	"testing"

	"picotop/house"
	"picotop/internal/status"
)

// TestSummary holds that the figures are few however large a house is, and that their
// names mean on /metrics what they mean here.
func TestSummary(t *testing.T) {
	st := house.State{Sensors: make([]house.Sensor, 500), Picos: []house.Pico{{Silent: true}, {}}}
	ps := status.Status{RemoteWrite: []status.RemoteWrite{{Target: "cloud"}, {Target: "attic"}, {Target: "cloud"}}}
	page := scrape(t, winter())
	got := map[string]float64{}
	for _, f := range Summary("1.0", ps, st) {
		got[f.Name+f.Labels[labelTarget]] = f.Value
		if !strings.Contains(page, "# TYPE "+f.Name+" ") && f.Name != "picotop_sensors" && f.Name != "picotop_silent_picos" {
			t.Errorf("%s is not on the page", f.Name)
		}
	}
	if len(got) != 8 || got["picotop_sensors"] != 500 || got["picotop_silent_picos"] != 1 || got[buildInfoName] != 1 {
		t.Errorf("got %v", got)
	}
}
