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

func (s stream) compare(o stream) int {
	return cmp.Or(s.from.Compare(o.from), int(s.port)-int(o.port), s.to.Compare(o.to), cmp.Compare(s.iface, o.iface))
}
