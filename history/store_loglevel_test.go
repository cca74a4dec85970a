package history

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
)

func TestWhatTheLibraryLogsIsMadeShort(t *testing.T) {
	tests := map[string]struct {
		level slog.Level // of the log
		say   func(*slog.Logger)
		want  string // empty if nothing is logged
	}{
		"each compaction":                {slog.LevelInfo, func(l *slog.Logger) { l.Info("compact blocks") }, ""},
		"the same at debug":              {slog.LevelDebug, func(l *slog.Logger) { l.Info("compact blocks") }, "level=DEBUG"},
		"an error":                       {slog.LevelInfo, func(l *slog.Logger) { l.Error("compaction failed") }, "level=ERROR"},
		"blocks that overlap":            {slog.LevelInfo, func(l *slog.Logger) { l.Warn("Overlapping blocks found during reloadBlocks") }, ""},
		"overlap at debug, with a field": {slog.LevelDebug, func(l *slog.Logger) { l.With("a", 1).Warn("Overlapping blocks found during reload") }, "level=DEBUG"},
		"another warning":                {slog.LevelInfo, func(l *slog.Logger) { l.Warn("unknown samples") }, "level=WARN"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			tt.say(slog.New(logLevelFilter{slog.NewTextHandler(&log, &slog.HandlerOptions{Level: tt.level})}))
			if !strings.Contains(log.String(), tt.want) || tt.want == "" && log.Len() > 0 {
				t.Errorf("the log says %q, want %q", log.String(), tt.want)
			}
		})
	}
}
