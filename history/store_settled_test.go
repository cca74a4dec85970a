package history

import (
	"testing"
	"time"
)

// TestSettled holds that what waits for the disk holds back its own kind alone.
func TestSettled(t *testing.T) {
	ago := func(d time.Duration) int64 { return noon.Add(-d).UnixMilli() }
	for name, test := range map[string]struct {
		waits           point
		readings, hours int64
	}{
		"a reading of now": {
			point{&series{}, ago(0), 1}, ago(settleAfter), ago(appendWindow + rollupDelay + correctEvery),
		},
		"a reading of ten minutes ago": {
			point{&series{}, ago(10 * time.Minute), 1}, ago(10*time.Minute) - 1, ago(appendWindow + rollupDelay + correctEvery),
		},
		"an hour of a month ago": {
			point{&series{derived: true, rollup: true}, ago(30 * 24 * time.Hour), 1}, ago(settleAfter), ago(30*24*time.Hour) - 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			if _, ok := s.Settled(); !ok {
				t.Fatal("nothing is known")
			}
			s.rollups.caughtUp.Store(true)
			test.waits.at -= s.clock.offset
			s.queue = []point{test.waits}
			got, ok := s.Settled()
			s.queue = nil
			if !ok || got.Readings != test.readings || got.Hours != test.hours {
				t.Errorf("got %+v, want %d and %d", got, test.readings, test.hours)
			}
		})
	}
}
