package sleep

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started := time.Now()
		if !For(t.Context(), time.Hour) || time.Since(started) != time.Hour {
			t.Errorf("it took %v", time.Since(started))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		started = time.Now()
		if For(ctx, time.Hour) || time.Since(started) != time.Minute {
			t.Errorf("it went on for %v", time.Since(started))
		}
		if For(ctx, 0) || !For(t.Context(), 0) {
			t.Error("no time at all is not asked of the context")
		}
	})
}
