package feed

import (
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"golang.org/x/net/ipv4"
)

// One host sends as fast as it can, and is kept out in the kernel for most of
// the time; what an honest one sends beside it is all heard, and what is kept
// out is counted.
func TestAFloodLeavesRoomForTheHonest(t *testing.T) {
	port := freePort(t)
	out := make(chan Packet, 4096)
	l := run(t, []uint16{port}, out)
	honest := make(chan int, 1)
	go func() {
		n := 0
		for p := range out {
			if p.Sensor == "done" {
				break
			}
			if p.Sensor == "honest" {
				n++
			}
		}
		honest <- n
	}()

	flood, other := from(t, port, "127.0.0.66"), from(t, port, "127.0.0.7")
	total := 0
	// A machine that is busy may not send as much in that time as is allowed.
	enough := func() bool { return l.Health().RefusedTotal() > 0 || total > 200 }
	for started := time.Now(); time.Since(started) < 3*barFor || !enough(); {
		for range 1500 {
			flood(`{"sensor":"flood","temperature":1}`)
		}
		other(`{"sensor":"honest","temperature":4}`)
		total++
		// The socket has room for some 2,500: wait until these are gone, or
		// this would measure how fast the machine is.
		eventually(t, "what was sent to be counted", func() bool {
			h := l.Health()
			return h.Datagrams()+h.Drops() >= uint64(1501*total)
		})
	}
	other(`{"sensor":"done","temperature":4}`)
	if got := <-honest; got != total {
		t.Errorf("%d of %d honest packets were heard", got, total)
	}
	if h := l.Health(); h.Drops() > 0 || h.RefusedTotal() == 0 {
		t.Errorf("%d dropped, %d refused", h.Drops(), h.RefusedTotal())
	}
}

func TestBarredAddressesAreKeptOutAndCounted(t *testing.T) {
	port := freePort(t)
	out := make(chan Packet, 100)
	l := run(t, []uint16{port}, out)
	barred, other := from(t, port, "127.0.0.66"), from(t, port, "127.0.0.7")
	s := l.ports[0].open()

	bar := []netip.Addr{netip.MustParseAddr("127.0.0.5"), netip.MustParseAddr("127.0.0.66")}
	if err := s.bar(bar); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		barred(`{"sensor":"barred","temperature":1}`)
		other(`{"sensor":"other","temperature":1}`)
		if p := <-out; p.Sensor != "other" {
			t.Fatalf("heard %+v", p)
		}
	}
	if err := s.bar(nil); err != nil {
		t.Fatal(err)
	}
	barred(`{"sensor":"barred","temperature":1}`)
	if p := <-out; p.Sensor != "barred" {
		t.Fatalf("heard %+v", p)
	}
	h := l.Health()
	var refused uint64
	for _, r := range h.Refused {
		if r.Reason == SourceRateLimited {
			refused = r.Count
		}
	}
	if refused != 10 || h.Datagrams() != 21 || h.Drops() != 0 {
		t.Errorf("%d refused, %d datagrams, %d dropped", refused, h.Datagrams(), h.Drops())
	}
}

// from returns a function that sends to the group on the loopback interface
// from an address.
func from(t testing.TB, port uint16, addr string) func(payload string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux filters in the kernel and tells of drops")
	}
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(addr)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Skip("no interface named lo")
	}
	p := ipv4.NewPacketConn(c)
	if err := p.SetMulticastInterface(lo); err != nil {
		t.Fatal(err)
	}
	to := net.UDPAddrFromAddrPort(netip.AddrPortFrom(group, port))
	return func(payload string) {
		if _, err := c.WriteTo([]byte(payload), to); err != nil {
			t.Fatal(err)
		}
	}
}
