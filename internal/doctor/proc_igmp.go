package doctor

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// A membership is a line of /proc/net/igmp: one group on one interface.
type membership struct {
	querier       string // V1, V2 or V3: the oldest that was heard of late, else V3
	users         int    // sockets that joined
	reportPending bool   // a report is about to be sent, as an answer to a query or after joining
}

// parseMemberships parses /proc/net/igmp and returns the memberships of one group
// by the name of the interface. See feed for how the table is laid out.
func parseMemberships(table string, group netip.Addr) map[string]membership {
	all := map[string]membership{}
	name, querier := "", ""
	for lines := bufio.NewScanner(strings.NewReader(table)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		switch {
		case len(f) < 3:
		case !strings.HasPrefix(lines.Text(), "\t"):
			name, querier = f[1], f[len(f)-1]
		case hexAddr(f[0]) == group:
			users, _ := strconv.Atoi(f[1])
			all[name] = membership{querier: querier, users: users, reportPending: strings.HasPrefix(f[2], "1:")}
		}
	}
	return all
}

// hexAddr parses an IPv4 address as the kernel's tables write it: a word in the
// byte order of the machine. The zero Addr stands for anything else.
func hexAddr(s string) netip.Addr {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 4 {
		return netip.Addr{}
	}
	binary.NativeEndian.PutUint32(b, binary.BigEndian.Uint32(b))
	return netip.AddrFrom4([4]byte(b))
}
