// Package peer is how one picotop tells another of its house.
//
// A [House] is one snapshot, as the JSON of /api/house, which docs/api.md
// describes. [Handler] serves it, and a [Client] reads it from a picotop
// elsewhere and keeps the newest one in memory, so that a screen can draw it
// without waiting for the network. [Find] looks for a picotop on this machine,
// which shows itself by a Unix socket and by a [LockInfo] in its data directory.
//
// What answers may be anything. It must say that it is picotop, and of a
// version known here; what it sends is bounded, and its text is cleaned of
// everything that has no place on a screen.
//
// The names and units of the JSON are interface: a field may be added, but none
// may change its meaning within a version.
package peer
