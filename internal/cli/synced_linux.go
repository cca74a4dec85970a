package cli

import "golang.org/x/sys/unix"

// clockSynced reports whether NTP, or whoever else keeps the time here, has
// set the clock.
func clockSynced() bool {
	state, err := unix.Adjtimex(&unix.Timex{})
	return err == nil && state != unix.TIME_ERROR
}
