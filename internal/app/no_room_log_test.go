package app

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"picotop/house"
)

func TestNoRoomIsLoggedOnceAnHour(t *testing.T) {
	noon := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	var text strings.Builder
	logger := slog.New(slog.NewTextHandler(&text, nil))
	var l noRoomLog
	for _, step := range []struct {
		name    string
		at      time.Duration // since noon
		refused time.Duration // since noon, the last one; negative for none
		lines   int           // in the log so far
	}{
		{"none was refused", 0, -1, 0},
		{"the first", time.Second, 0, 1},
		{"no more since", 2 * time.Second, 0, 1},
		{"more in the same hour", time.Minute, time.Minute, 1},
		{"no more, an hour later", 2 * time.Hour, time.Minute, 1},
		{"more in the next hour", 3 * time.Hour, 3 * time.Hour, 2},
	} {
		st := house.State{At: noon.Add(step.at), RefusedSensors: 7}
		if step.refused >= 0 {
			st.RefusedAt = noon.Add(step.refused)
		}
		l.look(logger, st)
		if n := strings.Count(text.String(), "\n"); n != step.lines {
			t.Errorf("%s: %d lines are in the log, want %d:\n%s", step.name, n, step.lines, text.String())
		}
	}
}
