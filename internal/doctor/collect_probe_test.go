package doctor

import (
	"net/netip"
	"testing"

	"picotop/feed"
)

func TestOwnTestPacketsAreNotHeard(t *testing.T) {
	o := newObserver(group, began)
	o.probe.srcPort = 4711
	o.probe.sent[probeTarget{2, testPort}] = true
	o.probe.sent[probeTarget{2, 9999}] = true
	d := feed.Datagram{
		From: netip.AddrPortFrom(eth0.addr, 4711), To: netip.AddrPortFrom(group, testPort),
		Interface: 2, Heard: began, Payload: o.probe.payload(),
	}
	o.tap(d)
	p, why := feed.Decode(d.Payload)
	if why != "" {
		t.Fatalf("the listener would refuse it: %s", why)
	}
	o.addPacket(p)
	if got := o.result(at(1)); got.packets != 0 || len(got.senders) != 0 {
		t.Errorf("heard %+v", got)
	}
	ports := []portFact{{number: testPort}, {number: 9999}}
	if got, tried := o.probe.filtered(ports, []link{lo, eth0}); tried != 2 || len(got) != 1 || got[0].port != 9999 {
		t.Errorf("of %d probed these are filtered: %+v", tried, got)
	}
}
