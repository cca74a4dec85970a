package cli

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestARecordingOnTheScreen(t *testing.T) {
	d := openDashboard(t, "replay", "../capture/testdata/tcpdump-lo.pcap", "--speed", "max")
	d.waitFor(t, "Cold Water Tank")
	d.waitFor(t, "replay ended")
	press(t, d, "q")
	d.ends(t)
}

func TestTheClockOfARecording(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newPlayClock(10, time.Minute)
		started := time.Now()
		check := func(what string, want time.Duration) {
			t.Helper()
			if got := c.now().Sub(started); got != want {
				t.Errorf("%s it is %v after the beginning, want %v", what, got, want)
			}
		}
		check("at first", 0)
		time.Sleep(3 * time.Second)
		check("after three seconds", 30*time.Second)
		if part, left := c.position(); part != 0.5 || left != 3*time.Second {
			t.Errorf("position %v, %v left", part, left)
		}
		time.Sleep(time.Hour)
		check("after the end", time.Minute)
		c.reached(59 * time.Second)
		c.stop()
		check("when all was played", 59*time.Second)
	})
}

func TestWords(t *testing.T) {
	tests := map[string]struct{ got, want string }{
		"one":                  {some(1, "packet"), "1 packet"},
		"none":                 {some(0, "packet"), "0 packets"},
		"a few bytes":          {sized(999), "999 bytes"},
		"kilobytes":            {sized(61_200), "61.2 kB"},
		"megabytes":            {sized(12_345_678), "12.3 MB"},
		"a moment":             {lasting(250 * time.Millisecond), "0.2 s"},
		"whole seconds":        {lasting(3 * time.Second), "3 s"},
		"seconds":              {lasting(59 * time.Second), "59 s"},
		"minutes":              {lasting(10 * time.Minute), "10 min"},
		"minutes and seconds":  {lasting(123 * time.Second), "2 min 3 s"},
		"hours":                {lasting(time.Hour), "1 h"},
		"hours and minutes":    {lasting(200 * time.Minute), "3 h 20 min"},
		"a clock":              {clocked(67 * time.Second), "1:07"},
		"a clock, after hours": {clocked(3723 * time.Second), "1:02:03"},
		"a flag of an hour":    {new(durationValue(time.Hour)).String(), "1h"},
		"a flag of 90 minutes": {new(durationValue(90 * time.Minute)).String(), "1h30m"},
		"a flag of seconds":    {new(durationValue(100 * time.Second)).String(), "1m40s"},
		"a list of one":        {listed([]string{"a"}), "a"},
		"a list":               {listed([]string{"a", "b", "c"}), "a, b and c"},
		"a port":               {portsText([]uint16{9999}), "port 9999"},
		"ports":                {portsText([]uint16{11235, 9999}), "ports 11235 and 9999"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if tt.got != tt.want {
				t.Errorf("got %q, want %q", tt.got, tt.want)
			}
		})
	}
}
