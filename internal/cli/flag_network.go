package cli

import (
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/units"
	"github.com/prometheus/common/model"

	"picotop/exporter"
	"picotop/history"
)

// The types in this file are values of flags: each checks what it is given as
// it is read, so that a mistake is told with the flag's name.

// A badValue says what is wrong with the value of a flag, and what a good one
// looks like on the command line.
type badValue struct{ why, try string }

func (e *badValue) Error() string { return e.why }

func (e *badValue) hint() string { return e.try }

// groupValue is an IPv4 multicast group.
type groupValue netip.Addr

func (g *groupValue) String() string { return netip.Addr(*g).String() }
func (g *groupValue) Type() string   { return "address" }

func (g *groupValue) Set(s string) error {
	a, err := netip.ParseAddr(s)
	switch {
	case err == nil && a.Is6() && a.IsMulticast():
		return &badValue{"IPv6 groups cannot be heard yet", "picotop --group 239.0.0.1"}
	case err != nil || !a.Is4() || !a.IsMulticast():
		return &badValue{"not an IPv4 multicast address, which are 224.0.0.0 to 239.255.255.255", "picotop --group 239.0.0.1"}
	}
	*g = groupValue(a)
	return nil
}

// portsValue is a list of UDP ports. The first one given replaces the
// defaults.
type portsValue struct {
	ports []uint16
	given bool
}

func (p *portsValue) String() string {
	text := make([]string, len(p.ports))
	for i, n := range p.ports {
		text[i] = strconv.Itoa(int(n))
	}
	return strings.Join(text, ",")
}

func (p *portsValue) Type() string { return "port" }

func (p *portsValue) Set(s string) error {
	if !p.given {
		p.ports, p.given = nil, true
	}
	for _, one := range strings.Split(s, ",") {
		n, err := strconv.ParseUint(strings.TrimSpace(one), 10, 16)
		if err != nil || n == 0 {
			return &badValue{"a port is a number from 1 to 65535", "picotop --port 9999"}
		}
		if !slices.Contains(p.ports, uint16(n)) {
			p.ports = append(p.ports, uint16(n))
		}
	}
	return nil
}

// interfacesValue is a list of network interfaces, by name or address. Empty
// means all.
type interfacesValue []string

func (i *interfacesValue) String() string { return strings.Join(*i, ",") }
func (i *interfacesValue) Type() string   { return "interface" }

func (i *interfacesValue) Set(s string) error {
	s = strings.TrimSpace(s)
	// For the first exporter this was the address to bind: people have its
	// default, or the group itself, in their service files.
	if a, err := netip.ParseAddr(s); s == "" || err == nil && (a.IsUnspecified() || a.IsMulticast()) {
		return nil
	}
	*i = append(*i, s)
	return nil
}

// bindValue is an IPv4 address of this host.
type bindValue netip.Addr

func (b *bindValue) Type() string { return "address" }

func (b *bindValue) String() string {
	if a := netip.Addr(*b); a.IsValid() {
		return a.String()
	}
	return ""
}

func (b *bindValue) Set(s string) error {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is4() || a.IsMulticast() || a.IsUnspecified() {
		return &badValue{"not an IPv4 address of this machine", "see which there are: ip -4 address"}
	}
	*b = bindValue(a)
	return nil
}

// listenValue is the address to serve HTTP on.
type listenValue string

func (l *listenValue) String() string { return string(*l) }
func (l *listenValue) Type() string   { return "address" }

func (l *listenValue) Set(s string) error {
	addr, err := exporter.ParseAddr(s)
	if err != nil {
		return err
	}
	*l = listenValue(addr)
	return nil
}

// levelValue is how much is logged.
type levelValue slog.Level

func (l *levelValue) String() string { return strings.ToLower(slog.Level(*l).String()) }
func (l *levelValue) Type() string   { return "level" }

func (l *levelValue) Set(s string) error {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[strings.ToLower(s)]
	if !ok {
		return &badValue{"the levels are debug, info, warn and error", "picotop --log-level debug"}
	}
	*l = levelValue(level)
	return nil
}

// retentionValue is how long samples are kept, written as in Prometheus.
type retentionValue time.Duration

func (r *retentionValue) String() string { return model.Duration(*r).String() }
func (r *retentionValue) Type() string   { return "duration" }

func (r *retentionValue) Set(s string) error {
	d, err := model.ParseDuration(s)
	if err != nil {
		return &badValue{"a duration is a number and a unit, such as 5y, 26w or 90d", "picotop --retention 5y"}
	}
	if time.Duration(d) < 24*time.Hour {
		return &badValue{"less than a day is too little for the dashboard; the shortest is 1d", "picotop --retention 1d"}
	}
	*r = retentionValue(d)
	return nil
}

// sizeValue is how much disk the history may take, in bytes. As in Prometheus
// 1GB is 1024 times 1MB.
type sizeValue int64

func (z *sizeValue) String() string {
	return strings.ReplaceAll(units.Base2Bytes(*z).String(), "iB", "B")
}

func (z *sizeValue) Type() string { return "size" }

func (z *sizeValue) Set(s string) error {
	n, err := units.ParseBase2Bytes(s)
	if err != nil {
		return &badValue{"a size is a number and a unit, such as 500MB or 2GB", "picotop --retention-size 1GB"}
	}
	if int64(n) < history.MinBytes {
		return &badValue{fmt.Sprintf("the smallest is %dMB", history.MinBytes>>20), "picotop --retention-size 1GB"}
	}
	*z = sizeValue(n)
	return nil
}
