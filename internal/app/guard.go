package app

import (
	"fmt"
	"log/slog"
	"runtime/debug"
)

// A FaultError says that picotop itself has a fault.
type FaultError struct{ What any }

func (e *FaultError) Error() string { return fmt.Sprintf("a part of picotop failed: %v", e.What) }

// guarded is f, but that a panic is an error, which ends the program in order: the
// history is closed, the terminal is as it was, and a service is started again. The
// log has the place at its debug level.
func guarded(logger *slog.Logger, f func() error) func() error {
	return func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				logger.Debug("a part of picotop failed", "err", r, "stack", string(debug.Stack()))
				err = &FaultError{r}
			}
		}()
		return f()
	}
}

func (i *instance) guarded(f func() error) func() error { return guarded(i.logger, f) }
