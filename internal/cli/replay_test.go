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

func TestFlagsOfTime(t *testing.T) {
	for want, d := range map[string]time.Duration{"1h": time.Hour, "1h30m": 90 * time.Minute, "1m40s": 100 * time.Second, "": 0} {
		if got := new(durationValue(d)).String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
