package history

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	diff "github.com/google/go-cmp/cmp"
)

// settle records hours until there is nothing more to do. The database finds
// blocks when it compacts.
func settle(tb testing.TB, s *Store) {
	tb.Helper()
	for range 4 {
		if err := s.rollUp(tb.Context()); err != nil {
			tb.Fatal(err)
		}
		s.save()
		if err := s.db.Compact(tb.Context()); err != nil {
			tb.Fatal(err)
		}
	}
}

func TestRollUp(t *testing.T) {
	s := open(t, t.TempDir())
	for i, celsius := range []float64{4, 1, 3, 8, 9} { // 9:30, 10:00, 10:30, 11:00, 11:30
		s.Append(sample("28ff01", noon.Add(time.Duration(i-5)*30*time.Minute), celsius))
	}
	s.Append(sample("28ff02", noon.Add(-2*time.Hour), -1))
	s.Append(sample("28ff02", noon, 5))
	s.now = func() time.Time { return noon.Add(rollupDelay) }
	s.save()
	want := []string{
		"temperature:avg1h 28ff01 ColdTank -1h0m0s 2",
		"temperature:avg1h 28ff01 ColdTank 0s 8.5",
		"temperature:avg1h 28ff02 ColdTank -1h0m0s -1",
		"temperature:max1h 28ff01 ColdTank -1h0m0s 3",
		"temperature:max1h 28ff01 ColdTank 0s 9",
		"temperature:max1h 28ff02 ColdTank -1h0m0s -1",
		"temperature:min1h 28ff01 ColdTank -1h0m0s 1",
		"temperature:min1h 28ff01 ColdTank 0s 8",
		"temperature:min1h 28ff02 ColdTank -1h0m0s -1",
	}
	for range 3 { // again changes nothing
		if err := s.rollUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := diff.Diff(selectSeries(t, s, `{__name__=~"temperature:.+"}`, noon.Add(-24*time.Hour), noon.Add(time.Hour)), want); d != "" {
			t.Errorf("(-got +want):\n%s", d)
		}
		s.save()
	}
	if got := s.rollups.recorded(); len(got) != 1 || got[0].To != noon.UnixMilli() {
		t.Errorf("recorded: %v", got)
	}

	// A reading that comes late corrects its hour.
	s.Append(sample("28ff02", noon.Add(-30*time.Minute), 0))
	s.rollups.lastCorrection = time.Time{}
	if err := s.rollUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.save()
	got := selectSeries(t, s, `temperature:min1h{sensor="28ff02"}`, noon, noon.Add(time.Second))
	if d := diff.Diff(got, []string{"temperature:min1h 28ff02 ColdTank 13ms 0"}); d != "" {
		t.Errorf("late (-got +want):\n%s", d)
	}
	got = selectSeries(t, s, `temperature:min1h{sensor="28ff01"}`, noon, noon.Add(time.Second))
	if len(got) != 1 {
		t.Errorf("what did not change was corrected: %q", got)
	}
	list, err := s.Range(t.Context(), "28ff02", noon.Add(-15*24*time.Hour), noon.Add(-time.Hour), time.Hour)
	if err != nil || list[len(list)-1] != (Bucket{Start: list[len(list)-1].Start, Count: 1}) {
		t.Errorf("the hour before noon: %+v, %v", list[len(list)-1], err)
	}
}

func TestRunRollupsByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(noon)) // the bubble's clock starts in 2000
		s, err := Open(Config{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 2)
		go func() { ended <- s.Run(ctx) }()
		go func() { ended <- s.RunRollups(ctx) }()
		began := time.Now().Truncate(time.Hour)
		for range 3 * 60 {
			s.Append(sample("28ff01", time.Now(), 4.5))
			time.Sleep(time.Minute)
		}
		synctest.Wait()
		if got := s.rollups.recorded(); len(got) != 1 || got[0].From != began.UnixMilli() || got[0].To < began.Add(2*time.Hour).UnixMilli() {
			t.Errorf("recorded %v since %d", got, began.UnixMilli())
		}
		cancel()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestCloseEndsRunRollups(t *testing.T) {
	s := open(t, t.TempDir())
	ended := make(chan error)
	go func() { ended <- s.RunRollups(context.Background()) }()
	go func() { _ = s.Close() }()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.RunRollups(context.Background()); err != nil {
		t.Errorf("after Close: %v", err)
	}
}
