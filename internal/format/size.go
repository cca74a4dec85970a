package format

import (
	"fmt"
	"strings"
)

// Bytes writes a size: "512 bytes", "12.5 kB", "41 MB", "1 GB". A kilobyte is 1024
// bytes and so on, as in the flags, so that what is set to 1GB is shown as 1 GB.
// Megabytes are cut to whole ones: a decimal more changes all the time and tells
// nobody anything.
func Bytes(n int64) string {
	tenths := func(unit int64, name string) string {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(unit)), ".0") + " " + name
	}
	switch {
	case n >= 1<<30:
		return tenths(1<<30, "GB")
	case n >= 1<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10:
		return tenths(1<<10, "kB")
	}
	return Count(n, "byte")
}
