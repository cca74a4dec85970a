package doctor

import (
	"net/netip"
	"testing"
	"time"

	"picotop/feed"
)

var began = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

func at(seconds float64) time.Time {
	return began.Add(time.Duration(seconds * float64(time.Second)))
}

func temperature(sensor string, seconds float64) feed.Packet {
	return feed.Packet{Sensor: sensor, Name: sensor, From: netip.AddrPortFrom(pico, 1), Port: testPort, Heard: at(seconds)}
}

func TestWhenEnoughWasHeard(t *testing.T) {
	tests := map[string]struct {
		packets []feed.Packet
		at      float64
		want    bool
	}{
		"nothing":                              {nil, 60, false},
		"a sensor once":                        {[]feed.Packet{temperature("a", 1)}, 30, false},
		"a sensor twice":                       {[]feed.Packet{temperature("a", 1), temperature("a", 11)}, 16.5, true},
		"twice, but others may be still to be": {[]feed.Packet{temperature("a", 1), temperature("a", 11)}, 11, false},
		"twice, and another one once":          {[]feed.Packet{temperature("a", 1), temperature("b", 8), temperature("a", 11)}, 25, false},
		"everyone twice":                       {[]feed.Packet{temperature("a", 1), temperature("b", 2), temperature("a", 11), temperature("b", 12)}, 17.5, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHearing(began)
			for _, p := range tt.packets {
				h.packet(p)
			}
			if got := h.enough(at(tt.at)); got != tt.want {
				t.Errorf("enough after %v s: %v", tt.at, got)
			}
		})
	}
}

func TestWhenToTellTheNetworkAnew(t *testing.T) {
	steady := []feed.Packet{temperature("a", 1), temperature("b", 2), temperature("a", 4), temperature("b", 5)}
	tests := map[string]struct {
		packets []feed.Packet
		at      float64
		want    bool
	}{
		"silent for less than a half": {nil, 14, false},
		"silent for a half":           {nil, 15, true},
		"heard just now":              {steady, 6, false},
		"stopped":                     {steady, 14.5, true},
		"a single slow sensor":        {[]feed.Packet{temperature("a", 1), temperature("a", 11)}, 21, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHearing(began)
			for _, p := range tt.packets {
				h.packet(p)
			}
			if got := h.dried(at(tt.at), 30*time.Second); got != tt.want {
				t.Errorf("dried after %v s: %v", tt.at, got)
			}
			if tt.want && h.dried(at(tt.at+60), 30*time.Second) {
				t.Error("told twice")
			}
		})
	}
}

func TestForgedSendersAreBounded(t *testing.T) {
	h := newHearing(began)
	for i := range 4 * maxSenders {
		p := temperature("a", 1)
		p.From = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 1)
		h.packet(p)
	}
	if got := h.end(at(2)); len(got.senders) != maxSenders || got.packets != 4*maxSenders {
		t.Errorf("%d senders, %d packets", len(got.senders), got.packets)
	}
}

// ip is an IPv4 packet without options from the Pico.
func ip(protocol byte, to netip.Addr, body ...byte) []byte {
	b := make([]byte, 20, 20+len(body))
	b[0], b[9] = 0x45, protocol
	copy(b[12:], pico.AsSlice())
	copy(b[16:], to.AsSlice())
	return append(b, body...)
}

func udp(port uint16, payload string) []byte {
	return append([]byte{0, 1, byte(port >> 8), byte(port), 0, 0, 0, 0}, payload...)
}

func TestTheWire(t *testing.T) {
	w := newWire()
	for _, b := range [][]byte{
		nil,
		{0x45},
		ip(protocolUDP, group),
		ip(protocolUDP, group, udp(12345, `{"sensor":"28ff02","temperature":4}`)...),
		ip(protocolUDP, group, udp(23456, `what another program sends`)...),
		ip(protocolUDP, group, udp(testPort, `{"sensor":"28ff02","temperature":4}`)...),
		ip(protocolIGMP, group, igmpQuery, 0, 0, 0, 0, 0, 0, 0),
		ip(protocolIGMP, group, igmpQuery, 0, 0, 0, 0, 0, 0, 0),
		ip(protocolIGMP, group, 0x16, 0, 0, 0, 0, 0, 0, 0),
	} {
		w.packet(b, "eth0", group, began)
	}
	ports := []portFact{{number: testPort, state: feed.Listening}}
	if got := w.elsewhere(ports); len(got) != 1 || got[0] != (seen{pico, 12345, "eth0"}) {
		t.Errorf("to other ports: %v", got)
	}
	if got := w.kept(ports, nothing, at(1)); len(got) != 1 || got[0] != (seen{pico, testPort, "eth0"}) {
		t.Errorf("not heard: %v", got)
	}
	if got := w.kept(ports, heardFrom(1, 0, nil), at(1)); len(got) != 0 {
		t.Errorf("heard, and said not to be: %v", got)
	}
	if len(w.queries) != 1 {
		t.Errorf("queries: %v", w.queries)
	}
	w.only([]link{lo})
	if got := w.elsewhere(ports); len(got) != 0 {
		t.Errorf("through another interface: %v", got)
	}
}

func FuzzTheWire(f *testing.F) {
	f.Add(ip(protocolUDP, group, udp(12345, `{"sensor":"28ff02","temperature":4}`)...))
	f.Add(ip(protocolIGMP, group, igmpQuery, 0, 0, 0, 0, 0, 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		w := newWire()
		w.packet(b, "eth0", group, began)
		for s, n := range w.streams {
			if n.packets != 1 || n.read > 1 || !s.from.Is4() {
				t.Errorf("%x: %+v %+v", b, s, n)
			}
		}
	})
}

func TestTheLikeliestCause(t *testing.T) {
	checks := func(all ...Check) Report { return Report{Checks: all} }
	tests := map[string]struct {
		report Report
		want   Verdict
		cause  string
	}{
		"all well": {checks(Check{ID: idHeard, Verdict: OK, Text: "6 temperatures"}, Check{ID: idQuerier, Verdict: Unknown}), OK, "nothing is wrong: 6 temperatures"},
		"a firewall explains silence": {
			checks(Check{ID: idFirewall, Verdict: Problem, Text: "a firewall"}, Check{ID: idHeard, Verdict: Problem, Text: "nothing"}), Problem, "a firewall",
		},
		"a problem comes before a warning": {
			checks(Check{ID: idClock, Verdict: Warning, Text: "the clock"}, Check{ID: idData, Verdict: Problem, Text: "the disk"}), Problem, "the disk",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.report.conclude()
			if tt.report.Verdict != tt.want || tt.report.Cause != tt.cause {
				t.Errorf("%s: %s", tt.report.Verdict, tt.report.Cause)
			}
		})
	}
}
