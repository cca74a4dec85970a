package doctor

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"picotop/feed"
)

func TestTap(t *testing.T) {
	o := newObserver(group, began)
	show := func(to string, payload string) {
		o.tap(feed.Datagram{
			From: netip.AddrPortFrom(pico, 1), To: netip.AddrPortFrom(netip.MustParseAddr(to), testPort),
			Heard: began, Payload: []byte(payload),
		})
	}
	const reading = `{"sensor":"28ff02","temperature":4}`
	show(group.String(), reading)
	show("192.0.2.1", "what another program sends")
	show("192.0.2.1", reading)
	show("192.0.2.1", reading)
	show(group.String(), "temperature=4\x1b[2J"+strings.Repeat("x", 100))
	show(group.String(), "later")
	o.addRefusal(feed.Refusal{From: netip.AddrPortFrom(pico, 1), Reason: feed.NotJSON, At: began})
	got := o.result(at(1))
	if want := []stream{{from: pico, to: eth0.addr, port: testPort}}; !slices.Equal(got.otherAddrs, want) {
		t.Errorf("to other addresses: %v", got.otherAddrs)
	}
	if s := got.senders[0].sample; s != "what another program sends" {
		t.Errorf("sample %q", s)
	}
}

func TestForgedSendersAreBounded(t *testing.T) {
	o := newObserver(group, began)
	for i := range 4 * maxSenders {
		p := temperature("a", 1)
		p.From = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 1)
		o.addPacket(p)
	}
	if got := o.result(at(2)); len(got.senders) != maxSenders || got.packets != 4*maxSenders {
		t.Errorf("%d senders, %d packets", len(got.senders), got.packets)
	}
}
