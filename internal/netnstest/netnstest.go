// Package netnstest makes networks for tests: each host is a network namespace,
// and a bridge in another one is the switch. Nothing that is sent on them
// leaves them, and they are removed when the test ends.
//
// It needs root on Linux, and skips the test with the reason where that is
// missing.
package netnstest

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// A LAN is a network of hosts on one switch.
type LAN struct {
	t     *testing.T
	name  string
	hosts int
}

var made atomic.Int64 // so that two tests of one process differ

// New makes a switch without hosts.
func New(t *testing.T) *LAN {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("needs root on Linux, to make network namespaces")
	}
	if testing.Short() {
		t.Skip("makes network namespaces")
	}
	n := &LAN{t: t, name: fmt.Sprintf("pd%d-%s", os.Getpid(), strconv.FormatInt(made.Add(1), 36))}
	if out, err := exec.Command("ip", "netns", "add", n.NS("sw")).CombinedOutput(); err != nil {
		t.Skipf("cannot make network namespaces: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", n.NS("sw")).Run() })
	n.In("sw", "ip link add br0 type bridge mcast_snooping 0")
	n.In("sw", "ip link set br0 up")
	return n
}

// NS is the name of a host's namespace.
func (n *LAN) NS(host string) string { return n.name + host }

// Command prepares a command on a host.
func (n *LAN) Command(host string, command ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", n.NS(host)}, command...)...)
}

// In runs a command on a host. Its words are separated by spaces.
func (n *LAN) In(host, command string) {
	n.t.Helper()
	if out, err := n.Command(host, strings.Fields(command)...).CombinedOutput(); err != nil {
		n.t.Fatalf("on %s: %s: %v: %s", host, command, err, out)
	}
}

// Host makes a host with no interface but lo.
func (n *LAN) Host(name string) {
	n.t.Helper()
	if out, err := exec.Command("ip", "netns", "add", n.NS(name)).CombinedOutput(); err != nil {
		n.t.Fatalf("adding %s: %v: %s", name, err, out)
	}
	n.t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", n.NS(name)).Run() })
	n.In(name, "ip link set lo up")
}

// Plug gives a host an interface with an address, 192.0.2.1 for the first,
// connected to the switch.
func (n *LAN) Plug(host, iface string) {
	n.t.Helper()
	n.hosts++
	port := host + iface
	n.In("sw", fmt.Sprintf("ip link add %s type veth peer name %s netns %s", port, iface, n.NS(host)))
	n.In("sw", fmt.Sprintf("ip link set %s master br0 up", port))
	n.In(host, fmt.Sprintf("ip addr add 192.0.2.%d/24 dev %s", n.hosts, iface))
	n.In(host, fmt.Sprintf("ip link set %s up", iface))
}

// Forget makes the switch listen to IGMP while nobody asks for reports, so
// that it forgets a membership two seconds after the last one. See the
// kernel's documentation of bridges for the names and units.
//
// The receivers report each membership once. A host otherwise does so again at
// a random moment in the next ten seconds, which would tell the switch anew in
// the middle of a test.
func (n *LAN) Forget(receivers ...string) {
	n.t.Helper()
	for _, host := range receivers {
		n.In(host, "sysctl -qw net.ipv4.igmp_qrv=1")
	}
	for _, set := range []string{
		"mcast_snooping 1",
		"mcast_query_response_interval 50",
		"mcast_membership_interval 200",
		"mcast_last_member_interval 20",
		"mcast_startup_query_count 1",
		"mcast_startup_query_interval 60000",
		"mcast_query_interval 60000",
		"mcast_querier 1",
	} {
		n.In("sw", "ip link set br0 type bridge "+set)
	}
}
