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
