package ui

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestExport(t *testing.T) {
	tests := map[string]struct {
		answer error
		path   string
		want   string
	}{
		"written":     {nil, "/home/karl/picotop-Cold-Water-Tank-24h.csv", "written: /home/karl/picotop-Cold-Water-Tank-24h.csv"},
		"not written": {errors.New("permission\x1b denied"), "", "not written: permission"},
	}
	for name, tt := range tests {
		for _, size := range [][2]int{{40, 20}, {80, 24}, {80, 8}, {200, 60}} {
			var got Export
			m := newTestModel(winter(), size[0], size[1], func(c *Config) {
				c.Export = func(e Export) (string, error) { got = e; return tt.path, tt.answer }
			})
			press(m, "enter", "e")
			checkFrame(t, m)
			if frame := render(m); !strings.Contains(frame, tt.want[:20]) || size[0] >= 80 && !strings.Contains(frame, tt.want) {
				t.Errorf("%s, %v: does not tell:\n%s", name, size, frame)
			}
			if got.Name != "Cold Water Tank 24h" || len(got.Rows) != len(m.detail.data.buckets)+1 {
				t.Errorf("%s, %v: %q in %d rows", name, size, got.Name, len(got.Rows))
			}
			press(m, "tab")
			if strings.Contains(render(m), "written: ") {
				t.Errorf("%s: stays after the next key", name)
			}
		}
	}
}

func TestExportedRows(t *testing.T) {
	d := course(time.Hour, 4, math.NaN())
	d.from = d.from.Add(10 * time.Minute)
	got := d.rows(locale{zone: time.FixedZone("", 3600), fahrenheit: true})
	want := [][]string{
		{"from", "readings", "low °F", "mean °F", "high °F"},
		{"2026-01-05T20:57:00+01:00", "10", "38.300", "39.200", "40.100"},
		{"2026-01-05T21:47:00+01:00", "0", "", "", ""},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
