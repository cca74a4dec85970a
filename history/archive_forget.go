package history

import (
	"context"
	"errors"
	"fmt"

	"picotop/internal/romcode"
)

// ForgetSensor deletes all that is known of a sensor, given by its ROM code: its
// readings under all its names, what was derived from them, and which Pico it
// belonged to. No other program may have the history open. It returns a
// [*NoSensorError] if nothing is known of it.
//
// When it knows what it will delete it calls confirm, and stops if that returns
// an error. It may be run again after a crash, and then deletes what is left.
func ForgetSensor(ctx context.Context, cfg Config, sensor string, confirm func(SensorInfo) error) (err error) {
	sensor = romcode.Canonical(sensor)
	s, err := openExclusive(cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close(), chownToDirOwner(cfg.Dir)) }()
	s.writeMu.Lock()
	defer s.writeMu.Unlock()

	info, _, err := s.sensorInfo(ctx, sensor)
	if _, none := errors.AsType[*NoSensorError](err); none && s.inRoster(sensor) {
		err = nil // a crash came after the readings were deleted
	}
	if err != nil {
		return err
	}
	if err := confirm(info); err != nil {
		return err
	}
	if err := flushHead(ctx, s.db); err != nil {
		return fmt.Errorf("tidying up before deleting: %w", oneLine(err))
	}
	return s.deleteSensor(context.WithoutCancel(ctx), sensor)
}

func (s *Store) inRoster(sensor string) bool {
	roster := s.LoadRoster()
	_, hasPico := roster.Sensors[sensor]
	_, hasName := roster.Names[sensor]
	return hasPico || hasName
}
