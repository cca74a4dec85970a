//go:build unix

package host

import (
	"os"
	"syscall"
)

// Owner returns the user that a file or directory belongs to; ok is false if it is
// not there.
func Owner(path string) (uid int, ok bool) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, false
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}
