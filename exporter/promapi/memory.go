package promapi

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// restHeap is more than the heap has while a client asks small questions, and less
	// than after a few large queries: it is given back at once.
	restHeap = 48 << 20 // bytes
	// idleHeap is more than it has while nothing is asked: what is above it is given
	// back when nothing was asked for a while.
	idleHeap  = 12 << 20 // bytes
	idleAfter = 20 * time.Second
)

// rest gives memory back to the system when the last query is done and left much
// of it behind: the runtime alone would take several minutes over it, and the
// machine has other uses for it.
func (a *API) rest() {
	a.idle.Reset(idleAfter)
	a.giveBack(restHeap)
}

// giveBack gives memory back if the heap has more than a bound, and nothing is asked.
func (a *API) giveBack(bound uint64) {
	if len(a.limiters[small].queue)+len(a.limiters[big].queue)+len(a.limiters[huge].queue) > 0 {
		return
	}
	heap := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(heap)
	var held uint64
	for _, s := range heap {
		held += s.Value.Uint64()
	}
	if held > bound {
		runtime.GC() // what pools keep outlives one collection
		debug.FreeOSMemory()
	}
}
