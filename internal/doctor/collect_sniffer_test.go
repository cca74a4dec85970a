package doctor

import (
	"net/netip"
	"slices"
	"testing"

	"picotop/feed"
)

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

// in is how packets are seen that arrive after so many seconds.
func in(seconds float64) packetInfo { return packetInfo{iface: "eth0", at: at(seconds)} }

func TestSniffer(t *testing.T) {
	const reading = `{"sensor":"28ff02","temperature":4}`
	other, long := netip.MustParseAddr("239.0.0.2"), udp(9999, reading)
	long[4], long[5] = 0xff, 0xff
	behind := ip(protocolUDP, group, udp(23456, reading)...)
	behind[7] = 1
	s := newSniffer(group)
	for _, b := range [][]byte{
		nil,
		{0x45},
		ip(protocolUDP, group),
		behind,
		ip(protocolUDP, group, udp(12345, reading)...),
		ip(protocolUDP, group, udp(23456, `what another program sends`)...),
		ip(protocolUDP, group, udp(testPort, reading)...),
		ip(protocolUDP, group, long...),
		ip(protocolUDP, other, udp(testPort, reading)...),
		ip(protocolUDP, other, udp(testPort, `{"what":"another program sends"}`)...),
	} {
		s.handlePacket(b, in(0))
	}
	ports := []portFact{{number: testPort, state: feed.Listening}, {number: 9999, state: feed.Listening}}
	to := func(to netip.Addr, port uint16) []stream { return []stream{{pico, to, port, "eth0"}} }
	for name, tt := range map[string]struct{ got, want []stream }{
		"to other ports":     {s.toOtherPorts(ports), to(group, 12345)},
		"to other groups":    {s.toOtherAddrs(), to(other, testPort)},
		"too long":           {s.oversized(), to(group, 9999)},
		"not heard":          {s.unheard(ports, silence, at(1)), to(group, testPort)},
		"heard, and kept":    {s.unheard(ports, trafficFrom(1, 0, nil), at(1)), nil},
		"perhaps on the way": {s.unheard(ports, silence, at(0.1)), nil},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %v, want %v", name, tt.got, tt.want)
		}
	}
	s.keepLinks([]link{lo})
	if got := s.toOtherPorts(ports); len(got) != 0 {
		t.Errorf("through another interface: %v", got)
	}
}

func TestUnansweredQueries(t *testing.T) {
	all := netip.MustParseAddr("224.0.0.1")
	query := ip(protocolIGMP, all, igmpQuery, 100, 0, 0, 0, 0, 0, 0)
	soon := ip(protocolIGMP, all, igmpQuery, 30, 0, 0, 0, 0, 0, 0)
	about := ip(protocolIGMP, all, igmpQuery, 100, 0, 0, 239, 0, 0, 7)
	report := ip(protocolIGMP, group, igmpReport2, 0, 0, 0, 239, 0, 0, 1)
	other := ip(protocolIGMP, group, igmpReport2, 0, 0, 0, 239, 0, 0, 7)
	newest := ip(protocolIGMP, all, igmpReport3, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 1, 239, 0, 0, 7, 1, 1, 1, 1, 4, 0, 0, 0, 239, 0, 0, 1)
	cut := ip(protocolIGMP, all, igmpReport3, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 9, 239, 0, 0, 7)
	tests := map[string]struct {
		then       []byte // 3 s after the query
		query      []byte
		unanswered bool
	}{
		"this machine":                   {report, query, false},
		"this machine, in the new way":   {newest, query, false},
		"nobody":                         {nil, query, true},
		"nobody, and it was urgent":      {nil, soon, true},
		"nobody, for it is not about us": {nil, about, false},
		"one that listens to another":    {other, query, true},
		"one that is cut short":          {cut, query, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSniffer(group)
			s.handlePacket(tt.query, in(0))
			s.handlePacket(tt.then, in(3))
			s.expireQueries(at(4.5))
			if s.unanswered["eth0"] {
				t.Error("unanswered too early")
			}
			s.expireQueries(at(12.5))
			if s.unanswered["eth0"] != tt.unanswered || len(s.queries) != 1 {
				t.Errorf("unanswered: %v, queries %v", s.unanswered, s.queries)
			}
		})
	}
}

func FuzzSniffer(f *testing.F) {
	f.Add(ip(protocolUDP, group, udp(12345, `{"sensor":"28ff02","temperature":4}`)...))
	f.Add(ip(protocolIGMP, group, igmpQuery, 0, 0, 0, 0, 0, 0, 0))
	f.Add(ip(protocolIGMP, group, igmpReport3, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 239, 0, 0, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := newSniffer(group)
		s.handlePacket(b, in(0))
		for st, stats := range s.streams {
			if stats.packets != 1 || stats.decoded > 1 || !st.from.Is4() {
				t.Errorf("%x: %+v %+v", b, st, stats)
			}
		}
	})
}
