//go:build !linux

package cli

// clockSynced takes the clock to be right: other machines have one that runs
// while they are off.
func clockSynced() bool { return true }
