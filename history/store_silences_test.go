package history

import (
	"testing"
	"time"

	diff "github.com/google/go-cmp/cmp"
)

// TestSilent holds that each silence is stored once, whatever happens meanwhile.
func TestSilent(t *testing.T) {
	at := func(d time.Duration) []Sample { return []Sample{sample("28ff01", noon.Add(d), 0)} }
	first := `temperature:silent 28ff01 ColdTank 1m0s 1`
	for name, test := range map[string]struct {
		then func(t *testing.T, dir string, clock *fakeClock, s *Store) *Store
		want []string
	}{
		"it lasts": {func(_ *testing.T, _ string, clock *fakeClock, s *Store) *Store {
			for range 100 {
				clock.pass(time.Second)
				s.Silent(clock.now(), at(0))
			}
			return s
		}, []string{first}},
		"it lasts, and picotop is started anew": {func(t *testing.T, dir string, clock *fakeClock, s *Store) *Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			clock.pass(time.Hour)
			s = newWithClock(t, dir, clock)
			s.Silent(clock.now(), at(0)) // it is not open yet
			mustOpen(t, s).Silent(clock.now(), at(0))
			return s
		}, []string{first}},
		"it speaks, and is silent again": {func(_ *testing.T, _ string, clock *fakeClock, s *Store) *Store {
			clock.pass(2 * time.Minute)
			s.Silent(clock.now(), nil)
			s.Silent(clock.now(), at(2*time.Minute))
			return s
		}, []string{first, `temperature:silent 28ff01 ColdTank 3m0s 1`}},
		"it is forgotten": {func(_ *testing.T, _ string, clock *fakeClock, s *Store) *Store {
			clock.pass(10 * 24 * time.Hour)
			s.Silent(clock.now(), nil)
			s.Silent(clock.now(), at(0))
			return s
		}, []string{first}},
		"it is renamed meanwhile": {func(_ *testing.T, _ string, clock *fakeClock, s *Store) *Store {
			clock.pass(time.Minute)
			renamed := at(0)
			renamed[0].FriendlyName = "Pantry"
			s.Silent(clock.now(), renamed)
			return s
		}, []string{first}},
		"it is renamed, and picotop is started anew": {func(t *testing.T, dir string, clock *fakeClock, s *Store) *Store {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			clock.pass(time.Minute)
			renamed := at(0)
			renamed[0].FriendlyName = "Pantry"
			s = mustOpen(t, newWithClock(t, dir, clock))
			s.Silent(clock.now(), renamed)
			return s
		}, []string{first}},
		"the clock is set back, it speaks, and is silent again": {func(_ *testing.T, _ string, clock *fakeClock, s *Store) *Store {
			s.save()
			clock.wall = noon.Add(-time.Hour)
			s.Silent(clock.now(), nil)
			clock.pass(time.Minute)
			s.Silent(clock.now(), at(-time.Hour))
			return s
		}, []string{`temperature:silent 28ff01 ColdTank -59m0s 1`, first}},
		"it speaks, and is silent while the clock is set back": {func(_ *testing.T, _ string, clock *fakeClock, s *Store) *Store {
			s.Silent(clock.now(), nil)
			s.save()
			clock.wall = noon.Add(-time.Hour)
			for range 10 {
				clock.pass(time.Second)
				s.Silent(clock.now(), at(2*time.Minute)) // by the clock of before
			}
			return s
		}, []string{`temperature:silent 28ff01 ColdTank -59m59s 1`, first}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, clock := t.TempDir(), &fakeClock{wall: noon}
			s := mustOpen(t, newWithClock(t, dir, clock))
			s.Append(sample("28ff01", noon, 2))
			clock.pass(time.Minute)
			s.Silent(clock.now(), at(0))
			s = test.then(t, dir, clock, s)
			got := selectSeries(t, s, silentName, noon.Add(-2*time.Hour), noon.Add(20*24*time.Hour))
			if d := diff.Diff(got, test.want); d != "" {
				t.Errorf("(-got +want):\n%s", d)
			}
			if got := times(t, s); len(got) != 1 {
				t.Errorf("it is among the readings: %v", got)
			}
		})
	}
}

// TestSilentWithoutClock holds that a silence waits until it is known when it is.
func TestSilentWithoutClock(t *testing.T) {
	clock := &fakeClock{wall: time.Unix(0, 0)}
	s := mustOpen(t, newWithClock(t, t.TempDir(), clock))
	silent := func() { s.Silent(clock.now(), []Sample{sample("28ff01", clock.now().Add(-time.Minute), 0)}) }
	silent()
	clock.wall = noon
	for clock.mono < jumpHold+time.Minute {
		clock.pass(time.Second)
		silent()
	}
	if got := s.Stats().Waiting; got != 1 {
		t.Errorf("%d wait", got)
	}
}
