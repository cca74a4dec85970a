// Package sleep waits, and stops waiting when a context ends.
package sleep

import (
	"context"
	"time"
)

// For waits for d, and reports whether ctx still goes on: false at once when it
// ends. Without a positive d it only asks ctx.
func For(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
