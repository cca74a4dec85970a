package doctor

import (
	"cmp"
	"net/netip"
)

// A stream is UDP packets of one sender to one address and port, as they arrive
// on an interface, before the kernel filters them. Streams show what a firewall
// or the reverse-path filter throws away, and what goes to another address or
// port than it should.
type stream struct {
	from  netip.Addr
	to    netip.Addr
	port  uint16 // that they go to
	iface string
}

func (st stream) compare(other stream) int {
	return cmp.Or(st.from.Compare(other.from), int(st.port)-int(other.port), st.to.Compare(other.to), cmp.Compare(st.iface, other.iface))
}
