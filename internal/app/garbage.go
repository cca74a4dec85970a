package app

import (
	"os"
	"runtime/debug"
)

// startGarbage is the GOGC of the start: nothing is collected before the heap is three
// times as large as the 4 MB at which the runtime begins else.
const startGarbage = 300

// collectLater has less garbage collected until collectNow is called. Opening a history
// drops buffers many times as large as what is left in the end, and each collection looks
// through the whole program: they were a seventh of the work before the first picture.
func collectLater() (collectNow func()) {
	if os.Getenv("GOGC") != "" { // the user knows better
		return func() {}
	}
	usual := debug.SetGCPercent(startGarbage)
	return func() { debug.SetGCPercent(usual) }
}
