package doctor

import (
	"maps"
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
	show(group.String(), `{"name":"ColdWaterTank","sensor":"28ff001122334450","temperature":-127}`)
	o.addRefusal(feed.Refusal{From: netip.AddrPortFrom(pico, 1), Reason: feed.NotJSON, At: began})
	got := o.result(at(1))
	if want := []stream{{from: pico, to: eth0.addr, port: testPort}}; !slices.Equal(got.otherAddrs, want) {
		t.Errorf("to other addresses: %v", got.otherAddrs)
	}
	want := map[feed.Reason]sample{
		feed.NotJSON: {
			beginning: "what another program sends", place: feed.Place{Offset: 0, Found: "what"},
		},
		feed.OutOfRange: {beginning: `{"name":"ColdWaterTank","sensor":"28ff001122334450","tempera`},
	}
	if s := got.senders[0].samples; !maps.Equal(s, want) {
		t.Errorf("samples %+v, want the first of each kind, %+v", s, want)
	}
}

func TestSample(t *testing.T) {
	tests := map[string]struct {
		payload string
		want    sample
	}{
		"nan far behind a good beginning": {
			payload: `{"name": "ColdWaterTank", "sensor": "28ff001122334450", "offset": -0.25, "temperature": nan, "type": "temperature"}`,
			want: sample{
				beginning: `{"name": "ColdWaterTank", "sensor": "28ff001122334450", "off`,
				place:     feed.Place{Offset: 88, Found: "nan"},
				around:    `ffset": -0.25, "temperature": nan, "type": "temper`,
			},
		},
		"cut short": {
			payload: `{"name": "Cold`,
			want:    sample{beginning: `{"name": "Cold`, place: feed.Place{Offset: 14, Found: "the end"}},
		},
		"hostile": {
			payload: "\x1b[2J{\xff\u202e",
			want:    sample{beginning: "[2J{\ufffd", place: feed.Place{Offset: 5, Found: "0xff"}},
		},
		"nothing": {},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := newSample([]byte(tt.payload)); got != tt.want {
				t.Errorf("newSample(%q)\n got %+v\nwant %+v", tt.payload, got, tt.want)
			}
		})
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
