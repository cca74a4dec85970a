//go:build !linux

package host

// ClockSynced returns ErrNotTold.
func ClockSynced() (bool, error) { return false, ErrNotTold }
