package history

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestStoreHealsWhenItCanBeOpened(t *testing.T) {
	tests := map[string]func(t *testing.T, dir string) (mend func()){
		"a file where the directory should be": func(t *testing.T, dir string) func() {
			write(t, dir, "")
			return func() { _ = os.Remove(dir) }
		},
		"another program that has it": func(t *testing.T, dir string) func() {
			other := mustOpen(t, newWithClock(t, dir, &fakeClock{wall: noon}))
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
			s := newWithClock(t, dir, c)
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
