package doctor

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/feed"
	"picotop/internal/host"
)

var errUnavailable = errors.New("not told")

// A wantCheck is what a table expects of a check: its verdict, and words of its
// text and of its remedy.
type wantCheck struct {
	verdict      Verdict
	text, remedy string
}

func (j wantCheck) compare(t *testing.T, got *Check) {
	t.Helper()
	if got.Verdict != j.verdict || !strings.Contains(got.Text, j.text) || !strings.Contains(got.Remedy, j.remedy) ||
		(j.remedy == "") != (got.Remedy == "") {
		t.Errorf("got  %s: %s; try %q\nwant %s: %s; try %q", got.Verdict, got.Text, got.Remedy, j.verdict, j.text, j.remedy)
	}
	if got.Remedy == "" && (got.Verdict == Problem || got.Verdict == Warning) {
		t.Error("a fault without a remedy")
	}
	if got.Details == nil {
		t.Error("details are null in JSON")
	}
}

const upAndRunning = net.FlagUp | net.FlagRunning | net.FlagMulticast

var (
	lo   = link{Interface: net.Interface{Index: 1, Name: "lo", Flags: net.FlagUp | net.FlagRunning | net.FlagLoopback}, addr: netip.MustParseAddr("127.0.0.1"), joined: true}
	eth0 = link{Interface: net.Interface{Index: 2, Name: "eth0", Flags: upAndRunning}, addr: netip.MustParseAddr("192.0.2.1"), joined: true}
	pico = netip.MustParseAddr("192.0.2.2")
)

// excluded returns a link that the listener left out.
func (l link) excluded(why string) link {
	l.joined, l.why = false, why
	return l
}

// installedOnly reports these programs as installed, and no others.
func installedOnly(names ...string) func(string) bool {
	return func(name string) bool { return slices.Contains(names, name) }
}

func TestInterfaces(t *testing.T) {
	out := eth0
	out.Flags &^= net.FlagRunning
	wifi, own := out, eth0
	wifi.Name, own.addr = "wlan0", netip.MustParseAddr("169.254.7.7")
	missing := &feed.JoinError{Group: "239.0.0.1", Interface: "eth7", Able: []string{"lo", "eth0"}, Err: errUnavailable}
	named := &feed.JoinError{Group: "239.0.0.1", Interface: "eth0", Err: errors.New(feed.IsDown)}
	addressless, down := eth0.excluded(feed.NoAddress), eth0.excluded(feed.IsDown)
	addressless.addr = netip.Addr{}
	down.Flags &^= net.FlagUp
	tests := map[string]struct {
		links []link
		asked bool
		has   func(string) bool
		err   error
		want  wantCheck
	}{
		"a network":                      {[]link{lo, eth0}, false, installedOnly(), nil, wantCheck{OK, "through eth0 (192.0.2.1)", ""}},
		"no cable":                       {[]link{lo, out}, false, installedOnly(), nil, wantCheck{Problem, "eth0 is not connected", "ip link show eth0"}},
		"no Wi-Fi":                       {[]link{lo, wifi}, false, installedOnly("nmcli"), nil, wantCheck{Problem, "wlan0 is not connected", "nmcli device wifi list"}},
		"no address":                     {[]link{lo, addressless}, false, installedOnly("nmcli"), nil, wantCheck{Problem, "eth0 has no IPv4 address", "nmcli device connect eth0"}},
		"no address, and older tools":    {[]link{lo, addressless}, false, installedOnly("dhclient"), nil, wantCheck{Problem, "eth0 has no IPv4 address", "sudo dhclient -v eth0"}},
		"no address, for no cable":       {[]link{lo, out.excluded(feed.NoAddress)}, false, installedOnly(), nil, wantCheck{Problem, "eth0 is not connected", "ip link show eth0"}},
		"an address that it gave itself": {[]link{lo, own}, false, installedOnly("dhcpcd"), nil, wantCheck{Warning, "gave itself, 169.254.7.7", "sudo dhcpcd -n eth0"}},
		"down":                           {[]link{lo, down}, false, installedOnly(), nil, wantCheck{Problem, "switched off", "sudo ip link set eth0 up"}},
		"down, and asked for":            {[]link{lo, down}, true, installedOnly(), named, wantCheck{Problem, "down", "sudo ip link set eth0 up"}},
		"lo alone":                       {[]link{lo}, false, installedOnly(), nil, wantCheck{Problem, "no network", "ip address"}},
		"lo alone, as asked for":         {[]link{lo, eth0.excluded("not asked for")}, true, installedOnly(), nil, wantCheck{OK, "only this machine itself", ""}},
		"nothing at all":                 {nil, false, installedOnly(), nil, wantCheck{Problem, "no network", "ip address"}},
		"one that is not there":          {nil, true, installedOnly(), missing, wantCheck{Problem, `"eth7"`, "--interface eth0"}},
		"containers beside a LAN":        {[]link{eth0, eth0.excluded("container bridge")}, false, installedOnly(), nil, wantCheck{OK, "through eth0", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkInterfaces(tt.links, tt.asked, tt.has, tt.err)) })
	}
}

const igmpTable = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n" +
	"1\tlo        :     2      V3\n\t\t\t\t010000EF     1 0:00000000\t\t0\n\t\t\t\t010000E0     1 0:00000000\t\t0\n" +
	"2\teth0      :     2      V2\n\t\t\t\t010000EF     2 1:000000A3\t\t1\n"

func TestMemberships(t *testing.T) {
	want := map[string]membership{"lo": {querier: "V3", users: 1}, "eth0": {querier: "V2", users: 2, reportPending: true}}
	got := parseMemberships(igmpTable, group)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(membership{})); diff != "" {
		t.Errorf("memberships (-want +got):\n%s", diff)
	}
	tests := map[string]struct {
		links  []link
		after  string
		err    error
		noPort bool
		want   wantCheck
	}{
		"no port is open":   {[]link{lo, eth0}, "", nil, true, wantCheck{Unknown, "no port", ""}},
		"listed":            {[]link{lo, eth0}, igmpTable, nil, false, wantCheck{OK, "lo and eth0", ""}},
		"not listed":        {[]link{lo, eth0}, "", nil, false, wantCheck{Problem, "does not list group 239.0.0.1 on lo and eth0", "/proc/net/igmp"}},
		"nothing joined":    {nil, igmpTable, nil, false, wantCheck{Unknown, "no interface", ""}},
		"no table anywhere": {[]link{eth0}, "", errUnavailable, false, wantCheck{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want.compare(t, checkMembership(group, tt.links, !tt.noPort, "", tt.after, tt.err))
		})
	}
}

const routeHeading = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"

const (
	defaultRoute   = "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
	lanRoute       = "eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
	multicastRoute = "eth1\t000000E0\t00000000\t0001\t0\t0\t0\t000000F0\t0\t0\t0\n"
)

func TestRoutes(t *testing.T) {
	tests := map[string]struct {
		table string
		err   error
		want  wantCheck
	}{
		"none for multicast":            {routeHeading + defaultRoute + lanRoute, nil, wantCheck{OK, "none is needed", ""}},
		"none at all":                   {routeHeading, nil, wantCheck{OK, "none is needed", ""}},
		"for multicast, leading astray": {routeHeading + defaultRoute + multicastRoute, nil, wantCheck{Warning, "leads to eth1", "sudo ip route del 224.0.0.0/4 dev eth1"}},
		"for multicast, as joined":      {routeHeading + strings.Replace(multicastRoute, "eth1", "eth0", 1), nil, wantCheck{OK, "is eth0", ""}},
		"not told":                      {"", errUnavailable, wantCheck{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkRoutes(group, []link{eth0}, tt.table, tt.err)) })
	}
}

func TestPorts(t *testing.T) {
	tests := map[string]struct {
		port portFact
		want wantCheck
	}{
		"free":                        {portFact{state: feed.Listening}, wantCheck{OK, "free", ""}},
		"shared":                      {portFact{state: feed.Listening, holders: []host.SocketOwner{{PID: 7, Program: "picotop"}}}, wantCheck{OK, "shared", ""}},
		"blocked by a service":        {portFact{state: feed.Blocked, holders: []host.SocketOwner{{PID: 7, Program: "python3 x.py", Unit: "temps.service"}}}, wantCheck{Problem, "temps.service", "sudo systemctl disable --now temps.service"}},
		"blocked by my own program":   {portFact{state: feed.Blocked, holders: []host.SocketOwner{{UID: 1000, PID: 7, Program: "python3 x.py"}}}, wantCheck{Problem, "python3 x.py (pid 7)", "kill 7"}},
		"blocked by root's program":   {portFact{state: feed.Blocked, holders: []host.SocketOwner{{PID: 7, Program: "python3 x.py"}}}, wantCheck{Problem, "python3 x.py (pid 7)", "sudo kill 7"}},
		"blocked by one not seen":     {portFact{state: feed.Blocked, holders: []host.SocketOwner{{UID: 33}}}, wantCheck{Problem, "a program of user 33", "sudo ss -ulpn 'sport = :11235'"}},
		"blocked, and nothing listed": {portFact{state: feed.Blocked, err: errUnavailable}, wantCheck{Problem, "another program", "sudo ss"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.port.number = testPort
			tt.want.compare(t, checkPorts([]portFact{tt.port}, 1000))
		})
	}
}

// trafficFrom is the traffic of one sender.
func trafficFrom(temperatures, statuses int, refused map[feed.Reason]int) traffic {
	s := sender{addr: pico, temperatures: temperatures, statuses: statuses, refused: refused}
	return traffic{duration: 30 * time.Second, packets: s.packets() + s.unreadable(), senders: []sender{s}}
}

var (
	testCmdline = cmdline{program: "picotop"}
	toUs        = stream{from: pico, to: group, port: testPort, iface: "eth0"}
)

var silence = traffic{duration: 30 * time.Second}

var ownCameBack, ownLost = map[int]feed.TestPacket{2: feed.CameBack}, map[int]feed.TestPacket{2: feed.Lost}

// trafficOnPort is the traffic of one sender on one port.
func trafficOnPort(port uint16) traffic {
	t := trafficFrom(3, 0, nil)
	t.senders[0].ports = map[uint16]int{port: 3}
	return t
}

func TestFirewall(t *testing.T) {
	both := []filteredPort{{eth0, 11235}, {eth0, 9999}}
	tests := map[string]struct {
		g       firewallFacts
		traffic traffic
		want    wantCheck
	}{
		"open":                                      {firewallFacts{testPackets: ownCameBack}, silence, wantCheck{OK, "came back on eth0", ""}},
		"closed":                                    {firewallFacts{testPackets: ownLost}, silence, wantCheck{Problem, "keeps packets out", "sudo x"}},
		"closed for all ports":                      {firewallFacts{testPackets: ownLost, filtered: both, probed: 2}, silence, wantCheck{Problem, "ports 11235 and 9999", "sudo x"}},
		"closed for a port of the Picos":            {firewallFacts{testPackets: ownCameBack, filtered: both[1:], probed: 2}, silence, wantCheck{Problem, "sent to port 9999", "sudo x"}},
		"closed for a port that nobody sends to":    {firewallFacts{testPackets: ownCameBack, filtered: both[1:], probed: 2}, trafficOnPort(11235), wantCheck{Warning, "sent to port 9999", "sudo x"}},
		"closed for test packets alone":             {firewallFacts{testPackets: ownCameBack, filtered: both[1:], probed: 2}, trafficOnPort(9999), wantCheck{OK, "lets in what Picos send", ""}},
		"open for the Picos' ports alone":           {firewallFacts{testPackets: ownLost, probed: 2}, silence, wantCheck{OK, "lets in what Picos send", ""}},
		"open for the Picos' ports, which are held": {firewallFacts{testPackets: ownLost}, trafficFrom(3, 0, nil), wantCheck{OK, "lets in what Picos send", ""}},
		"seen on the wire and not heard":            {firewallFacts{testPackets: ownCameBack, unheard: []stream{toUs}}, silence, wantCheck{Problem, "from 192.0.2.2 to port 11235 reach eth0", "sudo x"}},
		"silent when joining":                       {firewallFacts{testPackets: ownCameBack, noJoinReport: true}, silence, wantCheck{Problem, "telling the network that it listens", "sudo nft"}},
		"silent when asked":                         {firewallFacts{testPackets: ownCameBack, unansweredOn: "eth0"}, trafficFrom(3, 0, nil), wantCheck{Problem, "does not answer on eth0", "sudo nft"}},
		"nothing could be tried":                    {firewallFacts{}, silence, wantCheck{Unknown, "no interface", ""}},
		"a socket that is not to be had":            {firewallFacts{err: errUnavailable}, silence, wantCheck{Unknown, "not told", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.g.links, tt.g.remedy = []link{eth0}, "sudo x"
			tt.want.compare(t, checkFirewall(tt.g, tt.traffic))
		})
	}
}

func TestAllowGroup(t *testing.T) {
	for tool, want := range map[string]string{
		"ufw": "sudo ufw allow in proto udp to 239.0.0.1", "iptables": "sudo iptables -I INPUT -d 239.0.0.1 -p udp -j ACCEPT",
		"nft": "sudo nft list ruleset", "": "sudo nft list ruleset",
	} {
		if got := allowGroup(group, func(name string) bool { return name == tool }); got != want {
			t.Errorf("with %q: %q, want %q", tool, got, want)
		}
	}
}

func TestQuerier(t *testing.T) {
	blind, sniffing := &sniffer{err: errors.New("that needs root")}, newSniffer(group)
	// A sensor is heard once a second, and 12 s of silence are ended by telling.
	stopped := func(before int, first time.Duration) traffic {
		return traffic{
			duration: time.Minute, packets: 9, slowestInterval: time.Second,
			rejoins: []rejoin{{packetsBefore: before, silence: 12 * time.Second, firstAfter: first}},
		}
	}
	slow := stopped(4, time.Second)
	slow.slowestInterval = 11 * time.Second
	twice := stopped(4, time.Second)
	twice.rejoins = append(twice.rejoins, twice.rejoins[0])
	asking := &sniffer{queries: []query{{netip.MustParseAddr("192.0.2.254"), "eth0"}}}
	tests := map[string]struct {
		q       querierFacts
		traffic traffic
		want    wantCheck
	}{
		"seen on the wire":                       {querierFacts{sniffer: asking}, silence, wantCheck{OK, "192.0.2.254 asks on eth0", ""}},
		"the kernel is about to answer":          {querierFacts{sniffer: blind, answering: map[string]bool{"eth0": true}}, silence, wantCheck{OK, "somebody asks on eth0", ""}},
		"an old one, as the kernel noted":        {querierFacts{sniffer: blind, versions: map[string]string{"eth0": "V2"}}, silence, wantCheck{OK, "somebody asks", ""}},
		"a version that was set by hand":         {querierFacts{sniffer: blind, versionForced: true, versions: map[string]string{"eth0": "V2"}}, silence, wantCheck{Unknown, "needs root", "sudo picotop doctor --for 140s"}},
		"not permitted to see":                   {querierFacts{sniffer: blind}, silence, wantCheck{Unknown, "needs root", "sudo picotop doctor --for 140s"}},
		"too short to tell":                      {querierFacts{sniffer: sniffing}, silence, wantCheck{Unknown, "too short", "--for 140s"}},
		"nobody in long enough":                  {querierFacts{sniffer: sniffing}, traffic{duration: 140 * time.Second}, wantCheck{Warning, "nobody asked in 140 s", "setcap"}},
		"packets stopped, and came again":        {querierFacts{sniffer: asking}, stopped(5, time.Second), wantCheck{Problem, "forgets that this machine listens: packets stopped for 12 s", "setcap"}},
		"time and again":                         {querierFacts{sniffer: blind}, twice, wantCheck{Problem, "each of the 2 times", "setcap"}},
		"under a service":                        {querierFacts{sniffer: blind, cmdline: cmdline{program: "picotop", service: true}}, twice, wantCheck{Problem, "each of the 2 times", "sudo systemctl edit picotop"}},
		"packets stopped, and came much later":   {querierFacts{sniffer: asking}, stopped(5, 9*time.Second), wantCheck{OK, "asks on eth0", ""}},
		"a slow sensor":                          {querierFacts{sniffer: asking}, slow, wantCheck{OK, "asks on eth0", ""}},
		"packets stopped for good":               {querierFacts{sniffer: blind}, stopped(5, 0), wantCheck{Warning, "did not come again", "--for 2m"}},
		"silent until told anew":                 {querierFacts{sniffer: blind}, stopped(0, time.Second), wantCheck{Warning, "may have forgotten", "--for 2m"}},
		"silent until told anew, held by others": {querierFacts{sniffer: blind, memberBefore: true}, stopped(0, time.Second), wantCheck{Problem, "had forgotten", "setcap"}},
		"silent, held by others":                 {querierFacts{sniffer: blind, memberBefore: true}, silence, wantCheck{Warning, "may have forgotten", "sudo picotop doctor"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.q.links = []link{lo, eth0}
			if tt.q.cmdline.program == "" {
				tt.q.cmdline = testCmdline
			}
			tt.want.compare(t, checkQuerier(tt.q, tt.traffic))
		})
	}
	wantCheck{Unknown, "no network", ""}.compare(t, checkQuerier(querierFacts{links: []link{lo}, sniffer: sniffing}, silence))
}

func TestReversePath(t *testing.T) {
	odd, near, own := toUs, toUs, toUs
	odd.from, own.from = netip.MustParseAddr("198.51.100.7"), eth0.addr
	lan := parseRoutes(routeHeading + lanRoute)
	all := parseRoutes(routeHeading + lanRoute + defaultRoute)
	elsewhere := parseRoutes(routeHeading + strings.ReplaceAll(lanRoute, "eth0", "eth1"))
	counted := func(n string) string { return "TcpExt: A IPReversePathFilter\nTcpExt: 1 " + n + "\n" }
	tests := map[string]struct {
		rp      reversePathFacts
		traffic traffic
		want    wantCheck
	}{
		"off":                             {reversePathFacts{modes: map[string]int{"eth0": 0}, unheard: []stream{odd}, routes: lan}, silence, wantCheck{OK, "nothing away", ""}},
		"strict, and no way back":         {reversePathFacts{modes: map[string]int{"eth0": 1}, unheard: []stream{odd}, routes: lan}, silence, wantCheck{Problem, "198.51.100.7", "all.rp_filter=0"}},
		"strict, and another way back":    {reversePathFacts{modes: map[string]int{"eth0": 1}, unheard: []stream{near}, routes: elsewhere}, silence, wantCheck{Problem, "another way, eth1", "eth0.rp_filter=2"}},
		"strict, and the same way back":   {reversePathFacts{modes: map[string]int{"eth0": 1}, unheard: []stream{near}, routes: lan}, silence, wantCheck{OK, "nothing away", ""}},
		"loose, and some way back":        {reversePathFacts{modes: map[string]int{"eth0": 2}, unheard: []stream{odd}, routes: all}, silence, wantCheck{OK, "nothing away", ""}},
		"loose, and no way back":          {reversePathFacts{modes: map[string]int{"eth0": 2}, unheard: []stream{odd}, routes: lan}, silence, wantCheck{Problem, "no way", "all.rp_filter=0"}},
		"this machine's own address":      {reversePathFacts{modes: map[string]int{"eth0": 0}, unheard: []stream{own}, routes: lan}, silence, wantCheck{Problem, "two devices have it", "DHCP"}},
		"counted, and nothing heard":      {reversePathFacts{before: counted("3"), after: counted("9"), routes: all}, silence, wantCheck{Problem, "threw away 6 packets", "all.rp_filter=2"}},
		"counted, and no way back at all": {reversePathFacts{before: counted("3"), after: counted("9"), routes: lan, modes: map[string]int{"eth0": 1}}, silence, wantCheck{Problem, "threw away 6 packets", "all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0"}},
		"counted, while others are heard": {reversePathFacts{before: counted("3"), after: counted("4"), routes: all}, trafficFrom(2, 0, nil), wantCheck{Warning, "threw away 1 packet while", "rp_filter=2"}},
		"counted, of what came twice":     {reversePathFacts{before: counted("3"), after: counted("4"), routes: append(lan, elsewhere...)}, trafficFrom(2, 0, nil), wantCheck{OK, "kept no Pico out", ""}},
		"counted, and everyone is heard":  {reversePathFacts{before: counted("3"), after: counted("4"), routes: all, sniffed: true}, trafficFrom(2, 0, nil), wantCheck{OK, "kept no Pico out", ""}},
		"not told":                        {reversePathFacts{err: errUnavailable}, silence, wantCheck{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.rp.links = []link{lo, eth0}
			tt.want.compare(t, checkReversePath(tt.rp, tt.traffic))
		})
	}
}

func TestReadReversePathModes(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	got, err := readReversePathModes(fstest.MapFS{
		"sys/net/ipv4/conf/all/rp_filter":  file("1\n"),
		"sys/net/ipv4/conf/eth0/rp_filter": file("2\n"),
		"sys/net/ipv4/conf/lo/rp_filter":   file("0\n"),
	}, []link{lo, eth0})
	if diff := cmp.Diff(map[string]int{"lo": 1, "eth0": 2}, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got):\n%s", err, diff)
	}
}

func TestBuffers(t *testing.T) {
	tests := map[string]struct {
		text string
		err  error
		want wantCheck
	}{
		"as Linux has it": {"212992\n", nil, wantCheck{OK, "at least 256 packets", ""}},
		"tiny":            {"4096\n", nil, wantCheck{Warning, "only 4 packets", "net.core.rmem_max=4194304"}},
		"not told":        {"", errUnavailable, wantCheck{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkBuffers(tt.text, tt.err)) })
	}
}

func TestDrops(t *testing.T) {
	snmp := func(all, room string) string { return "Udp: InErrors RcvbufErrors\nUdp: " + all + " " + room + "\n" }
	losing := []portFact{{number: testPort, holders: []host.SocketOwner{{PID: 7, Program: "picotop", Drops: 5}}}}
	tests := map[string]struct {
		lost dropFacts
		want wantCheck
	}{
		"none":                           {dropFacts{after: snmp("3", "3")}, wantCheck{OK, "no packet away", ""}},
		"mine":                           {dropFacts{ours: 4, after: snmp("7", "7"), rmemMax: "212992\n"}, wantCheck{Warning, "threw away 4 packets that I", "rmem_max"}},
		"mine, and there is room enough": {dropFacts{ours: 4, after: snmp("7", "7"), rmemMax: "4194304\n"}, wantCheck{Warning, "threw away 4 packets that I", "sudo picotop doctor"}},
		"mine, for they were too long":   {dropFacts{ours: 4, after: snmp("7", "3")}, wantCheck{OK, "for want of room", ""}},
		"another picotop's":              {dropFacts{ports: losing, after: snmp("3", "3")}, wantCheck{Warning, "threw away 5 packets that another", "rmem_max"}},
		"those of other programs":        {dropFacts{after: snmp("9", "9")}, wantCheck{OK, "other programs lost 6", ""}},
		"nothing is told of drops":       {dropFacts{err: errUnavailable}, wantCheck{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.lost.before, tt.lost.cmdline = snmp("3", "3"), testCmdline
			tt.want.compare(t, checkDrops(tt.lost))
		})
	}
}

func TestHeard(t *testing.T) {
	ports := []portFact{{number: 11235, state: feed.Listening}, {number: 9999, state: feed.Listening}}
	to := func(addr string, port uint16) []stream {
		return []stream{{from: pico, to: netip.MustParseAddr(addr), port: port, iface: "eth0"}}
	}
	other := heardFacts{otherPorts: to("239.0.0.1", 12345)}
	blind := heardFacts{snifferErr: errors.New("that needs root"), ignored: 7}
	firewall := &Check{Verdict: Problem, Remedy: "sudo nft"}
	eth1 := eth0.excluded(feed.IsDown)
	eth1.Name = "eth1"
	strange := trafficFrom(0, 0, nil)
	strange.packets, strange.senders[0].other, strange.senders[0].types = 3, 3, map[string]bool{"hello": true}
	tests := map[string]struct {
		traffic traffic
		e       heardFacts
		want    wantCheck
	}{
		"temperatures":                {trafficFrom(6, 1, nil), heardFacts{}, wantCheck{OK, "6 temperatures from 1 Pico in 30 s", ""}},
		"and some to another port":    {trafficFrom(6, 1, nil), other, wantCheck{Warning, "port 12345", "picotop --port 11235,9999,12345"}},
		"only to another port":        {silence, other, wantCheck{Problem, "192.0.2.2 sends to port 12345", "picotop --port 11235,9999,12345"}},
		"only to another group":       {silence, heardFacts{otherAddrs: to("239.0.0.2", 9999)}, wantCheck{Problem, "another group, 239.0.0.2", "picotop --group 239.0.0.2"}},
		"to another group and port":   {silence, heardFacts{otherAddrs: to("239.0.0.2", 5005)}, wantCheck{Problem, "another group, 239.0.0.2", "picotop --group 239.0.0.2 --port 5005"}},
		"straight to this machine":    {silence, heardFacts{otherAddrs: to("192.0.2.1", 9999)}, wantCheck{Problem, "this machine alone", "picotop --unicast"}},
		"to everyone":                 {silence, heardFacts{otherAddrs: to("192.0.2.255", 9999)}, wantCheck{Problem, "every machine (broadcast to 192.0.2.255)", "picotop --unicast"}},
		"while one is missed":         {trafficFrom(6, 1, nil), heardFacts{silent: []string{"the Pico Shed (192.0.2.3)"}}, wantCheck{Problem, "the Pico Shed (192.0.2.3) is silent, while another Pico is heard", "replug"}},
		"far too much":                {trafficFrom(60000, 0, nil), heardFacts{}, wantCheck{Warning, "192.0.2.2 sends 2000 packets a second", "ip neigh show 192.0.2.2"}},
		"statuses alone":              {trafficFrom(0, 2, nil), heardFacts{}, wantCheck{Problem, "1 Pico is here, but no temperature", "wiring"}},
		"nothing that can be read":    {trafficFrom(0, 0, map[feed.Reason]int{feed.NotJSON: 3}), heardFacts{}, wantCheck{Problem, "3 packets in 30 s", "ip neigh show 192.0.2.2"}},
		"packets of another kind":     {strange, heardFacts{}, wantCheck{Problem, `their type is "hello"`, "ip neigh show 192.0.2.2"}},
		"nothing":                     {silence, heardFacts{}, wantCheck{Problem, "nothing came from any Pico in 30 s", "picotop doctor --for 2m"}},
		"nothing, for ordinary users": {silence, blind, wantCheck{Problem, "7 multicast or broadcast packets came that no program here listens for", "sudo picotop doctor"}},
		"nothing, and some are lost":  {silence, heardFacts{snifferErr: errUnavailable, undelivered: 9}, wantCheck{Problem, "9 multicast packets reached this machine that no program got", "sudo picotop doctor"}},
		"nothing, for a firewall":     {silence, heardFacts{cause: firewall}, wantCheck{Problem, "nothing came from any Pico", "sudo nft"}},
		"nothing from anybody":        {silence, heardFacts{received: map[string]uint64{"eth0": 0, "lo": 9}}, wantCheck{Problem, "nor anything else through eth0", "--for 2m"}},
		"nothing, and one is down":    {silence, heardFacts{links: []link{lo, eth0, eth1}}, wantCheck{Problem, "eth1 is switched off (down), and the Picos may be there", "sudo ip link set eth1 up"}},
		"nothing but giants":          {silence, heardFacts{oversizedDropped: 3}, wantCheck{Problem, "far too long", "--for 2m"}},
		"no port to listen on":        {traffic{}, heardFacts{}, wantCheck{Unknown, "nothing could be listened to", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.e.cmdline = testCmdline
			if tt.e.links == nil {
				tt.e.links = []link{lo, eth0}
			}
			tt.want.compare(t, checkHeard(tt.traffic, group, ports, tt.e))
		})
	}
}

func TestUnreadable(t *testing.T) {
	bad := map[feed.Reason]int{feed.NotJSON: 3, feed.BadCelsius: 1}
	const who = "ip neigh show 192.0.2.2"
	nan := trafficFrom(2, 0, bad)
	nan.senders[0].samples = map[feed.Reason]sample{
		feed.NotJSON: newSample([]byte(`{"name": "ColdWaterTank", "sensor": "28ff001122334450", "temperature": nan, "type": "temperature"}`)),
	}
	tests := map[string]struct {
		traffic traffic
		long    uint64
		giants  []stream
		want    wantCheck
	}{
		"none":                 {trafficFrom(2, 0, nil), 0, nil, wantCheck{OK, "could be read", ""}},
		"some":                 {trafficFrom(2, 0, bad), 0, nil, wantCheck{Warning, "3 unreadable packets from 192.0.2.2: not JSON", who}},
		"nan":                  {nan, 0, nil, wantCheck{Warning, "3 unreadable packets from 192.0.2.2: not JSON, such as nan at byte 71", who}},
		"all":                  {trafficFrom(0, 0, bad), 0, nil, wantCheck{Problem, "3 unreadable packets from 192.0.2.2: not JSON", who}},
		"sent to this machine": {trafficFrom(0, 0, map[feed.Reason]int{feed.NotOurGroup: 9}), 0, nil, wantCheck{OK, "could be read", ""}},
		"giants":               {silence, 9, []stream{toUs}, wantCheck{Problem, "192.0.2.2 sends packets to port 11235 that are far too long", who}},
		"giants of somebody":   {silence, 9, nil, wantCheck{Problem, "9 packets came that were far too long", "sudo picotop doctor"}},
		"nothing to hear at":   {traffic{}, 0, nil, wantCheck{Unknown, "nothing could", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkUnreadable(tt.traffic, tt.long, tt.giants, testCmdline)) })
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		now, newest time.Time
		synced      bool
		err         error
		want        wantCheck
	}{
		"set by the network":          {now, now.Add(-time.Hour), true, nil, wantCheck{OK, "is set by the network", ""}},
		"not set by the network":      {now, time.Time{}, false, nil, wantCheck{Warning, "is not set", "timedatectl"}},
		"as after a start without it": {time.Unix(0, 0).UTC(), time.Time{}, false, nil, wantCheck{Problem, "1970-01-01 00:00 UTC, which cannot be", "timedatectl"}},
		"behind its own history":      {now, now.Add(48 * time.Hour), true, nil, wantCheck{Problem, "one of them is wrong", "timedatectl"}},
		"not told":                    {now, time.Time{}, false, errUnavailable, wantCheck{Unknown, "could not be seen", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want.compare(t, checkClock(tt.now, tt.newest, tt.synced, tt.err))
		})
	}
}

func TestData(t *testing.T) {
	well := store{dir: "/d", parent: "/d", exists: true, owner: "pi", free: 1 << 30}
	change := func(f func(*store)) store { s := well; f(&s); return s }
	tests := map[string]struct {
		store store
		want  wantCheck
	}{
		"well":                   {well, wantCheck{OK, "kept in /d; 1024 MB", ""}},
		"to be made":             {change(func(s *store) { s.exists, s.parent = false, "/" }), wantCheck{OK, "will be made", ""}},
		"no place for it":        {store{}, wantCheck{Unknown, "HOME", "picotop doctor --data DIR"}},
		"another user's":         {change(func(s *store) { s.writeErr = syscall.EACCES }), wantCheck{Problem, "belongs to pi and cannot be written", "sudo chown -R"}},
		"that cannot be made":    {change(func(s *store) { s.exists, s.parent, s.writeErr = false, "/", syscall.EACCES }), wantCheck{Problem, "cannot be made", "sudo install -d"}},
		"kept by the service":    {change(func(s *store) { s.writeErr, s.pid, s.program = syscall.EACCES, 7, "picotop" }), wantCheck{OK, "is kept by picotop", ""}},
		"on a read-only card":    {change(func(s *store) { s.readOnly = true }), wantCheck{Problem, "read-only", "findmnt -T /d"}},
		"on a full disk":         {change(func(s *store) { s.free = 1 << 20 }), wantCheck{Problem, "full (1 MB left)", "df -h /d"}},
		"on a nearly full disk":  {change(func(s *store) { s.free = 100 << 20 }), wantCheck{Warning, "nearly full", "df -h /d"}},
		"a file is in the way":   {change(func(s *store) { s.isFile = true }), wantCheck{Problem, "not a directory", "mv /d /d.old"}},
		"on a disk not told of":  {change(func(s *store) { s.diskErr = errUnavailable }), wantCheck{Unknown, "not told", ""}},
		"with no room for files": {change(func(s *store) { s.noInodes = true }), wantCheck{Problem, "no more files", "df -i /d"}},
		"damaged":                {change(func(s *store) { s.faults.Damaged = []string{"01H: bad"} }), wantCheck{Warning, "is damaged", "picotop history info --data /d"}},
		"of a newer picotop":     {change(func(s *store) { s.faults.Refused = errUnavailable }), wantCheck{Problem, "not for this picotop", "--data DIR"}},
		"of a stopped service":   {change(func(s *store) { s.otherUser, s.writeErr = true, syscall.EACCES }), wantCheck{OK, "nobody has the history in /d open", ""}},
		"that may not be seen":   {change(func(s *store) { s.otherUser, s.noAccess = true, true }), wantCheck{Unknown, "by root only", "sudo picotop doctor"}},
		"with a space in a path": {change(func(s *store) { s.dir, s.parent, s.writeErr = "/a b", "/a b", syscall.EACCES }), wantCheck{Problem, "/a b", "'/a b'"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkStore(tt.store, testCmdline)) })
	}
}

func TestDataInSeveralStores(t *testing.T) {
	mine := store{dir: "/mine", parent: "/mine", exists: true, free: 1 << 30}
	service := store{dir: "/service", parent: "/service", exists: true, free: 1 << 20, otherUser: true}
	hidden := store{dir: "/service", otherUser: true, noAccess: true}
	tests := map[string]struct {
		stores  []store
		running *Instance
		want    wantCheck
	}{
		"none":                       {nil, nil, wantCheck{Unknown, "HOME", "--data DIR"}},
		"the service's disk is full": {[]store{mine, service}, nil, wantCheck{Problem, "/service is full", "df -h /service"}},
		"the service's is hidden":    {[]store{mine, hidden}, nil, wantCheck{OK, "/mine", ""}},
		"the service cannot store":   {[]store{mine}, &Instance{PID: 7, StoreError: "disk full: 3 readings wait"}, wantCheck{Problem, "(pid 7) cannot store what it hears: disk full", "_PID=7"}},
		"the service is well":        {[]store{mine}, &Instance{PID: 7}, wantCheck{OK, "/mine", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkData(tt.stores, tt.running, testCmdline)) })
	}
}
