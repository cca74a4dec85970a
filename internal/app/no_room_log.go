package app

import (
	"log/slog"
	"time"

	"picotop/house"
)

// noRoomEvery bounds how often is logged that there is no room for new sensors.
const noRoomEvery = time.Hour

// A noRoomLog says in the log that there is no room for new sensors.
type noRoomLog struct {
	refusedAt, loggedAt time.Time
}

// look logs if anything was refused since the last look, at most once an hour.
func (l *noRoomLog) look(logger *slog.Logger, st house.State) {
	if !st.RefusedAt.After(l.refusedAt) {
		return
	}
	l.refusedAt = st.RefusedAt
	if !l.loggedAt.IsZero() && st.At.Sub(l.loggedAt) < noRoomEvery {
		return
	}
	l.loggedAt = st.At
	logger.Warn("no room for new sensors: packets are refused", "sensor_readings", st.RefusedSensors, "pico_packets", st.RefusedPicos)
}
