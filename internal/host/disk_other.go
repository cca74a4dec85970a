//go:build !linux

package host

// DiskSpace returns ErrNotTold.
func DiskSpace(string) (Space, error) { return Space{}, ErrNotTold }
