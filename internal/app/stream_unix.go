//go:build unix

package app

import (
	"os"
	"syscall"
)

// pollable returns a file whose reads can be interrupted by a deadline. Standard
// input is opened by somebody else, mostly so that they cannot.
func pollable(f *os.File) *os.File {
	fd := f.Fd()
	if syscall.SetNonblock(int(fd), true) != nil {
		return f
	}
	return os.NewFile(fd, f.Name())
}
