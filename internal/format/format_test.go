package format

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	tests := map[string]struct{ got, want string }{
		"one":                  {Count(1, "packet"), "1 packet"},
		"none":                 {Count(0, "packet"), "0 packets"},
		"a few bytes":          {Bytes(999), "999 bytes"},
		"nothing":              {Bytes(0), "0 bytes"},
		"kilobytes":            {Bytes(61_200), "59.8 kB"},
		"megabytes":            {Bytes(12_345_678), "11 MB"},
		"a gigabyte":           {Bytes(1 << 30), "1 GB"},
		"gigabytes":            {Bytes(5 << 29), "2.5 GB"},
		"a moment":             {Duration(250 * time.Millisecond), "0.2 s"},
		"whole seconds":        {Duration(3 * time.Second), "3 s"},
		"seconds":              {Duration(59 * time.Second), "59 s"},
		"minutes":              {Duration(10 * time.Minute), "10 min"},
		"minutes and seconds":  {Duration(123 * time.Second), "2 min 3 s"},
		"hours":                {Duration(time.Hour), "1 h"},
		"hours and minutes":    {Duration(200 * time.Minute), "3 h 20 min"},
		"days and hours":       {Duration(53 * time.Hour), "2 d 5 h"},
		"a clock":              {Clock(67 * time.Second), "1:07"},
		"a clock, after hours": {Clock(3723 * time.Second), "1:02:03"},
		"a short interval":     {Interval(15 * time.Second), "every 15 s"},
		"no interval at all":   {Interval(0), "every 1 s"},
		"a long interval":      {Interval(5 * time.Minute), "every 5 min"},
		"a span of minutes":    {Span(90 * time.Minute), "90 minutes"},
		"a span of hours":      {Span(30 * time.Hour), "30 hours"},
		"a span of days":       {Span(41 * 24 * time.Hour), "41 days"},
		"a span of years":      {Span(5 * 365 * 24 * time.Hour), "5 years"},
		"seconds below ten":    {Seconds(1500 * time.Millisecond), "1.5 s"},
		"seconds from ten on":  {Seconds(140 * time.Second), "140 s"},
		"a list of one":        {List([]string{"a"}), "a"},
		"a list":               {List([]string{"a", "b", "c"}), "a, b and c"},
		"a port":               {Ports([]uint16{9999}), "port 9999"},
		"ports":                {Ports([]uint16{11235, 9999}), "ports 11235 and 9999"},
		"a plain path":         {ShellQuote("/var/lib/picotop"), "/var/lib/picotop"},
		"a path with a space":  {ShellQuote("/a b"), "'/a b'"},
		"a path with a quote":  {ShellQuote("it's"), `'it'\''s'`},
		"a path like a flag":   {ShellQuote("-rf"), "'-rf'"},
		"an empty word":        {ShellQuote(""), "''"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}

func TestAgo(t *testing.T) {
	tests := map[time.Duration]string{
		-time.Second:                    "0 s",
		59*time.Second + 999e6:          "59 s",
		time.Minute:                     "1 min",
		time.Hour - 1:                   "59 min",
		109 * time.Minute:               "1 h 49 min",
		49*time.Hour + 30*time.Minute:   "2 d 1 h",
		1000*24*time.Hour + time.Second: "1000 d",
	}
	for d, want := range tests {
		if got := Ago(d); got != want {
			t.Errorf("Ago(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestCelsius(t *testing.T) {
	tests := map[float64]string{2.875: "2.9", -0.0625: "-0.1", -0.04: "0.0", 0: "0.0", 125: "125.0"}
	for celsius, want := range tests {
		if got := Celsius(celsius); got != want {
			t.Errorf("Celsius(%v) = %q, want %q", celsius, got, want)
		}
	}
}
