package app

import (
	"io"
	"log/slog"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"
)

// maxLog is how long the dashboard's log may be, in megabytes, before it is
// begun anew. The one before it is kept.
const maxLog = 1

// newLogger logs to w.
func newLogger(cfg Config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogJSON {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// openLogFile returns where to log while a dashboard has the terminal: a file
// beside the history, or nowhere if there is no such place.
func openLogFile(cfg Config) (logger *slog.Logger, closeLog func()) {
	if cfg.Data == "" || cfg.Demo {
		return slog.New(slog.DiscardHandler), func() {}
	}
	f := &lumberjack.Logger{Filename: filepath.Join(cfg.Data, "picotop.log"), MaxSize: maxLog, MaxBackups: 1}
	return newLogger(cfg, f), func() { _ = f.Close() }
}
