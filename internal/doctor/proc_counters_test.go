package doctor

import (
	"strings"
	"testing"
)

func TestCounters(t *testing.T) {
	const dev = "Inter-|   Receive\n face |bytes packets\n    lo:     100      3 0\n  eth0:    5000     %s 0\n"
	line := func(n string) string { return strings.Replace(dev, "%s", n, 1) }
	if got := receivedSince(line("40"), line("52")); got["eth0"] != 12 || got["lo"] != 0 {
		t.Errorf("arrived: %v", got)
	}
	if got := receivedSince("", ""); got != nil {
		t.Errorf("arrived, where the kernel says nothing: %v", got)
	}
	counts := func(in, out, udp string) snapshot {
		return snapshot{
			netstat: procFile{text: "IpExt: InMcastPkts OutMcastPkts\nIpExt: " + in + " " + out + "\n"},
			snmp:    procFile{text: "Udp: InDatagrams\nUdp: " + udp + "\n"},
		}
	}
	for _, tt := range []struct {
		name string
		now  snapshot
		want uint64
	}{
		{"none", counts("10", "2", "3"), 0},
		{"all got", counts("25", "7", "13"), 0},
		{"some lost", counts("30", "7", "8"), 10},
	} {
		if got := undeliveredMulticast(counts("10", "2", "3"), tt.now); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}
