package feed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/time/rate"
)

// hosts are many senders on the loopback interface, so that none of them is
// faster than a host may be.
const hosts = 64

// flood sends n packets to the group as fast as the system lets it.
func flood(b *testing.B, port uint16, n int) {
	b.Helper()
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		b.Skip("no interface named lo")
	}
	to := net.UDPAddrFromAddrPort(netip.AddrPortFrom(group, port))
	conns := make([]*net.UDPConn, hosts)
	for i := range conns {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 1, 0, byte(i+1))})
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		p := ipv4.NewPacketConn(c)
		if err := errors.Join(p.SetMulticastInterface(lo), p.SetMulticastTTL(0)); err != nil {
			b.Fatal(err)
		}
		conns[i] = c
	}
	payload := []byte(`{"type":"temperature","name":"ColdWaterTank","sensor":"28ff001122334450","temperature":3.8125,"offset":-0.25}`)
	for i := range n {
		if _, err := conns[i%hosts].WriteToUDP(payload, to); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad measures datagrams that are received, decoded and delivered
// while they come as fast as one core can send them. Compare its packets/s with
// those of BenchmarkBareLoad.
func BenchmarkLoad(b *testing.B) {
	port := freePort(b)
	out := make(chan Packet, 4096)
	l := run(b, []uint16{port}, out)
	l.limits.total.SetLimit(rate.Inf)
	l.limits.strangers.SetLimit(rate.Inf)
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for {
			select {
			case <-out:
			case <-stop:
				return
			}
		}
	}()
	b.ResetTimer()
	flood(b, port, b.N)
	eventually(b, "the last datagram", func() bool {
		h := l.Health()
		return h.Datagrams()+h.Drops() >= uint64(b.N)
	})
	h := l.Health()
	tell(b, h.Drops(), fmt.Sprint(h.RefusedTotal()))
}

// BenchmarkBareLoad measures a loop that only reads.
func BenchmarkBareLoad(b *testing.B) {
	port := freePort(b)
	s, err := openSocket(context.Background(), group, port)
	if err != nil {
		b.Fatal(err)
	}
	defer s.conn.Close()
	list, err := interfaces([]string{"lo"})
	if err != nil {
		b.Fatal(err)
	}
	s.join(list)
	done := make(chan uint64)
	go func() {
		buf := make([]byte, MaxDatagram+1)
		var n uint64
		for {
			if _, _, err := s.conn.ReadFromUDPAddrPort(buf); err != nil {
				done <- n
				return
			}
			n++
		}
	}()
	b.ResetTimer()
	flood(b, port, b.N)
	_ = s.conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	<-done
	_, lost := s.drops()
	tell(b, lost, "0")
}

func tell(b *testing.B, lost uint64, refused string) {
	b.Helper()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "packets/s")
	b.ReportMetric(float64(lost), "lost")
	if refused != "0" {
		b.Logf("%s refused", refused)
	}
}
