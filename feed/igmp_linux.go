package feed

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"
)

// heldElsewhere names the interfaces in list on which the kernel still holds
// the group although this program has left it: another program here does.
func heldElsewhere(group netip.Addr, list []iface) []string {
	f, err := os.Open("/proc/net/igmp")
	if err != nil {
		return nil
	}
	defer f.Close()
	held := interfacesOf(f, group)
	var names []string
	for _, c := range list {
		if held[c.Name] {
			names = append(names, c.Name)
		}
	}
	return names
}

// interfacesOf reads /proc/net/igmp: a line for each interface, which begins with
// its index, and below it a line for each group, which begins with the address
// in hexadecimal, in the byte order of the machine.
func interfacesOf(table io.Reader, group netip.Addr) map[string]bool {
	b := group.As4()
	want := fmt.Sprintf("%08X", binary.NativeEndian.Uint32(b[:]))
	held := map[string]bool{}
	name := ""
	for lines := bufio.NewScanner(table); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) == 0:
		case !strings.HasPrefix(lines.Text(), "\t"):
			if len(fields) > 1 {
				name = fields[1]
			}
		case fields[0] == want:
			held[name] = true
		}
	}
	return held
}

// An IGMPv2 membership report (RFC 2236, section 2), and the router alert
// option with which it has to go (RFC 2113).
const (
	igmpReport  = 0x16
	routerAlert = "\x94\x04\x00\x00"
)

// report tells the network of the membership on every interface in list,
// without leaving. It needs CAP_NET_RAW.
func report(group netip.Addr, list []iface) error {
	conn, err := net.ListenPacket("ip4:igmp", "0.0.0.0")
	if err != nil {
		return fmt.Errorf("opening a raw socket: %w", err)
	}
	defer conn.Close()
	p := ipv4.NewPacketConn(conn)
	raw, err := conn.(*net.IPConn).SyscallConn()
	if err != nil {
		return err
	}
	var optErr error
	err = raw.Control(func(fd uintptr) {
		optErr = unix.SetsockoptString(int(fd), unix.IPPROTO_IP, unix.IP_OPTIONS, routerAlert)
	})
	if err := errors.Join(err, optErr, p.SetMulticastTTL(1), p.SetMulticastLoopback(false)); err != nil {
		return fmt.Errorf("setting up a raw socket: %w", err)
	}
	for i := range list {
		c := &list[i]
		if err := p.SetMulticastInterface(&c.Interface); err != nil {
			return fmt.Errorf("reporting on %s: %w", c.Name, err)
		}
		if _, err := conn.WriteTo(membershipReport(group), &net.IPAddr{IP: group.AsSlice()}); err != nil {
			return fmt.Errorf("reporting on %s: %w", c.Name, err)
		}
	}
	return nil
}

// membershipReport is the eight bytes of the message: type, no response time,
// checksum and group.
func membershipReport(group netip.Addr) []byte {
	m := append([]byte{igmpReport, 0, 0, 0}, group.AsSlice()...)
	var sum uint32
	for i := 0; i < len(m); i += 2 {
		sum += uint32(binary.BigEndian.Uint16(m[i:]))
	}
	sum = sum&0xffff + sum>>16
	binary.BigEndian.PutUint16(m[2:], ^uint16(sum&0xffff+sum>>16))
	return m
}
