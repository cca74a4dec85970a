package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/time/rate"
)

var group = netip.MustParseAddr("239.0.0.1")

// freePort is a UDP port that nobody uses, so that no other program's packets
// are heard.
func freePort(tb testing.TB) uint16 {
	tb.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
}

// sender returns a function that sends a payload to the group on the loopback
// interface.
func sender(tb testing.TB, port uint16) func(payload []byte) {
	tb.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	p := ipv4.NewPacketConn(c)
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		tb.Skip("no interface named lo")
	}
	if err := errors.Join(p.SetMulticastInterface(lo), p.SetMulticastTTL(0), p.SetMulticastLoopback(true)); err != nil {
		tb.Fatal(err)
	}
	to := net.UDPAddrFromAddrPort(netip.AddrPortFrom(group, port))
	return func(payload []byte) {
		if _, err := c.WriteTo(payload, to); err != nil {
			tb.Fatal(err)
		}
	}
}

// run starts a Listener on lo, waits until every port is past opening, and
// stops it at the end of the test.
func run(tb testing.TB, ports []uint16, out chan Packet) *Listener {
	tb.Helper()
	l := New(Config{
		Group: group, Ports: ports, Interfaces: []string{"lo"},
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx, out) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			tb.Errorf("Run: %v", err)
		}
	})
	eventually(tb, "every port to be past opening", func() bool {
		h := l.Health()
		for _, p := range h.Ports {
			if p.State == Opening {
				return false
			}
		}
		return len(h.Interfaces) > 0
	})
	return l
}

// eventually waits for what another goroutine or the kernel is about to do.
func eventually(tb testing.TB, what string, is func() bool) {
	tb.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			tb.Fatalf("waited 10 s for %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestListenerHearsAllPortsAndCountsWhatItRefuses(t *testing.T) {
	one, two := freePort(t), freePort(t)
	out := make(chan Packet, 16)
	l := run(t, []uint16{one, two}, out)
	send := map[uint16]func([]byte){one: sender(t, one), two: sender(t, two)}

	send[one]([]byte(`{"type":"temperature","name":"Loft","sensor":"28ff02","temperature":4}`))
	got := <-out
	if got.Sensor != "28ff02" || got.Port != one || got.From.Addr() != netip.MustParseAddr("127.0.0.1") || got.Heard.IsZero() {
		t.Errorf("heard %+v", got)
	}
	send[two]([]byte(`{"type":"status","name":"Shed","status":"API 200 OK"}`))
	if got := <-out; got.Kind != Status || got.Port != two {
		t.Errorf("heard %+v", got)
	}

	refused := map[Reason][]byte{
		Empty:    {},
		Oversize: bytes.Repeat([]byte("x"), MaxDatagram+1),
		NotUTF8:  {0xff, 0xfe},
		NotJSON:  []byte(`nan`),
	}
	for _, payload := range refused {
		send[one](payload)
	}
	eventually(t, "the refusals to be counted", func() bool { return l.Health().RefusedTotal() == 4 })
	h := l.Health()
	for _, r := range h.Refused {
		want := uint64(0)
		if _, ok := refused[r.Reason]; ok {
			want = 1
		}
		if r.Count != want {
			t.Errorf("refused as %s: %d, want %d", r.Reason, r.Count, want)
		}
	}
	if h.Datagrams() != 6 || !h.Ready() || h.LastHeard.IsZero() || h.LastRefused.Reason == "" {
		t.Errorf("health %+v", h)
	}
}

func TestUnicastIsRefused(t *testing.T) {
	port := freePort(t)
	l := run(t, []uint16{port}, make(chan Packet))
	c, err := net.Dial("udp4", netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port).String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write([]byte(`{"sensor":"28ff02","temperature":4}`)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the datagram to be refused", func() bool { return l.Health().LastRefused.Reason == NotOurGroup })
}

func TestWhatIsForUs(t *testing.T) {
	here, there := netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("192.0.2.11")
	tests := map[string]struct {
		cfg  Config
		to   netip.Addr
		want bool
	}{
		"the group":                         {to: group, want: true},
		"another group":                     {to: netip.MustParseAddr("239.0.0.2")},
		"this host":                         {to: here},
		"this host, if that is accepted":    {cfg: Config{Unicast: true}, to: here, want: true},
		"the group, if unicast is accepted": {cfg: Config{Unicast: true}, to: group, want: true},
		"another group, if unicast is":      {cfg: Config{Unicast: true}, to: netip.MustParseAddr("239.0.0.2")},
		"the one address of this host":      {cfg: Config{Unicast: true, Bind: here}, to: here, want: true},
		"another address of this host":      {cfg: Config{Unicast: true, Bind: here}, to: there},
		"the system did not say where to":   {cfg: Config{Unicast: true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.cfg.Group = group
			if got := tt.cfg.wants(tt.to); got != tt.want {
				t.Errorf("wanted: %v", got)
			}
		})
	}
}

func TestAFullQueueDropsAndCounts(t *testing.T) {
	port := freePort(t)
	l := run(t, []uint16{port}, make(chan Packet))
	sender(t, port)([]byte(`{"sensor":"28ff02","temperature":4}`))
	eventually(t, "the packet to be dropped", func() bool { return l.Health().LastRefused.Reason == QueueFull })
}

func TestABlockedPortDoesNotStopTheOthers(t *testing.T) {
	blocked, free := freePort(t), freePort(t)
	holder, err := net.ListenPacket("udp4", netip.AddrPortFrom(netip.IPv4Unspecified(), blocked).String())
	if err != nil {
		t.Fatal(err)
	}
	out := make(chan Packet, 1)
	l := run(t, []uint16{blocked, free}, out)
	h := l.Health()
	if h.Ready() || h.Ports[0].State != Blocked || !strings.Contains(h.Ports[0].Why, "another program") {
		t.Errorf("health with a blocked port: %+v", h)
	}
	if runtime.GOOS == "linux" {
		self := fmt.Sprintf("pid %d)", os.Getpid())
		eventually(t, "the holder to be named", func() bool { return strings.Contains(l.Health().Ports[0].Holder, self) })
	}
	sender(t, free)([]byte(`{"sensor":"28ff02","temperature":4}`))
	<-out

	_ = holder.Close()
	eventually(t, "the port to be taken when it is free", func() bool { return l.Health().Ready() })
	sender(t, blocked)([]byte(`{"sensor":"28ff02","temperature":4}`))
	if got := <-out; got.Port != blocked {
		t.Errorf("heard %+v", got)
	}
}

func TestAnInterfaceThatIsNotThere(t *testing.T) {
	l := New(Config{
		Group: group, Ports: []uint16{freePort(t)}, Interfaces: []string{"eth77"},
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	err := l.Run(context.Background(), make(chan Packet))
	var join *JoinError
	if !errors.As(err, &join) || join.Interface != "eth77" {
		t.Fatalf("Run: %v, want a JoinError for eth77", err)
	}
	if want := `cannot join multicast group 239.0.0.1 on interface "eth77": no such network interface, and none with this address`; err.Error() != want {
		t.Errorf("error\n got %s\nwant %s", err, want)
	}
	if !slices.Contains(join.Able, "lo") {
		t.Errorf("it can hear on %v", join.Able)
	}
}

func TestWhichInterfacesAreJoined(t *testing.T) {
	up := net.FlagUp | net.FlagMulticast
	home := netip.MustParseAddr("192.0.2.10")
	tests := map[string]struct {
		in     net.Interface
		addrs  []netip.Addr
		wanted []string
		why    string
	}{
		"a network card":                {in: net.Interface{Name: "eth0", Flags: up}, addrs: []netip.Addr{home}},
		"lo, which claims to be deaf":   {in: net.Interface{Name: "lo", Flags: net.FlagUp | net.FlagLoopback}, addrs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}},
		"a card that is down":           {in: net.Interface{Name: "eth0", Flags: net.FlagMulticast}, addrs: []netip.Addr{home}, why: "down"},
		"a card without an address":     {in: net.Interface{Name: "eth0", Flags: up}, why: "no IPv4 address"},
		"a tunnel":                      {in: net.Interface{Name: "tun0", Flags: net.FlagUp}, addrs: []netip.Addr{home}, why: "cannot hear multicast"},
		"Docker's bridge":               {in: net.Interface{Name: "docker0", Flags: up}, addrs: []netip.Addr{home}, why: "container bridge"},
		"a Docker network's bridge":     {in: net.Interface{Name: "br-0123456789ab", Flags: up}, addrs: []netip.Addr{home}, why: "container bridge"},
		"a bridge that someone named":   {in: net.Interface{Name: "br-lan", Flags: up}, addrs: []netip.Addr{home}},
		"a container's end":             {in: net.Interface{Name: "veth12ab34c", Flags: up}, why: "no IPv4 address"},
		"a virtual cable of one's own":  {in: net.Interface{Name: "veth0", Flags: up}, addrs: []netip.Addr{home}},
		"a container bridge, asked for": {in: net.Interface{Name: "docker0", Flags: up}, addrs: []netip.Addr{home}, wanted: []string{"docker0"}},
		"asked for by address":          {in: net.Interface{Name: "eth0", Flags: up}, addrs: []netip.Addr{home}, wanted: []string{"192.0.2.10"}},
		"another one was asked for":     {in: net.Interface{Name: "eth0", Flags: up}, addrs: []netip.Addr{home}, wanted: []string{"wlan0"}, why: "not asked for"},
		"asked for, without an address": {in: net.Interface{Name: "eth0", Flags: up}, wanted: []string{"eth0"}},
		"asked for, and down":           {in: net.Interface{Name: "eth0", Flags: net.FlagMulticast}, wanted: []string{"eth0"}, why: "down"},
		"asked for, and cannot hear it": {in: net.Interface{Name: "tun0", Flags: net.FlagUp}, wanted: []string{"tun0"}, why: "cannot hear multicast"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := unfit(tt.in, tt.addrs, tt.wanted); got != tt.why {
				t.Errorf("left out because %q, want %q", got, tt.why)
			}
		})
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	port := freePort(t)
	s, err := openSocket(context.Background(), group, port)
	if err != nil {
		t.Fatal(err)
	}
	defer s.conn.Close()
	list, err := interfaces([]string{"lo"})
	if err != nil {
		t.Fatal(err)
	}
	s.join(list)
	send := sender(t, port)
	payload := []byte(`{"sensor":"28ff02","temperature":4}`)
	const runs = 100
	for range runs + 1 {
		send(payload)
	}
	buf, oob := make([]byte, MaxDatagram+1), newControlMessage()
	allocs := testing.AllocsPerRun(runs, func() {
		d, err := s.read(buf, oob)
		if err != nil || d.To != netip.AddrPortFrom(group, port) || d.Interface == 0 || len(d.Payload) != len(payload) {
			t.Fatalf("read %+v, %v", d, err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations per datagram, want 0", allocs)
	}
}

// BenchmarkReceive measures one datagram from the sender's system call to the
// channel.
func BenchmarkReceive(b *testing.B) {
	port := freePort(b)
	out := make(chan Packet, 4096)
	l := run(b, []uint16{port}, out)
	l.limits.total.SetLimit(rate.Inf)
	var hosts []func(string) // as many as let none of them be too fast
	for i := range 64 {
		hosts = append(hosts, from(b, port, fmt.Sprintf("127.1.0.%d", i+1)))
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		hosts[i%len(hosts)](`{"type":"temperature","name":"ColdWaterTank","sensor":"28ff001122334450","temperature":3.8125,"offset":-0.25}`)
		<-out
	}
	if n := l.Health().RefusedTotal(); n != 0 {
		b.Errorf("%d refused", n)
	}
}

func TestGiantsAreDroppedByTheKernelAndCounted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux filters in the kernel and tells of drops")
	}
	port := freePort(t)
	out := make(chan Packet, 100)
	l := run(t, []uint16{port}, out)
	send := sender(t, port)
	giant := bytes.Repeat([]byte("x"), 65_507)
	for range 100 {
		send(giant)
	}
	for range 100 {
		send([]byte(`{"sensor":"28ff02","temperature":4}`))
	}
	for range 100 {
		<-out
	}
	if h := l.Health(); h.Drops() != 100 || h.RefusedTotal() != 0 || h.Ports[0].Repeats != 99 {
		t.Errorf("health %+v", h)
	}
}

func TestReadyOnceEveryPortWasTried(t *testing.T) {
	held, err := net.ListenPacket("udp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	taken := uint16(held.LocalAddr().(*net.UDPAddr).Port)
	l := New(Config{
		Group: netip.MustParseAddr("239.0.0.1"), Ports: []uint16{freePort(t), taken},
		Now: time.Now, Logger: slog.New(slog.DiscardHandler),
	})
	select {
	case <-l.Ready():
		t.Fatal("ready before it runs")
	default:
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.Run(ctx, make(chan Packet, 1)) }()
	<-l.Ready()
	for _, p := range l.Health().Ports {
		if p.State == Opening {
			t.Errorf("port %d is %s", p.Port, p.State)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
