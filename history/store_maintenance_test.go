package history

import (
	"context"
	"testing"
	"time"
)

func TestRetention(t *testing.T) {
	s, err := Open(Config{Dir: t.TempDir(), Now: fixedNow})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if st := s.Stats(); st.Retention != DefaultRetention || st.MaxBytes != DefaultMaxBytes {
		t.Errorf("by default %v and %d bytes", st.Retention, st.MaxBytes)
	}
}

func TestOldSamplesGo(t *testing.T) {
	c := &fakeClock{wall: noon}
	s := New(Config{Dir: t.TempDir(), Now: c.now, Retention: 24 * time.Hour, MaxBytes: MinBytes})
	s.elapsed = func(time.Time) time.Duration { return c.mono }
	mustOpen(t, s)
	defer s.Close()
	for c.mono < 72*time.Hour {
		s.Append(sample("28ff01", c.wall, 4))
		c.pass(5 * time.Minute)
		if c.mono%(2*time.Hour) == 0 {
			s.save()
			if err := s.db.Compact(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.updateStats()
	// Blocks go as a whole, and the newest hours are in none yet.
	if age := c.wall.Sub(s.Stats().Oldest); age < 24*time.Hour || age > 30*time.Hour {
		t.Errorf("the oldest sample is %v old", age)
	}
}
