package doctor

import (
	"cmp"
	"net/netip"
)

// A stream is a stream of packets on the wire, before the kernel judged them: it
// shows what a firewall or the reverse-path filter throws away, and what goes
// to another place than it should.
type stream struct {
	from  netip.Addr
	to    netip.Addr
	port  uint16 // that they go to
	iface string
}

func (st stream) compare(other stream) int {
	return cmp.Or(st.from.Compare(other.from), int(st.port)-int(other.port), st.to.Compare(other.to), cmp.Compare(st.iface, other.iface))
}
