package history

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestClockState(t *testing.T) {
	type check struct {
		after  time.Duration // monotonic, since the first
		wall   time.Time
		newest time.Time // zero if there is none
		want   clockFault
	}
	built := noon.Add(-24 * time.Hour)
	tests := map[string][]check{
		"a clock that is right": {
			{0, noon, time.Time{}, ""},
			{time.Hour, noon.Add(time.Hour), noon, ""},
		},
		"no clock until NTP sets it, and then it has to hold": {
			{0, time.Unix(0, 0), time.Time{}, clockBeforeBuild},
			{time.Minute, time.Unix(60, 0), time.Time{}, clockBeforeBuild},
			{2 * time.Minute, noon, time.Time{}, clockJumped},
			{6 * time.Minute, noon.Add(4 * time.Minute), time.Time{}, clockJumped},
			{7 * time.Minute, noon.Add(5 * time.Minute), time.Time{}, ""},
		},
		"a jump that did not hold": {
			{0, noon, noon, ""},
			{time.Minute, noon.Add(30 * 24 * time.Hour), noon, clockJumped},
			{2 * time.Minute, noon.Add(2 * time.Minute), noon, ""},
		},
		"a jump within a jump begins anew": {
			{0, noon, noon, ""},
			{time.Minute, noon.Add(30 * 24 * time.Hour), noon, clockJumped},
			{5 * time.Minute, noon.Add(60 * 24 * time.Hour), noon, clockJumped},
			{7 * time.Minute, noon.Add(60*24*time.Hour + 2*time.Minute), noon, clockJumped},
			{10 * time.Minute, noon.Add(60*24*time.Hour + 5*time.Minute), noon, ""},
		},
		"a day forward is followed at once, as after sleep": {
			{0, noon, noon, ""},
			{time.Minute, noon.Add(24 * time.Hour), noon, ""},
			{2 * time.Minute, noon.Add(48 * time.Hour), noon, ""},
		},
		"back by two hours": {
			{0, noon, noon, ""},
			{time.Minute, noon.Add(-2 * time.Hour), noon, ""},
		},
		"back by more waits until the clock has caught up": {
			{0, noon, noon, ""},
			{time.Minute, noon.Add(-3 * time.Hour), noon, clockBehindStore},
			{time.Hour, noon.Add(-2*time.Hour - time.Millisecond), noon, clockBehindStore},
			{time.Hour, noon.Add(-2 * time.Hour), noon, ""},
		},
		"before the program was built": {
			{0, built.Add(-time.Millisecond), time.Time{}, clockBeforeBuild},
			{time.Millisecond, built, time.Time{}, ""},
		},
	}
	for name, checks := range tests {
		t.Run(name, func(t *testing.T) {
			c := clockState{floor: built.UnixMilli()}
			for i, l := range checks {
				got := c.check(l.wall.UnixMilli(), l.after.Milliseconds(), !l.newest.IsZero(), l.newest.UnixMilli())
				if got != l.want {
					t.Errorf("check %d at %v: %q, want %q", i, l.wall, got, l.want)
				}
			}
		})
	}
}

func TestClockStateBelievesTheClockRatherThanTheStore(t *testing.T) {
	future := noon.Add(365 * 24 * time.Hour).UnixMilli()
	tests := map[string]struct {
		held   time.Duration
		synced bool
		want   bool
	}{
		"set by NTP, but only now":          {held: jumpHold - time.Millisecond, synced: true},
		"set by NTP, and held":              {held: jumpHold, synced: true, want: true},
		"nobody vouches for it":             {held: unsyncedHold - time.Millisecond},
		"nobody does, but it runs for long": {held: unsyncedHold, want: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := clockState{floor: noon.UnixMilli()}
			c.check(noon.UnixMilli(), 0, true, future)
			wall := noon.Add(tt.held).UnixMilli()
			c.check(wall, tt.held.Milliseconds(), true, future)
			if got := c.overrulesStore(wall, tt.held.Milliseconds(), tt.synced); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	t.Run("a clock before the program was built never is", func(t *testing.T) {
		c := clockState{floor: noon.UnixMilli()}
		c.check(0, 0, true, future)
		if c.overrulesStore(unsyncedHold.Milliseconds(), unsyncedHold.Milliseconds(), true) {
			t.Error("it was believed")
		}
	})
}

func TestSamplesGetTheirTimeWhenTheClockIsRight(t *testing.T) {
	c := &fakeClock{wall: time.Unix(0, 0)}
	dir := t.TempDir()
	s := mustOpen(t, newWithClock(t, dir, c))
	for range 3 { // a Pi that does not know the time
		s.Append(sample("28ff01", c.wall, 4))
		c.pass(10 * time.Second)
		s.save()
	}
	if st := s.Stats(); st.Waiting != 3 || st.Clock != string(clockBeforeBuild) || st.Appended != 0 {
		t.Errorf("before the clock is set: %+v", st)
	}
	if got := len(times(t, s)); got != 3 {
		t.Errorf("%d samples can be read before the clock is set, want 3", got)
	}
	c.wall = noon // NTP
	s.Append(sample("28ff01", c.wall, 5))
	s.save()
	if st := s.Stats(); st.Waiting != 4 || st.Clock != string(clockJumped) {
		t.Errorf("when the clock was set: %+v", st)
	}
	c.pass(jumpHold)
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
	s := mustOpen(t, newWithClock(t, dir, c))
	s.Append(sample("28ff01", noon, 4))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	c = &fakeClock{wall: noon.Add(-10 * time.Hour)}
	s = mustOpen(t, newWithClock(t, dir, c))
	s.Append(sample("28ff01", c.wall, 5))
	s.save()
	if st := s.Stats(); st.Waiting != 1 || st.Clock != string(clockBehindStore) {
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
	s := mustOpen(t, newWithClock(t, t.TempDir(), c))
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
