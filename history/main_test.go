package history

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"
)

// childEnv makes the test binary play a part in a process of its own.
const childEnv = "PICOTOP_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "":
		goleak.VerifyTestMain(m,
			// The library forgets its log when it fails to open. A database
			// that is left open has another goroutine to be found by.
			goleak.IgnoreTopFunction("github.com/prometheus/prometheus/tsdb/wlog.(*WL).run"),
		)
	case "append":
		childAppends()
	case "small disk":
		childOnSmallDisk()
	case "read-only disk":
		childOnReadOnlyDisk()
	case "disk full at the start":
		childOnDiskFullAtStart()
	case "full disk":
		childFillsDisk()
	}
}

// noon is when the tests play.
var noon = time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)

func fixedNow() time.Time { return noon }

func open(tb testing.TB, dir string) *Store {
	tb.Helper()
	s, err := Open(Config{Dir: dir, Now: fixedNow})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

func sample(sensor string, at time.Time, celsius float64) Sample {
	return Sample{Sensor: sensor, SensorName: "ColdTank", FriendlyName: "Cold Tank", At: at, Celsius: celsius}
}

// count is how many samples of a sensor the store has around noon.
func count(tb testing.TB, s *Store, sensor string) int {
	tb.Helper()
	list, err := s.Range(context.Background(), sensor, noon.Add(-7*24*time.Hour), noon.Add(7*24*time.Hour), time.Hour)
	if err != nil {
		tb.Fatal(err)
	}
	n := 0
	for _, b := range list {
		n += b.Count
	}
	return n
}

func replay(tb testing.TB, s *Store, from time.Time) []Sample {
	tb.Helper()
	var list []Sample
	if err := s.Replay(context.Background(), from, func(p Sample) { list = append(list, p) }); err != nil {
		tb.Fatal(err)
	}
	return list
}

// sameTime compares moments, whatever their zone.
var sameTime = cmpopts.EquateApproxTime(0)

// A fakeClock is a wall clock that can be set, and one beside it that cannot.
type fakeClock struct {
	wall time.Time
	mono time.Duration
}

func (c *fakeClock) now() time.Time { return c.wall }

func (c *fakeClock) pass(d time.Duration) { c.wall, c.mono = c.wall.Add(d), c.mono+d }

// newWithClock returns a store that goes by a fake clock, and is not open.
func newWithClock(tb testing.TB, dir string, clock *fakeClock) *Store {
	tb.Helper()
	s := New(Config{Dir: dir, Now: clock.now})
	s.elapsed = func(time.Time) time.Duration { return clock.mono }
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

func mustOpen(tb testing.TB, s *Store) *Store {
	tb.Helper()
	if err := s.Open(); err != nil {
		tb.Fatal(err)
	}
	return s
}

// times are those of a sensor's samples, after noon.
func times(tb testing.TB, s *Store) []time.Duration {
	tb.Helper()
	var list []time.Duration
	for _, p := range replay(tb, s, time.Unix(0, 0)) {
		list = append(list, p.At.Sub(noon))
	}
	return list
}

func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
