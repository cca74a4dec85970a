package history

import (
	"context"
	"testing"
	"time"
)

func TestFutureIsSetAside(t *testing.T) {
	const far = 300 * 24 * time.Hour
	tests := map[string]struct {
		future time.Duration // of the samples that should not be
		blocks bool          // whether they got into a block
		synced bool
		held   time.Duration // how long the clock was right
		aside  bool
	}{
		"in the log": {future: far, synced: true, aside: true},
		"in a block": {future: far, blocks: true, synced: true, aside: true},
		"a little later than the clock, in the log":   {future: time.Hour, synced: true, aside: true},
		"less than ten minutes":                       {future: 9 * time.Minute, synced: true},
		"nobody knows the time":                       {future: far, blocks: true},
		"nobody does, but the clock runs for so long": {future: far, held: unsyncedHold, aside: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			whole := writeHalfDay(t, dir)
			now := noon.Add(12 * time.Hour)
			wrong := &fakeClock{wall: now.Add(tt.future)}
			s := mustOpen(t, newWithClock(t, dir, wrong))
			s.Append(sample("28ff01", wrong.wall, 4))
			if tt.blocks {
				for range 60 {
					wrong.pass(5 * time.Minute)
					s.Append(sample("28ff01", wrong.wall, 4))
				}
			}
			s.save()
			if tt.blocks {
				if err := s.db.Compact(context.Background()); err != nil {
					t.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}

			c := &fakeClock{wall: now}
			s = New(Config{Dir: dir, Now: c.now, Synced: func() bool { return tt.synced }})
			s.elapsed = func(time.Time) time.Duration { return c.mono }
			mustOpen(t, s)
			defer s.Close()
			s.Append(sample("28ff01", c.wall.Add(time.Second), 5))
			s.save()
			c.pass(tt.held)
			s.save()
			st := s.Stats()
			if got := len(st.Notes) > 0; got != tt.aside {
				t.Errorf("notes %v", st.Notes)
			}
			if waits := st.Waiting == 1; waits != (!tt.synced && tt.held == 0) {
				t.Errorf("%+v", st)
			}
			past := 0
			for _, p := range replay(t, s, noon) {
				if p.At.Before(now) {
					past++
				}
			}
			if past != whole {
				t.Errorf("%d samples of the past are left, want %d", past, whole)
			}
			if tt.aside && st.Newest.After(now.Add(futureTolerance)) {
				t.Errorf("the newest is of %v", st.Newest)
			}
		})
	}
}
