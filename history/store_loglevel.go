package history

import (
	"context"
	"log/slog"
	"strings"
)

// overlapMessage begins the warning of the library about blocks that overlap, at
// each opening and with all their names, 10 kB for a year. Hours are recorded in
// such blocks on purpose.
const overlapMessage = "Overlapping blocks found"

// logLevelFilter passes on what the library logs, with its Info made Debug: it
// logs every step of every compaction.
type logLevelFilter struct{ slog.Handler }

func (f logLevelFilter) Enabled(ctx context.Context, l slog.Level) bool {
	return f.Handler.Enabled(ctx, demoteInfo(l))
}

func (f logLevelFilter) Handle(ctx context.Context, r slog.Record) error {
	r.Level = demoteInfo(r.Level)
	if strings.HasPrefix(r.Message, overlapMessage) {
		r.Level = slog.LevelDebug
		if !f.Handler.Enabled(ctx, r.Level) {
			return nil
		}
	}
	return f.Handler.Handle(ctx, r)
}

func (f logLevelFilter) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logLevelFilter{f.Handler.WithAttrs(attrs)}
}

func (f logLevelFilter) WithGroup(name string) slog.Handler {
	return logLevelFilter{f.Handler.WithGroup(name)}
}

func demoteInfo(l slog.Level) slog.Level {
	if l == slog.LevelInfo {
		return slog.LevelDebug
	}
	return l
}
