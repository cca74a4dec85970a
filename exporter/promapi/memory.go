package promapi

import (
	"runtime/debug"
	"runtime/metrics"
)

// restHeap is more than the heap has while nothing is asked, and less than after
// a few large queries.
const restHeap = 48 << 20 // bytes

// rest gives memory back to the system when the last query is done and left much
// of it behind: the runtime alone would take several minutes over it, and the
// machine has other uses for it.
func (a *API) rest() {
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
	if held > restHeap {
		debug.FreeOSMemory()
	}
}
