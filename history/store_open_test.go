package history

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A fakeClock is a wall clock that can be set, and one beside it that cannot.
type fakeClock struct {
	wall time.Time
	mono time.Duration
}

func (c *fakeClock) now() time.Time { return c.wall }

func (c *fakeClock) pass(d time.Duration) { c.wall, c.mono = c.wall.Add(d), c.mono+d }

// clocked returns a store that goes by a fake clock, and is not open.
func clocked(tb testing.TB, dir string, c *fakeClock) *Store {
	tb.Helper()
	s := New(Config{Dir: dir, Now: c.now})
	s.elapsed = func(time.Time) time.Duration { return c.mono }
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

func TestSamplesGetTheirTimeWhenTheClockIsRight(t *testing.T) {
	c := &fakeClock{wall: time.Unix(0, 0)}
	dir := t.TempDir()
	s := mustOpen(t, clocked(t, dir, c))
	for range 3 { // a Pi that does not know the time
		s.Append(sample("28ff01", c.wall, 4))
		c.pass(10 * time.Second)
		s.save()
	}
	if st := s.Stats(); st.Waiting != 3 || st.Clock != string(beforeBuilt) || st.Appended != 0 {
		t.Errorf("before the clock is set: %+v", st)
	}
	if got := len(times(t, s)); got != 3 {
		t.Errorf("%d samples can be read before the clock is set, want 3", got)
	}
	c.wall = noon // NTP
	s.Append(sample("28ff01", c.wall, 5))
	s.save()
	if st := s.Stats(); st.Waiting != 4 || st.Clock != string(leapt) {
		t.Errorf("when the clock was set: %+v", st)
	}
	c.pass(leapHolds)
	s.save()
	if st := s.Stats(); st.Waiting != 0 || st.Clock != "" || st.Appended != 4 {
		t.Errorf("once it held: %+v", st)
	}
	want := []time.Duration{-30 * time.Second, -20 * time.Second, -10 * time.Second, 0}
	if d := cmp.Diff(times(t, s), want); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
}

func TestClockThatWasBehindTheStore(t *testing.T) {
	dir := t.TempDir()
	c := &fakeClock{wall: noon}
	s := mustOpen(t, clocked(t, dir, c))
	s.Append(sample("28ff01", noon, 4))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	c = &fakeClock{wall: noon.Add(-10 * time.Hour)}
	s = mustOpen(t, clocked(t, dir, c))
	s.Append(sample("28ff01", c.wall, 5))
	s.save()
	if st := s.Stats(); st.Waiting != 1 || st.Clock != string(behindStored) {
		t.Errorf("while the clock is behind: %+v", st)
	}
	c.pass(time.Minute)
	c.wall = noon.Add(10 * time.Minute)
	s.save()
	if d := cmp.Diff(times(t, s), []time.Duration{0, 9 * time.Minute}); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
}

func TestStepBackByTwoHoursLosesNothing(t *testing.T) {
	c := &fakeClock{wall: noon}
	s := mustOpen(t, clocked(t, t.TempDir(), c))
	s.Append(sample("28ff01", c.wall, 4))
	s.save()
	c.pass(time.Minute)
	c.wall = noon.Add(-2*time.Hour + time.Minute)
	s.Append(sample("28ff01", c.wall, 5))
	s.save()
	if d := cmp.Diff(times(t, s), []time.Duration{-2*time.Hour + time.Minute, 0}); d != "" {
		t.Errorf("(-got +want):\n%s", d)
	}
	if st := s.Stats(); st.Appended != 2 {
		t.Errorf("%+v", st)
	}
}

// A queue that outgrows its bounds keeps what is newest.
func TestOldestIsDropped(t *testing.T) {
	c := &fakeClock{wall: time.Unix(0, 0)}
	s := mustOpen(t, clocked(t, t.TempDir(), c))
	for i := range maxQueue + 10 {
		s.Append(sample("28ff01", c.wall, float64(i)))
		c.pass(time.Second)
	}
	s.save()
	st := s.Stats()
	if st.Waiting != maxQueue || st.Dropped != 10 {
		t.Errorf("%d wait and %d were dropped, want %d and 10", st.Waiting, st.Dropped, maxQueue)
	}
	if got := replay(t, s, time.Unix(0, 0)); got[0].Celsius != 10 {
		t.Errorf("the oldest left is number %v, want 10", got[0].Celsius)
	}
}

func TestStoreHealsWhenItCanBeOpened(t *testing.T) {
	tests := map[string]func(t *testing.T, dir string) (mend func()){
		"a file where the directory should be": func(t *testing.T, dir string) func() {
			write(t, dir, "")
			return func() { _ = os.Remove(dir) }
		},
		"another program that has it": func(t *testing.T, dir string) func() {
			other := mustOpen(t, clocked(t, dir, &fakeClock{wall: noon}))
			return func() {
				if err := other.Close(); err != nil {
					t.Fatal(err)
				}
			}
		},
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "history")
			mend := spoil(t, dir)
			c := &fakeClock{wall: noon}
			s := clocked(t, dir, c)
			if s.Open() == nil {
				t.Fatal("it opens")
			}
			s.Append(sample("28ff01", c.wall, 4))
			var tries []time.Duration // attempts, by the count of failures
			if st := s.Stats(); st.Err == "" || st.Failures != 1 {
				t.Errorf("after Open failed: %+v", st)
			}
			for failures := uint64(1); c.mono < 4*time.Minute; c.pass(time.Second) {
				s.save()
				if st := s.Stats(); st.Failures > failures {
					tries, failures = append(tries, c.mono), st.Failures
				}
			}
			seconds := []time.Duration{5, 15, 35, 75, 135, 195}
			for i := range seconds {
				seconds[i] *= time.Second
			}
			if d := cmp.Diff(tries, seconds); d != "" {
				t.Errorf("attempts (-got +want):\n%s", d)
			}
			st := s.Stats()
			if st.Err == "" || st.Waiting != 1 || st.Since.IsZero() {
				t.Errorf("while it cannot be opened: %+v", st)
			}
			if got := count(t, s, "28ff01"); got != 1 {
				t.Errorf("%d samples can be read meanwhile, want 1", got)
			}
			mend()
			c.pass(time.Minute)
			s.save()
			if st := s.Stats(); st.Err != "" || st.Waiting != 0 || st.Appended != 1 {
				t.Errorf("after it was mended: %+v", st)
			}
			select {
			case <-s.Ready():
			default:
				t.Error("it does not say that it is open")
			}
			if got := count(t, s, "28ff01"); got != 1 {
				t.Errorf("%d samples can be read at last, want 1", got)
			}
		})
	}
}

func TestStoreThatNeverOpenedCloses(t *testing.T) {
	dir := write(t, filepath.Join(t.TempDir(), "file"), "")
	s := New(Config{Dir: dir, Now: fixedNow})
	s.Append(sample("28ff01", noon, 4))
	if last, err := s.Last(context.Background(), noon); err != nil || len(last) != 1 {
		t.Errorf("Last: %v, %v", last, err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if st := s.Stats(); st.Dropped != 1 || st.Waiting != 0 {
		t.Errorf("what could not be stored is to be counted: %+v", st)
	}
}
