package cli

import (
	"log/slog"
	"strings"
)

// levelValue is how much is logged.
type levelValue slog.Level

func (l *levelValue) String() string { return strings.ToLower(slog.Level(*l).String()) }
func (l *levelValue) Type() string   { return "level" }

func (l *levelValue) Set(s string) error {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[strings.ToLower(s)]
	if !ok {
		return &badValue{"the levels are debug, info, warn and error", "picotop --log-level debug"}
	}
	*l = levelValue(level)
	return nil
}

// logFormatValue is how a line of the log is written: logfmt or json.
type logFormatValue string

func (f *logFormatValue) String() string { return string(*f) }
func (f *logFormatValue) Type() string   { return "format" }

func (f *logFormatValue) Set(s string) error {
	if s != "logfmt" && s != "json" {
		return &badValue{"the formats are logfmt and json", "picotop --headless --log.format json"}
	}
	*f = logFormatValue(s)
	return nil
}
