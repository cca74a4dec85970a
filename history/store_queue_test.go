package history

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAppendRefuses(t *testing.T) {
	tests := map[string]struct {
		samples []Sample // the last one is to be refused
		why     Reason
	}{
		"the same millisecond": {
			samples: []Sample{sample("28ff01", noon, 4), sample("28ff01", noon.Add(time.Microsecond), 5)},
			why:     Duplicate,
		},
		"sooner than a sensor can measure": {
			samples: []Sample{sample("28ff01", noon, 4), sample("28ff01", noon.Add(499*time.Millisecond), 5)},
			why:     TooOften,
		},
		"a little before the last": {
			samples: []Sample{sample("28ff01", noon, 4), sample("28ff01", noon.Add(-499*time.Millisecond), 5)},
			why:     TooOften,
		},
		"too often under another name": {
			samples: []Sample{sample("28ff01", noon, 4), {Sensor: "28ff01", SensorName: "New", At: noon.Add(time.Millisecond)}},
			why:     TooOften,
		},
		"half a second apart is fine": {
			samples: []Sample{sample("28ff01", noon, 4), sample("28ff01", noon.Add(500*time.Millisecond), 5)},
		},
		"two sensors at once are fine": {
			samples: []Sample{sample("28ff01", noon, 4), sample("28ff02", noon, 5)},
		},
		"a clock that stepped back 2 hours is fine": {
			samples: []Sample{sample("28ff01", noon, 4), sample("28ff01", noon.Add(-2*time.Hour), 5)},
		},
		"a clock that stepped back further": {
			samples: []Sample{sample("28ff01", noon, 4), sample("28ff01", noon.Add(-2*time.Hour-time.Millisecond), 5)},
			why:     TooOld,
		},
		"no sensor":    {samples: []Sample{sample("", noon, 4)}, why: Invalid},
		"no number":    {samples: []Sample{sample("28ff01", noon, math.NaN())}, why: Invalid},
		"no end to it": {samples: []Sample{sample("28ff01", noon, math.Inf(-1))}, why: Invalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			for _, p := range tt.samples {
				s.Append(p)
			}
			s.save()

			var want []Refusals
			stored := uint64(len(tt.samples))
			for _, r := range Reasons() {
				n := uint64(0)
				if r == tt.why {
					n = 1
					stored--
				}
				want = append(want, Refusals{r, n})
			}
			st := s.Stats()
			if d := cmp.Diff(st.Refused, want); d != "" {
				t.Errorf("refused (-got +want):\n%s", d)
			}
			if st.Appended != stored || st.Waiting != 0 || st.Err != "" {
				t.Errorf("want %d appended, got %+v", stored, st)
			}
			if got := uint64(len(replay(t, s, noon.Add(-24*time.Hour)))); got != stored {
				t.Errorf("%d samples read back, want %d", got, stored)
			}
		})
	}
}

func TestDuplicateAfterReopeningIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.Append(sample("28ff01", noon, 4))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	s.Append(sample("28ff01", noon, 5))
	s.save()
	if got, want := s.Stats().Refused[Duplicate.index()], (Refusals{Duplicate, 1}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFullQueueDropsAndCounts(t *testing.T) {
	s := open(t, t.TempDir())
	for i := range maxQueue + 10 {
		s.Append(sample("28ff01", noon.Add(time.Duration(i)*time.Second), 4))
	}
	st := s.Stats()
	if st.Waiting != maxQueue || st.Dropped != 10 {
		t.Errorf("%d waiting and %d dropped, want %d and 10", st.Waiting, st.Dropped, maxQueue)
	}
	s.save()
	s.Append(sample("28ff01", noon.Add(-time.Second), 4))
	if got := s.Stats(); got.Waiting != 1 || got.Dropped != 10 {
		t.Errorf("after a commit there must be room: %+v", got)
	}
}

// Each sample can be read at once, and is read once, whatever is being
// committed at that moment.
func TestUncommittedSamplesAreVisible(t *testing.T) {
	s := open(t, t.TempDir())
	stop := make(chan struct{})
	var committing sync.WaitGroup
	committing.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				s.save()
				s.Stats()
			}
		}
	})
	for n := 1; n <= 300; n++ {
		s.Append(sample("28ff01", noon.Add(time.Duration(n)*time.Second), 4))
		if got := count(t, s, "28ff01"); got != n {
			t.Errorf("%d samples read, want %d", got, n)
		}
		if got := len(replay(t, s, noon)); got != n {
			t.Errorf("%d samples replayed, want %d", got, n)
		}
		last, err := s.Last(context.Background(), noon)
		if err != nil || len(last) != 1 || !last[0].At.Equal(noon.Add(time.Duration(n)*time.Second)) {
			t.Errorf("last is %v, %v; want sample %d", last, err, n)
		}
	}
	close(stop)
	committing.Wait()
}

// A queue that outgrows its bounds keeps what is newest.
func TestOldestIsDropped(t *testing.T) {
	c := &fakeClock{wall: time.Unix(0, 0)}
	s := mustOpen(t, newWithClock(t, t.TempDir(), c))
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
