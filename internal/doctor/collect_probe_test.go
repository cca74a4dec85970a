package doctor

import (
	"net/netip"
	"testing"

	"picotop/feed"
)

func TestOwnTestPacketsAreNotHeard(t *testing.T) {
	h := newHearing(group, began)
	h.probe.srcPort = 4711
	h.probe.sent[probeTarget{2, testPort}] = true
	h.probe.sent[probeTarget{2, 9999}] = true
	d := feed.Datagram{
		From: netip.AddrPortFrom(eth0.addr, 4711), To: netip.AddrPortFrom(group, testPort),
		Interface: 2, Heard: began, Payload: h.probe.payload(),
	}
	h.tap(d)
	p, why := feed.Decode(d.Payload)
	if why != "" {
		t.Fatalf("the listener would refuse it: %s", why)
	}
	h.packet(p)
	if got := h.end(at(1)); got.packets != 0 || len(got.senders) != 0 {
		t.Errorf("heard %+v", got)
	}
	ports := []portFact{{number: testPort}, {number: 9999}}
	if got, tried := h.probe.filtered(ports, []link{lo, eth0}); tried != 2 || len(got) != 1 || got[0].port != 9999 {
		t.Errorf("of %d tried these are shut: %+v", tried, got)
	}
}
