package doctor

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"picotop/feed"
)

var errNotTold = errors.New("not told")

// A judgement is what a table expects of a check: words of its text and of its
// remedy.
type judgement struct {
	verdict      Verdict
	text, remedy string
}

func (j judgement) compare(t *testing.T, got *Check) {
	t.Helper()
	if got.Verdict != j.verdict || !strings.Contains(got.Text, j.text) || !strings.Contains(got.Remedy, j.remedy) ||
		(j.remedy == "") != (got.Remedy == "") {
		t.Errorf("got  %s: %s; try %q\nwant %s: %s; try %q", got.Verdict, got.Text, got.Remedy, j.verdict, j.text, j.remedy)
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

// without changes a link.
func (l link) without(why string) link {
	l.joined, l.why = false, why
	return l
}

func TestInterfaces(t *testing.T) {
	out := eth0
	out.Flags &^= net.FlagRunning
	tests := map[string]struct {
		links []link
		err   error
		want  judgement
	}{
		"a network":               {[]link{lo, eth0}, nil, judgement{OK, "through eth0 (192.0.2.1)", ""}},
		"no cable":                {[]link{lo, out}, nil, judgement{Problem, "eth0 is not connected", "ip link show eth0"}},
		"no address":              {[]link{lo, eth0.without("no IPv4 address")}, nil, judgement{Problem, "eth0 has no IPv4 address", "nmcli device connect eth0"}},
		"down":                    {[]link{lo, eth0.without("down")}, nil, judgement{Problem, "switched off", "sudo ip link set eth0 up"}},
		"lo alone, as asked for":  {[]link{lo, eth0.without("not asked for")}, nil, judgement{OK, "only this machine itself", ""}},
		"nothing at all":          {nil, nil, judgement{Problem, "no network", "ip address"}},
		"one that is not there":   {nil, &feed.JoinError{Group: "239.0.0.1", Interface: "eth7", Able: []string{"eth0"}, Err: errNotTold}, judgement{Problem, `"eth7"`, "--interface eth0"}},
		"containers beside a LAN": {[]link{eth0, eth0.without("container bridge")}, nil, judgement{OK, "through eth0", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkInterfaces(tt.links, tt.err)) })
	}
}

const igmpTable = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n" +
	"1\tlo        :     2      V3\n\t\t\t\t010000EF     1 0:00000000\t\t0\n\t\t\t\t010000E0     1 0:00000000\t\t0\n" +
	"2\teth0      :     2      V2\n\t\t\t\t010000EF     2 1:000000A3\t\t1\n"

func TestMemberships(t *testing.T) {
	want := map[string]membership{"lo": {querier: "V3", users: 1}, "eth0": {querier: "V2", users: 2, asked: true}}
	got := memberships(igmpTable, group)
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(membership{})); diff != "" {
		t.Errorf("memberships (-want +got):\n%s", diff)
	}
	tests := map[string]struct {
		links []link
		after string
		err   error
		want  judgement
	}{
		"listed":            {[]link{lo, eth0}, igmpTable, nil, judgement{OK, "lo and eth0", ""}},
		"not listed":        {[]link{lo, eth0}, "", nil, judgement{Problem, "does not list group 239.0.0.1 on lo and eth0", "/proc/net/igmp"}},
		"nothing joined":    {nil, igmpTable, nil, judgement{Unknown, "no interface", ""}},
		"no table anywhere": {[]link{eth0}, "", errNotTold, judgement{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkMembership(group, tt.links, "", tt.after, tt.err)) })
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
		want  judgement
	}{
		"none for multicast":            {routeHeading + defaultRoute + lanRoute, nil, judgement{OK, "none is needed", ""}},
		"none at all":                   {routeHeading, nil, judgement{OK, "none is needed", ""}},
		"for multicast, leading astray": {routeHeading + defaultRoute + multicastRoute, nil, judgement{Warning, "leads to eth1", "sudo ip route del 224.0.0.0/4 dev eth1"}},
		"for multicast, as joined":      {routeHeading + strings.Replace(multicastRoute, "eth1", "eth0", 1), nil, judgement{OK, "is eth0", ""}},
		"not told":                      {"", errNotTold, judgement{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkRoutes(group, []link{eth0}, tt.table, tt.err)) })
	}
}

func TestPorts(t *testing.T) {
	tests := map[string]struct {
		port portFact
		want judgement
	}{
		"free":                        {portFact{state: feed.Listening}, judgement{OK, "free", ""}},
		"shared":                      {portFact{state: feed.Listening, holders: []feed.Holder{{PID: 7, Program: "picotop"}}}, judgement{OK, "shared", ""}},
		"blocked by a service":        {portFact{state: feed.Blocked, holders: []feed.Holder{{PID: 7, Program: "python3 x.py", Unit: "temps.service"}}}, judgement{Problem, "temps.service", "sudo systemctl disable --now temps.service"}},
		"blocked by my own program":   {portFact{state: feed.Blocked, holders: []feed.Holder{{UID: 1000, PID: 7, Program: "python3 x.py"}}}, judgement{Problem, "python3 x.py (pid 7)", "kill 7"}},
		"blocked by root's program":   {portFact{state: feed.Blocked, holders: []feed.Holder{{PID: 7, Program: "python3 x.py"}}}, judgement{Problem, "python3 x.py (pid 7)", "sudo kill 7"}},
		"blocked by one not seen":     {portFact{state: feed.Blocked, holders: []feed.Holder{{UID: 33}}}, judgement{Problem, "a program of user 33", "sudo ss -ulpn 'sport = :11235'"}},
		"blocked, and nothing listed": {portFact{state: feed.Blocked, err: errNotTold}, judgement{Problem, "another program", "sudo ss"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.port.number = testPort
			tt.want.compare(t, checkPorts([]portFact{tt.port}, 1000))
		})
	}
}

// heardFrom is a hearing of one sender.
func heardFrom(temperatures, statuses int, refused map[feed.Reason]int) heard {
	s := sender{addr: pico, temperatures: temperatures, statuses: statuses, refused: refused}
	return heard{lasted: 30 * time.Second, packets: s.packets() + s.unreadable(), senders: []sender{s}}
}

var nothing = heard{lasted: 30 * time.Second}

func TestFirewall(t *testing.T) {
	back, lost := map[int]feed.OwnPacket{2: feed.CameBack}, map[int]feed.OwnPacket{2: feed.Lost}
	tests := map[string]struct {
		fates map[int]feed.OwnPacket
		err   error
		heard heard
		kept  []seen
		want  judgement
	}{
		"open":                                 {back, nil, nothing, nil, judgement{OK, "came back on eth0", ""}},
		"closed":                               {lost, nil, nothing, nil, judgement{Problem, "keeps packets out", "sudo"}},
		"open for the Picos' ports alone":      {lost, nil, heardFrom(3, 0, nil), nil, judgement{OK, "lets in what Picos send", ""}},
		"seen on the wire and not heard":       {back, nil, nothing, []seen{{pico, testPort, "eth0"}}, judgement{Problem, "from 192.0.2.2 reach eth0", "sudo"}},
		"nothing could be tried":               {nil, nil, nothing, nil, judgement{Unknown, "no interface", ""}},
		"a socket that is not to be had":       {nil, errNotTold, nothing, nil, judgement{Unknown, "not told", ""}},
		"an interface that could not be tried": {map[int]feed.OwnPacket{}, nil, nothing, nil, judgement{Unknown, "no test packet", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want.compare(t, checkFirewall([]link{eth0}, tt.fates, tt.err, tt.heard, tt.kept, "sudo x"))
		})
	}
}

func TestHowToOpenAFirewall(t *testing.T) {
	for tool, want := range map[string]string{
		"ufw": "sudo ufw allow in proto udp to 239.0.0.1", "iptables": "sudo iptables -I INPUT -d 239.0.0.1 -p udp -j ACCEPT",
		"nft": "sudo nft list ruleset", "": "sudo nft list ruleset",
	} {
		if got := letIn(group, func(name string) bool { return name == tool }); got != want {
			t.Errorf("with %q: %q, want %q", tool, got, want)
		}
	}
}

func TestQuerier(t *testing.T) {
	blind, sighted := &wire{err: errors.New("that needs root")}, newWire()
	asking := &wire{queries: []query{{netip.MustParseAddr("192.0.2.254"), "eth0"}}}
	tests := map[string]struct {
		q     querying
		heard heard
		want  judgement
	}{
		"seen on the wire":                       {querying{wire: asking}, nothing, judgement{OK, "192.0.2.254 asks on eth0", ""}},
		"the kernel is about to answer":          {querying{wire: blind, asked: map[string]bool{"eth0": true}}, nothing, judgement{OK, "somebody asks on eth0", ""}},
		"an old one, as the kernel noted":        {querying{wire: blind, old: map[string]string{"eth0": "V2"}}, nothing, judgement{OK, "somebody asks", ""}},
		"a version that was set by hand":         {querying{wire: blind, forced: true, old: map[string]string{"eth0": "V2"}}, nothing, judgement{Unknown, "needs root", "sudo picotop doctor --for 140s"}},
		"not permitted to see":                   {querying{wire: blind}, nothing, judgement{Unknown, "needs root", "sudo picotop doctor --for 140s"}},
		"too short to tell":                      {querying{wire: sighted}, nothing, judgement{Unknown, "too short", "--for 140s"}},
		"nobody in long enough":                  {querying{wire: sighted}, heard{lasted: 140 * time.Second}, judgement{Warning, "nobody asked in 140 s", ""}},
		"packets stopped, and came again":        {querying{wire: blind}, heard{lasted: time.Minute, packets: 9, toldAnew: true, before: 5, after: 4, drought: 9 * time.Second}, judgement{Problem, "forgets that this machine listens", "setcap"}},
		"packets stopped for good":               {querying{wire: blind}, heard{lasted: time.Minute, packets: 5, toldAnew: true, before: 5, drought: 9 * time.Second}, judgement{Warning, "did not come again", "--for 2m"}},
		"silent until told anew":                 {querying{wire: blind}, heard{lasted: time.Minute, packets: 1, toldAnew: true, after: 1, drought: 15 * time.Second}, judgement{Warning, "may have forgotten", "--for 2m"}},
		"silent until told anew, held by others": {querying{wire: blind, held: true}, heard{lasted: time.Minute, packets: 1, toldAnew: true, after: 1, drought: 15 * time.Second}, judgement{Problem, "had forgotten", "setcap"}},
		"silent, held by others":                 {querying{wire: blind, held: true}, nothing, judgement{Warning, "may have forgotten", "sudo picotop doctor"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.q.links = []link{lo, eth0}
			tt.want.compare(t, checkQuerier(tt.q, tt.heard))
		})
	}
	judgement{Unknown, "no network", ""}.compare(t, checkQuerier(querying{links: []link{lo}, wire: sighted}, nothing))
}

func TestReversePath(t *testing.T) {
	odd := seen{netip.MustParseAddr("198.51.100.7"), testPort, "eth0"}
	near := seen{pico, testPort, "eth0"}
	lan := readRoutes(routeHeading + lanRoute)
	all := readRoutes(routeHeading + lanRoute + defaultRoute)
	elsewhere := readRoutes(routeHeading + strings.ReplaceAll(lanRoute, "eth0", "eth1"))
	counted := func(n string) string { return "TcpExt: A IPReversePathFilter\nTcpExt: 1 " + n + "\n" }
	tests := map[string]struct {
		rp    reversePath
		heard heard
		want  judgement
	}{
		"off":                             {reversePath{modes: map[string]int{"eth0": 0}, kept: []seen{odd}, routes: lan}, nothing, judgement{OK, "nothing away", ""}},
		"strict, and no way back":         {reversePath{modes: map[string]int{"eth0": 1}, kept: []seen{odd}, routes: lan}, nothing, judgement{Problem, "198.51.100.7", "all.rp_filter=0"}},
		"strict, and another way back":    {reversePath{modes: map[string]int{"eth0": 1}, kept: []seen{near}, routes: elsewhere}, nothing, judgement{Problem, "another way, eth1", "eth0.rp_filter=2"}},
		"strict, and the same way back":   {reversePath{modes: map[string]int{"eth0": 1}, kept: []seen{near}, routes: lan}, nothing, judgement{OK, "nothing away", ""}},
		"loose, and some way back":        {reversePath{modes: map[string]int{"eth0": 2}, kept: []seen{odd}, routes: all}, nothing, judgement{OK, "nothing away", ""}},
		"loose, and no way back":          {reversePath{modes: map[string]int{"eth0": 2}, kept: []seen{odd}, routes: lan}, nothing, judgement{Problem, "no way", "all.rp_filter=0"}},
		"counted, and nothing heard":      {reversePath{before: counted("3"), after: counted("9")}, nothing, judgement{Problem, "threw away 6 packets", "rp_filter=2"}},
		"counted, while others are heard": {reversePath{before: counted("3"), after: counted("4")}, heardFrom(2, 0, nil), judgement{Warning, "threw away 1 packet while", "rp_filter=2"}},
		"not told":                        {reversePath{err: errNotTold}, nothing, judgement{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, tt.rp.check(tt.heard)) })
	}
}

func TestTheStricterModeOfTheReversePathFilterCounts(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	got, err := readReversePath(fstest.MapFS{
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
		want judgement
	}{
		"as Linux has it": {"212992\n", nil, judgement{OK, "at least 256 packets", ""}},
		"tiny":            {"4096\n", nil, judgement{Warning, "only 4 packets", "net.core.rmem_max=1048576"}},
		"not told":        {"", errNotTold, judgement{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkBuffers(tt.text, tt.err)) })
	}
}

func TestDrops(t *testing.T) {
	snmp := func(n string) string { return "Udp: InDatagrams RcvbufErrors\nUdp: 5 " + n + "\n" }
	losing := []portFact{{number: testPort, holders: []feed.Holder{{PID: 7, Program: "picotop", Drops: 5}}}}
	tests := map[string]struct {
		own   uint64
		ports []portFact
		after string
		err   error
		want  judgement
	}{
		"none":                     {0, nil, snmp("3"), nil, judgement{OK, "no packet away", ""}},
		"mine":                     {4, nil, snmp("7"), nil, judgement{Warning, "threw away 4 packets that I", "rmem_max"}},
		"another picotop's":        {0, losing, snmp("3"), nil, judgement{Warning, "threw away 5 packets that another", "rmem_max"}},
		"those of other programs":  {0, nil, snmp("9"), nil, judgement{OK, "other programs lost 6", ""}},
		"nothing is told of drops": {0, nil, "", errNotTold, judgement{Unknown, "does not tell", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.want.compare(t, checkDrops(tt.own, tt.ports, snmp("3"), tt.after, tt.err))
		})
	}
}

func TestWhatWasHeard(t *testing.T) {
	ports := []portFact{{number: 11235, state: feed.Listening}, {number: 9999, state: feed.Listening}}
	other := elsewhere{streams: []seen{{pico, 12345, "eth0"}}}
	blind := elsewhere{wireErr: errors.New("that needs root"), ignored: 7}
	tests := map[string]struct {
		heard heard
		e     elsewhere
		want  judgement
	}{
		"temperatures":                {heardFrom(6, 1, nil), elsewhere{}, judgement{OK, "6 temperatures from 1 Pico in 30 s", ""}},
		"and some to another port":    {heardFrom(6, 1, nil), other, judgement{Warning, "port 12345", "picotop --port 11235,9999,12345"}},
		"only to another port":        {nothing, other, judgement{Problem, "192.0.2.2 sends to port 12345", "picotop --port 11235,9999,12345"}},
		"statuses alone":              {heardFrom(0, 2, nil), elsewhere{}, judgement{Problem, "1 Pico is here, but no temperature", ""}},
		"nothing that can be read":    {heardFrom(0, 0, map[feed.Reason]int{feed.NotJSON: 3}), elsewhere{}, judgement{Problem, "3 packets in 30 s", "picotop doctor --for 2m"}},
		"nothing":                     {nothing, elsewhere{}, judgement{Problem, "nothing came", "picotop doctor --for 2m"}},
		"nothing, for ordinary users": {nothing, blind, judgement{Problem, "nothing came", "sudo picotop doctor"}},
		"no port to listen on":        {heard{}, elsewhere{}, judgement{Unknown, "nothing could be listened to", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkHeard(tt.heard, ports, tt.e)) })
	}
}

func TestUnreadable(t *testing.T) {
	bad := map[feed.Reason]int{feed.NotJSON: 3, feed.BadCelsius: 1}
	tests := map[string]struct {
		heard heard
		want  judgement
	}{
		"none":               {heardFrom(2, 0, nil), judgement{OK, "could be read", ""}},
		"some":               {heardFrom(2, 0, bad), judgement{Warning, "3 unreadable packets from 192.0.2.2: not JSON", ""}},
		"all":                {heardFrom(0, 0, bad), judgement{Problem, "3 unreadable packets from 192.0.2.2: not JSON", ""}},
		"nothing to hear at": {heard{}, judgement{Unknown, "nothing could", ""}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkUnreadable(tt.heard)) })
	}
}

func TestClock(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		now, newest time.Time
		synced      bool
		err         error
		want        judgement
	}{
		"set by the network":          {now, now.Add(-time.Hour), true, nil, judgement{OK, "is set by the network", ""}},
		"not set by the network":      {now, time.Time{}, false, nil, judgement{Warning, "is not set", "timedatectl"}},
		"as after a start without it": {time.Unix(0, 0).UTC(), time.Time{}, false, nil, judgement{Problem, "1970-01-01 00:00 UTC, which cannot be", "timedatectl"}},
		"behind its own history":      {now, now.Add(48 * time.Hour), true, nil, judgement{Problem, "one of them is wrong", "timedatectl"}},
		"not told":                    {now, time.Time{}, false, errNotTold, judgement{Unknown, "could not be seen", ""}},
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
		want  judgement
	}{
		"well":                   {well, judgement{OK, "kept in /d; 1024 MB", ""}},
		"to be made":             {change(func(s *store) { s.exists, s.parent = false, "/" }), judgement{OK, "will be made", ""}},
		"no place for it":        {store{}, judgement{Unknown, "HOME", "--data DIR"}},
		"another user's":         {change(func(s *store) { s.writable = syscall.EACCES }), judgement{Problem, "belongs to pi and cannot be written", "sudo chown -R"}},
		"that cannot be made":    {change(func(s *store) { s.exists, s.parent, s.writable = false, "/", syscall.EACCES }), judgement{Problem, "cannot be made", "sudo install -d"}},
		"kept by the service":    {change(func(s *store) { s.writable, s.pid, s.program = syscall.EACCES, 7, "picotop" }), judgement{OK, "is kept by picotop", ""}},
		"on a read-only card":    {change(func(s *store) { s.readOnly = true }), judgement{Problem, "read-only", "findmnt -T /d"}},
		"on a full disk":         {change(func(s *store) { s.free = 1 << 20 }), judgement{Problem, "full (1 MB left)", "df -h /d"}},
		"on a nearly full disk":  {change(func(s *store) { s.free = 100 << 20 }), judgement{Warning, "nearly full", "df -h /d"}},
		"a file is in the way":   {change(func(s *store) { s.isFile = true }), judgement{Problem, "not a directory", "mv /d /d.old"}},
		"on a disk not told of":  {change(func(s *store) { s.diskErr = errNotTold }), judgement{Unknown, "not told", ""}},
		"with a space in a path": {change(func(s *store) { s.dir, s.parent, s.writable = "/a b", "/a b", syscall.EACCES }), judgement{Problem, "/a b", "'/a b'"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { tt.want.compare(t, checkData(tt.store)) })
	}
}

func TestLookingAtADirectoryChangesNothing(t *testing.T) {
	dir := t.TempDir()
	s := lookAt(filepath.Join(dir, "a", "b"), fstest.MapFS{})
	if s.exists || s.parent != dir || s.writable != nil {
		t.Errorf("a directory to be made: %+v", s)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("it left %v, error %v", entries, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if s := lookAt(filepath.Join(dir, "file", "b"), fstest.MapFS{}); !s.isFile {
		t.Errorf("a file in the way: %+v", s)
	}
}

func TestWhoHoldsALock(t *testing.T) {
	table := []byte("1: POSIX  ADVISORY  WRITE 5 08:02:4711 0 EOF\n2: FLOCK  ADVISORY  WRITE 812 08:02:4711 0 EOF\n2: -> FLOCK  ADVISORY  WRITE 813 08:02:4711 0 EOF\n")
	if pid := lockHolder(table, 4711); pid != 812 {
		t.Errorf("pid %d", pid)
	}
	if pid := lockHolder(table, 711); pid != 0 {
		t.Errorf("a lock on another file: pid %d", pid)
	}
}
