package feed

import (
	"hash/maphash"
	"net/netip"
	"time"
)

const (
	// duplicateWindow is how much later than the first a copy may come: over Wi-Fi
	// an access point may hold it back until the receiver wakes.
	duplicateWindow = 2 * time.Second
	duplicateSlots  = 1 << 12
)

// duplicates tells copies from repeats. On a host with two interfaces in one
// network every datagram arrives twice, with the same source port and payload.
// Only what comes through a different interface than the first is a copy: the
// same again through the same interface was sent twice.
//
// It remembers in a table of fixed size, and forgets a datagram when another
// one needs its slot: a copy more is no harm.
type duplicates struct {
	seed  maphash.Seed
	slots [duplicateSlots]slot
}

type slot struct {
	hash  uint64
	iface int
	at    time.Time
}

func newDuplicates() *duplicates { return &duplicates{seed: maphash.MakeSeed()} }

// check notes a datagram, and reports whether it is a copy of an earlier one,
// or the same again.
func (d *duplicates) check(from netip.AddrPort, payload []byte, iface int, now time.Time) (isCopy, isRepeat bool) {
	h := maphash.Bytes(d.seed, payload) ^ maphash.Comparable(d.seed, from)
	s := &d.slots[h%duplicateSlots]
	if s.hash != h || now.Sub(s.at) > duplicateWindow {
		*s = slot{hash: h, iface: iface, at: now}
		return false, false
	}
	if s.iface != iface {
		return true, false
	}
	s.at = now
	return false, true
}
