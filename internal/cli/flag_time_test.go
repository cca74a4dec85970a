package cli

import (
	"testing"
	"time"
)

func TestFlagsOfTime(t *testing.T) {
	for want, d := range map[string]time.Duration{"1h": time.Hour, "1h30m": 90 * time.Minute, "1m40s": 100 * time.Second, "": 0} {
		if got := new(durationValue(d)).String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
