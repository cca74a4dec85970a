package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A renewalTest counts the readings of a renewal, of which each takes its time.
type renewalTest struct {
	*renewal
	takes time.Duration
	err   error
	reads int
}

func newRenewalTest(t *testing.T) *renewalTest {
	r := &renewalTest{}
	r.renewal = &renewal{
		every: 15 * time.Second, now: time.Now, logger: slog.New(slog.DiscardHandler),
		run: func(f func(context.Context)) bool { go f(t.Context()); return true },
		read: func(context.Context) error {
			r.reads++
			time.Sleep(r.takes)
			return r.err
		},
	}
	return r
}

// waited is how long asking took.
func (r *renewalTest) waited(t *testing.T) time.Duration {
	began := time.Now()
	r.renewed(t.Context())
	return time.Since(began)
}

func TestRenewal(t *testing.T) {
	gone := errors.New("connection refused")
	for name, try := range map[string]func(t *testing.T, r *renewalTest){
		"many who ask are one reading": func(t *testing.T, r *renewalTest) {
			r.takes = time.Second
			var all sync.WaitGroup
			for range 100 {
				all.Go(func() { r.renewed(t.Context()) })
			}
			all.Wait()
			if r.reads != 1 || r.state().readAt.IsZero() {
				t.Errorf("%d readings", r.reads)
			}
		},
		"what is new enough is not read": func(t *testing.T, r *renewalTest) {
			r.renewed(t.Context())
			time.Sleep(r.every - time.Millisecond)
			if r.renewed(t.Context()); r.reads != 1 {
				t.Errorf("%d readings", r.reads)
			}
			time.Sleep(time.Millisecond)
			if r.renewed(t.Context()); r.reads != 2 {
				t.Errorf("%d readings after it has become old", r.reads)
			}
		},
		"the first reading is waited for": func(t *testing.T, r *renewalTest) {
			r.takes = 10 * time.Second
			if d := r.waited(t); d != r.takes {
				t.Errorf("waited %v", d)
			}
		},
		"what is fairly new does for who would wait": func(t *testing.T, r *renewalTest) {
			r.renewed(t.Context())
			time.Sleep(r.every)
			r.takes = 10 * time.Second
			if d := r.waited(t); d != renewalWait {
				t.Errorf("waited %v", d)
			}
			time.Sleep(time.Minute)
		},
		"nobody looked for long": func(t *testing.T, r *renewalTest) {
			r.renewed(t.Context())
			time.Sleep(time.Hour)
			r.takes = 10 * time.Second
			if d := r.waited(t); d != r.takes {
				t.Errorf("waited %v", d)
			}
		},
		"one who never answers": func(t *testing.T, r *renewalTest) {
			r.takes, r.err = 20*time.Second, gone
			if d := r.waited(t); d != renewalLongWait {
				t.Errorf("waited %v", d)
			}
			time.Sleep(time.Minute)
			if d := r.waited(t); d != renewalWait {
				t.Errorf("waited %v for one who is away", d)
			}
			time.Sleep(time.Minute)
		},
		"who fails is asked less and less often": func(t *testing.T, r *renewalTest) {
			r.err = gone
			began := time.Now()
			for time.Since(began) < 10*time.Minute {
				r.renewed(t.Context())
				time.Sleep(time.Second)
			}
			if r.reads != 12 { // at 0, 15, 45 and then each minute
				t.Errorf("%d readings", r.reads)
			}
			if st := r.state(); !st.lost.Equal(began) || st.err != gone || !st.readAt.IsZero() {
				t.Errorf("%+v", st)
			}
			r.err = nil
			time.Sleep(time.Minute)
			r.renewed(t.Context())
			if st := r.state(); !st.lost.IsZero() || st.err != nil || !st.readAt.Equal(time.Now()) {
				t.Errorf("after it came back %+v", st)
			}
		},
		"who gives up waiting": func(t *testing.T, r *renewalTest) {
			r.takes = 10 * time.Second
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			r.renewed(ctx)
			time.Sleep(10 * time.Second)
			if r.state().readAt.IsZero() {
				t.Error("the reading was given up with him")
			}
		},
		"a reading that panics": func(t *testing.T, r *renewalTest) {
			r.read = func(context.Context) error { panic("odd") }
			r.renewed(t.Context())
			if r.state().err == nil {
				t.Error("it is no error")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { try(t, newRenewalTest(t)) })
		})
	}
}
