package ui

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/internal/format"
)

func TestAge(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 0: "0 s", 59 * time.Second: "59 s", time.Minute: "1 min", 59 * time.Minute: "59 min",
		time.Hour: "1h00", 109 * time.Minute: "1h49", 24 * time.Hour: "1d00", 51 * time.Hour: "2d03", 400 * 24 * time.Hour: "400d",
	} {
		if got := format.Age(d); got != want || len(got) > 6 {
			t.Errorf("format.Age(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	f := locale{zone: time.FixedZone("", 3600)}
	for want, ago := range map[string]time.Duration{
		"22:46": time.Minute, "Sun 19:58": 26*time.Hour + 49*time.Minute, "29 Dec": 7 * 24 * time.Hour, "5 Jan 2025": 365 * 24 * time.Hour,
	} {
		if got := f.timestamp(monday.Add(-ago), monday); got != want {
			t.Errorf("%v ago is %q, want %q", ago, got, want)
		}
	}
}

func TestFahrenheit(t *testing.T) {
	f := locale{fahrenheit: true}
	got := []string{f.degrees(-40), f.temp(0), f.temp(100), f.trend(-1), f.trend(0), f.difference(2)}
	want := []string{"-40.0°F", "32.0", "212.0", ", falling 1.8 an hour", "", "3.6"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := (locale{}).temp(-0.04); got != "0.0" {
		t.Errorf("zero is %q", got)
	}
}
