package feed

import (
	"hash/maphash"
	"net/netip"
	"time"
)

const (
	// twinWindow is how much later than the first a copy may come: over Wi-Fi
	// an access point may hold it back until the receiver wakes.
	twinWindow = 2 * time.Second
	twinSlots  = 1 << 12
)

// twins tells copies from repeats. On a host with two interfaces in one
// network every datagram arrives twice, with the same source port and payload.
// Only what comes through a different interface than the first is a copy: the
// same again through the same interface was sent twice.
//
// It remembers in a table of fixed size, and forgets a datagram when another
// one needs its slot: a copy more is no harm.
type twins struct {
	seed  maphash.Seed
	slots [twinSlots]twin
}

type twin struct {
	hash  uint64
	iface int
	at    time.Time
}

func newTwins() *twins { return &twins{seed: maphash.MakeSeed()} }

// look notes a datagram, and reports whether it is a copy of an earlier one,
// or the same again.
func (t *twins) look(from netip.AddrPort, payload []byte, iface int, now time.Time) (isCopy, isRepeat bool) {
	h := maphash.Bytes(t.seed, payload) ^ maphash.Comparable(t.seed, from)
	slot := &t.slots[h%twinSlots]
	if slot.hash != h || now.Sub(slot.at) > twinWindow {
		*slot = twin{hash: h, iface: iface, at: now}
		return false, false
	}
	if slot.iface != iface {
		return true, false
	}
	slot.at = now
	return false, true
}
