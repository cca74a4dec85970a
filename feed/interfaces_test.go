package feed

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestInterfacesAreNotListed has the system list its interfaces only at the fourth
// time, as one does that had no descriptor left.
func TestInterfacesAreNotListed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var log bytes.Buffer
		l := New(Config{Group: group, Now: time.Now, Logger: slog.New(slog.NewTextHandler(&log, nil))})
		asked := 0
		l.list = func([]string) ([]iface, error) {
			if asked++; asked < 4 {
				return nil, errors.New("too many open files")
			}
			cancel()
			return nil, nil
		}
		began := time.Now()
		if err := l.Run(ctx, nil); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); asked != 4 || took != 3*pollInterfaces {
			t.Errorf("asked %d times in %v", asked, took)
		}
		if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "too many open files") {
			t.Errorf("logged %d times:\n%s", n, &log)
		}
	})
}
