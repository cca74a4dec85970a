package promapi

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestLimiter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newLimiter(2, 1)
		kind := func(err error) Kind {
			if e, ok := errors.AsType[*Error](err); ok {
				return e.Kind
			}
			return ""
		}
		var leaves []func()
		for range 2 {
			leave, err := g.enter(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			leaves = append(leaves, leave)
		}

		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.enter(ctx); kind(err) != Timeout {
			t.Errorf("waiting in vain: %v", err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := g.enter(gone); kind(err) != Canceled {
			t.Errorf("a reader who left: %v", err)
		}

		got := make(chan error)
		go func() {
			leave, err := g.enter(t.Context())
			if err == nil {
				leave()
			}
			got <- err
		}()
		synctest.Wait()
		if _, err := g.enter(t.Context()); kind(err) != Unavailable {
			t.Errorf("one too many: %v", err)
		}
		leaves[0]()
		if err := <-got; err != nil {
			t.Errorf("its turn came: %v", err)
		}
		leaves[1]()
		if len(g.running) != 0 || len(g.queue) != 0 {
			t.Errorf("%d are still in, %d in the queue", len(g.running), len(g.queue))
		}
	})
}
