package format

import "fmt"

// Bytes writes a size in units of 1000: "512 bytes", "12.5 kB", "41 MB",
// "1.1 GB". Megabytes are cut to whole ones: a decimal more changes all the time
// and tells nobody anything.
func Bytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%d MB", n/1e6)
	case n >= 1e3:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return Count(n, "byte")
}
