package cli

import (
	"log/slog"
	"strings"

	"picotop/exporter"
	"picotop/history"
)

// The types in the files flag_*.go are values of flags: each checks what it is
// given as it is read, so that a mistake is told with the flag's name.

// A badValue says what is wrong with the value of a flag, and what a good one
// looks like on the command line.
type badValue struct{ why, try string }

func (e *badValue) Error() string { return e.why }
func (e *badValue) hint() string  { return e.try }

// listenValue is the address to serve HTTP on.
type listenValue string

func (l *listenValue) String() string { return string(*l) }
func (l *listenValue) Type() string   { return "address" }

func (l *listenValue) Set(s string) error {
	addr, err := exporter.ParseAddr(s)
	if err != nil {
		return err
	}
	*l = listenValue(addr)
	return nil
}

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

// formatValue is a format of exported readings.
type formatValue history.Format

func (v *formatValue) String() string { return string(*v) }

func (v *formatValue) Type() string { return "format" }

func (v *formatValue) Set(s string) error {
	for _, f := range history.Formats() {
		if string(f) == strings.ToLower(s) {
			*v = formatValue(f)
			return nil
		}
	}
	return &badValue{why: "the formats are csv and openmetrics"}
}
