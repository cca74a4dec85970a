package app

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"golang.org/x/time/rate"

	"picotop/feed"
)

const (
	// A house of 256 Picos says no more than this, and a flood must not fill
	// the disk with log.
	statusesPerSecond = 10
	statusesAtOnce    = 300
	// statusEvery is how often a status that stays the same is logged again. A
	// Pico says one every few seconds.
	statusEvery = time.Hour
	// maxStatuses bounds how many senders' statuses are remembered; beyond, all are
	// forgotten, and logged again when they come.
	maxStatuses = 1024
)

// A packetLog logs what people look for in the log: how the Picos' feed calls
// went, when that changes and now and then, and when debugging every packet.
type packetLog struct {
	logger   *slog.Logger
	limit    *rate.Limiter
	left     int // out, since the last status that was logged
	statuses map[netip.Addr]*loggedStatus
}

// A loggedStatus is the status of a sender that was logged last.
type loggedStatus struct {
	name, text string
	at         time.Time
	repeated   int // how often the same came since
}

func newPacketLog(logger *slog.Logger) *packetLog {
	return &packetLog{
		logger: logger, limit: rate.NewLimiter(statusesPerSecond, statusesAtOnce),
		statuses: map[netip.Addr]*loggedStatus{},
	}
}

func (l *packetLog) add(k feed.Packet) {
	switch k.Kind {
	case feed.Status:
		l.status(k)
	case feed.Temperature:
		if l.debugging() {
			l.logger.Debug("temperature", "from", k.From, "sensor", k.Sensor, "name", k.Name,
				"celsius", k.Celsius, "offset", k.Offset, "port", k.Port)
		}
	case feed.Impossible:
		l.logger.Debug("impossible temperature", "from", k.From, "sensor", k.Sensor, "name", k.Name,
			"celsius", k.Celsius, "offset", k.Offset, "port", k.Port)
	case feed.Other:
		l.logger.Debug("other", "from", k.From, "type", k.Text, "port", k.Port)
	}
}

func (l *packetLog) debugging() bool { return l.logger.Enabled(context.Background(), slog.LevelDebug) }

// status logs a status if it differs from the sender's last one, or that was
// logged an hour ago. repeated is how often the last one came again since.
func (l *packetLog) status(k feed.Packet) {
	last := l.statuses[k.From.Addr()]
	if last != nil && last.name == k.Name && last.text == k.Text && k.Heard.Sub(last.at) < statusEvery {
		last.repeated++
		if l.debugging() {
			l.logger.Debug("status", "from", k.From, "name", k.Name, "status", k.Text)
		}
		return
	}
	if !l.limit.AllowN(k.Heard, 1) {
		l.left++
		return
	}
	if l.left > 0 {
		l.logger.Warn("too many status packets to log", "left_out", l.left)
		l.left = 0
	}
	line := []any{"from", k.From, "name", k.Name, "status", k.Text}
	if last != nil && last.repeated > 0 {
		line = append(line, "last_repeated", last.repeated)
	}
	l.logger.Info("status", line...)
	if last == nil && len(l.statuses) >= maxStatuses {
		l.logger.Warn("too many senders of status packets to remember", "senders", len(l.statuses))
		clear(l.statuses)
	}
	l.statuses[k.From.Addr()] = &loggedStatus{name: k.Name, text: k.Text, at: k.Heard}
}
