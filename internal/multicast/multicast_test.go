package multicast

import (
	"net"
	"net/netip"
	"testing"

	"golang.org/x/net/ipv4"
)

func TestSourcesOnLo(t *testing.T) {
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Skip("no interface named lo")
	}
	group := netip.MustParseAddr("239.0.0.1")
	hear, err := net.ListenPacket("udp4", "239.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer hear.Close()
	if err := ipv4.NewPacketConn(hear).JoinGroup(lo, &net.UDPAddr{IP: group.AsSlice()}); err != nil {
		t.Fatal(err)
	}
	port := hear.LocalAddr().(*net.UDPAddr).AddrPort().Port()

	c, err := Open("lo", group, LoopbackSources(300))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n := len(c.Addrs()); !c.Local() || n != MaxSources {
		t.Errorf("local %t, %d addresses", c.Local(), n)
	}
	for i := range MaxSources {
		if err := c.Send(i, port, []byte("hello")); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 10)
		n, from, err := hear.ReadFrom(buf)
		if err != nil || string(buf[:n]) != "hello" || from.(*net.UDPAddr).AddrPort().Addr() != c.Addrs()[i] {
			t.Fatalf("source %d: heard %q from %v, %v", i, buf[:n], from, err)
		}
	}
}

func TestInterfacesThatCannotBeUsed(t *testing.T) {
	tests := map[string]struct {
		in  net.Interface
		why string
	}{
		"down":             {net.Interface{Flags: net.FlagMulticast}, "it is down"},
		"a tunnel":         {net.Interface{Flags: net.FlagUp | net.FlagPointToPoint}, "it carries no multicast"},
		"one that is gone": {net.Interface{Index: 1 << 30, Flags: net.FlagUp | net.FlagMulticast}, "it has no IPv4 address"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := usable(tt.in); err == nil || err.Error() != tt.why {
				t.Errorf("error %v, want %s", err, tt.why)
			}
		})
	}
	_, err := Open("eth77", netip.MustParseAddr("239.0.0.1"), nil)
	if want := `cannot send on interface "eth77": no such network interface`; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}
