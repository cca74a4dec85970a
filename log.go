package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"picotop/feed"
)

// maxLog is how long the dashboard's log may be, in bytes, before it is begun
// anew.
const maxLog = 1 << 20

// openLog returns where to log: stderr for a service, a file beside the
// history while the dashboard has the terminal, and nowhere if there is no
// such place.
func openLog(o options, stderr io.Writer) (logger *slog.Logger, closeLog func(), err error) {
	level := &slog.HandlerOptions{Level: o.level}
	nothing := func() {}
	if o.headless {
		return slog.New(slog.NewTextHandler(stderr, level)), nothing, nil
	}
	if o.data == "" || o.demo {
		return slog.New(slog.DiscardHandler), nothing, nil
	}
	f, err := openLogFile(filepath.Join(o.data, "picotop.log"))
	if err != nil {
		return slog.New(slog.DiscardHandler), nothing, nil
	}
	return slog.New(slog.NewTextHandler(f, level)), func() { _ = f.Close() }, nil
}

func openLogFile(name string) (*os.File, error) {
	mode := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if info, err := os.Stat(name); err == nil && info.Size() > maxLog {
		mode |= os.O_TRUNC
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, fmt.Errorf("making the log's directory: %w", err)
	}
	return os.OpenFile(name, mode, 0o644)
}

// logPacket logs what people look for in the log: how the Picos' feed calls
// went, and when debugging every packet.
func (p *program) logPacket(k feed.Packet) {
	ctx := context.Background()
	switch k.Kind {
	case feed.Status:
		p.logger.Info("status", "from", k.From, "name", k.Name, "status", k.Text)
	case feed.Temperature:
		if p.logger.Enabled(ctx, slog.LevelDebug) {
			p.logger.Debug("temperature", "from", k.From, "sensor", k.Sensor, "name", k.Name,
				"celsius", k.Celsius, "offset", k.Offset, "port", k.Port)
		}
	case feed.Other:
		p.logger.Debug("other", "from", k.From, "type", k.Text, "port", k.Port)
	}
}
