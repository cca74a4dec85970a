package doctor

import (
	"net/netip"
	"slices"
	"strings"
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

// listenTo lets a hearing hear packets, and look for a drought every tenth of a
// second in between, until the given second.
func listenTo(h *hearing, packets []feed.Packet, until float64) {
	for i := 0; ; i++ {
		now := at(float64(i) / 10)
		if now.After(at(until)) {
			return
		}
		for len(packets) > 0 && !packets[0].Heard.After(now) {
			h.packet(packets[0])
			packets = packets[1:]
		}
		h.dried(now, 30*time.Second)
	}
}

// every is a sensor that is heard at equal times, but for a gap.
func every(seconds, gapFrom, gapTo, until float64, sensors ...string) []feed.Packet {
	var all []feed.Packet
	for s := 1.0; s < until; s += seconds {
		for i, sensor := range sensors {
			if s < gapFrom || s >= gapTo {
				all = append(all, temperature(sensor, s+float64(i)/1000))
			}
		}
	}
	return all
}

// at2 is a Pico of two sensors that is heard at these seconds.
func at2(seconds ...float64) []feed.Packet {
	var all []feed.Packet
	for _, s := range seconds {
		all = append(all, temperature("a", s), temperature("b", s+0.001))
	}
	return all
}

func TestWhenToTellTheNetworkAnew(t *testing.T) {
	tests := map[string]struct {
		packets []feed.Packet
		rounds  int
		revived int
	}{
		"nothing comes":                       {nil, 1, 0},
		"a slow sensor":                       {every(10, 0, 0, 30, "a"), 0, 0},
		"a very slow one":                     {every(20, 0, 0, 30, "a"), 1, 0},
		"several slow ones of one Pico":       {every(10, 0, 0, 30, "a", "b", "c"), 0, 0},
		"it stops":                            {every(1, 8, 99, 30, "a", "b"), 1, 0},
		"it stops, and comes when told":       {every(1, 8, 11, 30, "a", "b"), 1, 1},
		"it stops, and comes long after":      {every(1, 8, 24, 30, "a", "b"), 1, 0},
		"it comes only when told":             {every(2, 0, 16, 30, "a"), 1, 1},
		"a slow one begins when told":         {every(10, 0, 15.5, 30, "a", "b"), 1, 0},
		"it comes once, and when told":        {append(every(60, 0, 0, 30, "a", "b"), every(2, 0, 16.5, 30, "a", "b")...), 1, 1},
		"it comes each time that it is told":  {at2(16, 20.5), 2, 1},
		"a very slow one comes when told":     {at2(16), 2, 0},
		"it stops twice, and comes when told": {append(every(1, 8, 11, 20, "a"), every(1, 0, 23.5, 30, "a")...), 2, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHearing(group, began)
			listenTo(h, tt.packets, 30)
			got := h.end(at(30))
			if len(got.rounds) != tt.rounds || len(got.revived()) != tt.revived {
				t.Errorf("told %d times, of which %d brought packets: %+v", len(got.rounds), len(got.revived()), got.rounds)
			}
		})
	}
}

func TestWhatIsShownToTheDoctorBeforeItIsJudged(t *testing.T) {
	h := newHearing(group, began)
	show := func(to string, payload string) {
		h.tap(feed.Datagram{
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
	h.refused(feed.Refusal{From: netip.AddrPortFrom(pico, 1), Reason: feed.NotJSON, At: began})
	got := h.end(at(1))
	if want := []seen{{from: pico, to: eth0.addr, port: testPort}}; !slices.Equal(got.strays, want) {
		t.Errorf("astray: %v", got.strays)
	}
	if s := got.senders[0].sample; s != "what another program sends" {
		t.Errorf("sample %q", s)
	}
}

func TestOwnTestPacketsAreNotHeard(t *testing.T) {
	h := newHearing(group, began)
	h.trial.from = 4711
	h.trial.sent[gate{2, testPort}] = true
	h.trial.sent[gate{2, 9999}] = true
	d := feed.Datagram{
		From: netip.AddrPortFrom(eth0.addr, 4711), To: netip.AddrPortFrom(group, testPort),
		Interface: 2, Heard: began, Payload: h.trial.payload(),
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
	if got, tried := h.trial.shut(ports, []link{lo, eth0}); tried != 2 || len(got) != 1 || got[0].port != 9999 {
		t.Errorf("of %d tried these are shut: %+v", tried, got)
	}
}

func TestForgedSendersAreBounded(t *testing.T) {
	h := newHearing(group, began)
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

// in is how packets are seen that arrive after so many seconds.
func in(seconds float64) arrival { return arrival{iface: "eth0", at: at(seconds)} }

func TestTheWire(t *testing.T) {
	const reading = `{"sensor":"28ff02","temperature":4}`
	other, long := netip.MustParseAddr("239.0.0.2"), udp(9999, reading)
	long[4], long[5] = 0xff, 0xff
	behind := ip(protocolUDP, group, udp(23456, reading)...)
	behind[7] = 1
	w := newWire(group)
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
		w.packet(b, in(0))
	}
	ports := []portFact{{number: testPort, state: feed.Listening}, {number: 9999, state: feed.Listening}}
	stream := func(to netip.Addr, port uint16) []seen { return []seen{{pico, to, port, "eth0"}} }
	for name, tt := range map[string]struct{ got, want []seen }{
		"to other ports":     {w.elsewhere(ports), stream(group, 12345)},
		"to other groups":    {w.astray(), stream(other, testPort)},
		"too long":           {w.giants(), stream(group, 9999)},
		"not heard":          {w.kept(ports, nothing, at(1)), stream(group, testPort)},
		"heard, and kept":    {w.kept(ports, heardFrom(1, 0, nil), at(1)), nil},
		"perhaps on the way": {w.kept(ports, nothing, at(0.1)), nil},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %v, want %v", name, tt.got, tt.want)
		}
	}
	w.only([]link{lo})
	if got := w.elsewhere(ports); len(got) != 0 {
		t.Errorf("through another interface: %v", got)
	}
}

func TestWhoAnswersAQuerier(t *testing.T) {
	all := netip.MustParseAddr("224.0.0.1")
	query := ip(protocolIGMP, all, igmpQuery, 100, 0, 0, 0, 0, 0, 0)
	soon := ip(protocolIGMP, all, igmpQuery, 30, 0, 0, 0, 0, 0, 0)
	about := ip(protocolIGMP, all, igmpQuery, 100, 0, 0, 239, 0, 0, 7)
	report := ip(protocolIGMP, group, igmpReport2, 0, 0, 0, 239, 0, 0, 1)
	other := ip(protocolIGMP, group, igmpReport2, 0, 0, 0, 239, 0, 0, 7)
	newest := ip(protocolIGMP, all, igmpReport3, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 1, 239, 0, 0, 7, 1, 1, 1, 1, 4, 0, 0, 0, 239, 0, 0, 1)
	cut := ip(protocolIGMP, all, igmpReport3, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 9, 239, 0, 0, 7)
	tests := map[string]struct {
		then  []byte // 3 s after the query
		query []byte
		deaf  bool
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
			w := newWire(group)
			w.packet(tt.query, in(0))
			w.packet(tt.then, in(3))
			w.unanswered(at(4.5))
			if w.deaf["eth0"] {
				t.Error("judged too early")
			}
			w.unanswered(at(12.5))
			if w.deaf["eth0"] != tt.deaf || len(w.queries) != 1 {
				t.Errorf("unanswered: %v, queries %v", w.deaf, w.queries)
			}
		})
	}
}

func FuzzTheWire(f *testing.F) {
	f.Add(ip(protocolUDP, group, udp(12345, `{"sensor":"28ff02","temperature":4}`)...))
	f.Add(ip(protocolIGMP, group, igmpQuery, 0, 0, 0, 0, 0, 0, 0))
	f.Add(ip(protocolIGMP, group, igmpReport3, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 239, 0, 0, 1))
	f.Fuzz(func(t *testing.T, b []byte) {
		w := newWire(group)
		w.packet(b, in(0))
		for s, n := range w.streams {
			if n.packets != 1 || n.read > 1 || !s.from.Is4() {
				t.Errorf("%x: %+v %+v", b, s, n)
			}
		}
	})
}

func TestWhatTheKernelCounts(t *testing.T) {
	const dev = "Inter-|   Receive\n face |bytes packets\n    lo:     100      3 0\n  eth0:    5000     %s 0\n"
	line := func(n string) string { return strings.Replace(dev, "%s", n, 1) }
	if got := arrivedSince(line("40"), line("52")); got["eth0"] != 12 || got["lo"] != 0 {
		t.Errorf("arrived: %v", got)
	}
	if got := arrivedSince("", ""); got != nil {
		t.Errorf("arrived, where nothing is told: %v", got)
	}
	counts := func(in, out, udp string) snapshot {
		return snapshot{
			netstat: file{text: "IpExt: InMcastPkts OutMcastPkts\nIpExt: " + in + " " + out + "\n"},
			snmp:    file{text: "Udp: InDatagrams\nUdp: " + udp + "\n"},
		}
	}
	for _, tt := range []struct {
		name string
		now  snapshot
		want uint64
	}{
		{"none", counts("10", "2", "3"), 0},
		{"all got", counts("25", "7", "13"), 0},
		{"some lost", counts("30", "7", "8"), 10},
	} {
		if got := strays(counts("10", "2", "3"), tt.now); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
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

func TestWhatTheKernelKeptOutIsTheFloodingSenders(t *testing.T) {
	h := heard{senders: []sender{
		{addr: netip.MustParseAddr("192.0.2.1"), temperatures: 5, refused: map[feed.Reason]int{}},
		{addr: netip.MustParseAddr("192.0.2.66"), refused: map[feed.Reason]int{feed.SourceRateLimited: 10}},
	}}
	h.addBarred(feed.Health{Refused: []feed.Refusals{{Reason: feed.SourceRateLimited, Count: 1000}}})
	if a, b := h.senders[0].unreadable(), h.senders[1].unreadable(); a != 0 || b != 1000 {
		t.Errorf("%d and %d", a, b)
	}
}
