package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/sync/errgroup"
)

// FreePort returns a UDP port that nobody uses, so that a picotop which runs
// on the same machine for a real house does not hear the made-up one.
func FreePort() (uint16, error) {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return 0, fmt.Errorf("finding a free port for the made-up house: %w", err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port(), nil
}

// Send sends the packets of the house to the group, on the loopback interface
// only, until ctx ends, which makes it return nil. start is where Day left
// off, and now the clock.
func Send(ctx context.Context, group netip.AddrPort, start time.Time, now func() time.Time) error {
	lo, err := loopback()
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, p := range Picos() {
		if p.silent > 0 {
			continue
		}
		g.Go(func() error { return p.run(ctx, lo, group, start, now) })
	}
	return g.Wait()
}

func loopback() (*net.Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, fmt.Errorf("listing the network interfaces: %w", err)
	}
	for _, in := range all {
		if in.Flags&net.FlagLoopback != 0 && in.Flags&net.FlagUp != 0 {
			return &in, nil
		}
	}
	return nil, fmt.Errorf("no loopback interface is up for the made-up house")
}

// run is the main loop of one Pico: one packet a second for each sensor, then
// a status packet, then a sleep.
func (p *Pico) run(ctx context.Context, lo *net.Interface, group netip.AddrPort, start time.Time, now func() time.Time) error {
	conn, err := open(p.Addr, lo)
	if err != nil {
		return err
	}
	defer conn.Close()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		second := n % int(p.every/time.Second)
		since := now().Sub(start)
		var packet []byte
		switch {
		case second < len(p.Sensors):
			packet, err = p.Sensors[second].packet(since, n/int(p.every/time.Second) == 1)
		case second == len(p.Sensors) && p.Name != "":
			packet, err = p.status(n / int(p.every/time.Second))
		}
		if err == nil && packet != nil {
			_, err = conn.WriteTo(packet, net.UDPAddrFromAddrPort(group))
		}
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("sending the made-up house: %w", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// open returns a socket whose packets cannot leave this machine. Each Pico
// has an address of its own, which only Linux gives out without asking.
func open(addr netip.Addr, lo *net.Interface) (net.PacketConn, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, 0)))
	if err != nil {
		conn, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	}
	if err != nil {
		return nil, fmt.Errorf("opening a socket for the made-up house: %w", err)
	}
	p := ipv4.NewPacketConn(conn)
	for _, set := range []func() error{
		func() error { return p.SetMulticastInterface(lo) },
		func() error { return p.SetMulticastTTL(0) },
		func() error { return p.SetMulticastLoopback(true) },
	} {
		if err := set(); err != nil {
			_ = conn.Close()
			return nil, fmt.Errorf("keeping the made-up house on this machine: %w", err)
		}
	}
	return conn, nil
}

// packet is what a Pico sends for one sensor. On its second turn a sensor
// that lies says the power-on value.
func (s *Sensor) packet(since time.Duration, second bool) ([]byte, error) {
	celsius := s.celsius(since)
	if s.lies && second {
		celsius = 85.0
	}
	return json.Marshal(struct {
		Type        string  `json:"type"`
		Name        string  `json:"name"`
		Sensor      string  `json:"sensor"`
		Temperature float64 `json:"temperature"`
		Offset      float64 `json:"offset"`
	}{"temperature", s.Name, s.ROM, celsius, 0})
}

// status is what a Pico sends after a feed call, one in five of which fails.
func (p *Pico) status(round int) ([]byte, error) {
	text := "API 200 OK"
	if round%5 == 4 {
		text = "API Exception"
	}
	return json.Marshal(struct {
		Type   string `json:"type"`
		Name   string `json:"name"`
		Status string `json:"status"`
	}{"status", p.Name, text})
}
