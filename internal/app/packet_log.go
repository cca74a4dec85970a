package app

import (
	"context"
	"log/slog"

	"golang.org/x/time/rate"

	"picotop/feed"
)

const (
	// A house of 256 Picos says no more than this, and a flood must not fill
	// the disk with log.
	statusesPerSecond = 10
	statusesAtOnce    = 300
)

// A packetLog logs what people look for in the log: how the Picos' feed calls
// went, and when debugging every packet.
type packetLog struct {
	logger   *slog.Logger
	statuses *rate.Limiter
	left     int // out, since the last status that was logged
}

func newPacketLog(logger *slog.Logger) *packetLog {
	return &packetLog{logger: logger, statuses: rate.NewLimiter(statusesPerSecond, statusesAtOnce)}
}

func (l *packetLog) add(k feed.Packet) {
	switch k.Kind {
	case feed.Status:
		l.status(k)
	case feed.Temperature:
		if l.logger.Enabled(context.Background(), slog.LevelDebug) {
			l.logger.Debug("temperature", "from", k.From, "sensor", k.Sensor, "name", k.Name,
				"celsius", k.Celsius, "offset", k.Offset, "port", k.Port)
		}
	case feed.Other:
		l.logger.Debug("other", "from", k.From, "type", k.Text, "port", k.Port)
	}
}

func (l *packetLog) status(k feed.Packet) {
	if !l.statuses.AllowN(k.Heard, 1) {
		l.left++
		return
	}
	if l.left > 0 {
		l.logger.Warn("too many status packets to log", "left_out", l.left)
		l.left = 0
	}
	l.logger.Info("status", "from", k.From, "name", k.Name, "status", k.Text)
}
