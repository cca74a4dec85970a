//go:build !linux

package history

// takeRoom makes a file of a size.
func takeRoom(path string, size int64) error { return writeSynced(path, make([]byte, size)) }
