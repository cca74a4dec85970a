package feed

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/ipv4"
	"golang.org/x/sys/unix"

	"picotop/internal/netnstest"
)

// The tests in this file make hosts of their own. Nothing is sent outside of
// them.

// A lan is a network of namespaces on which readings are sent and heard.
type lan struct {
	*netnstest.LAN
	t *testing.T
}

func newLAN(t *testing.T) *lan {
	t.Helper()
	return &lan{netnstest.New(t), t}
}

// send multicasts packets from a host, and returns how many.
func (n *lan) send(host, iface string, count int) int {
	n.t.Helper()
	n.inside(host, func() error {
		in, err := net.InterfaceByName(iface)
		if err != nil {
			return err
		}
		for i := range count {
			// As a Pico does: a socket for each packet.
			c, err := net.ListenPacket("udp4", "0.0.0.0:0")
			if err != nil {
				return err
			}
			p := ipv4.NewPacketConn(c)
			if err := p.SetMulticastInterface(in); err != nil {
				return err
			}
			payload := fmt.Sprintf(`{"sensor":"28ff%02d","temperature":4}`, i%7)
			_, err = c.WriteTo([]byte(payload), net.UDPAddrFromAddrPort(netip.AddrPortFrom(group, testPort)))
			if err != nil {
				return err
			}
			_ = c.Close()
		}
		return nil
	})
	return count
}

// inside runs f on a host. Its thread is thrown away afterwards.
func (n *lan) inside(host string, f func() error) {
	n.t.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		ns, err := os.Open("/run/netns/" + n.NS(host))
		if err != nil {
			done <- err
			return
		}
		defer ns.Close()
		if err := unix.Setns(int(ns.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- err
			return
		}
		done <- f()
	}()
	if err := <-done; err != nil {
		n.t.Fatalf("on %s: %v", host, err)
	}
}

// A remoteListener is a Listener in a process of its own, on a host.
type remoteListener struct {
	t    *testing.T
	mu   sync.Mutex // guards last
	last listenReport
}

// Most people run it without the privilege to send raw packets. raw says that
// it has that.
func (n *lan) listen(host string, silence time.Duration, raw bool) *remoteListener {
	n.t.Helper()
	r := &remoteListener{t: n.t}
	command := []string{"ip", "netns", "exec", n.NS(host), os.Args[0]}
	if !raw {
		command = append([]string{"setpriv", "--bounding-set", "-net_raw", "--inh-caps", "-net_raw"}, command...)
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), listenEnv+"="+silence.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		n.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		n.t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		r.follow(out)
	}()
	n.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-read
		_ = cmd.Wait()
	})
	r.wait("listening", func(p listenReport) bool { return p.Health.Ready() })
	return r
}

func (r *remoteListener) follow(out io.Reader) {
	for lines := bufio.NewScanner(out); lines.Scan(); {
		var p listenReport
		if json.Unmarshal(lines.Bytes(), &p) == nil {
			r.mu.Lock()
			r.last = p
			r.mu.Unlock()
		}
	}
}

func (r *remoteListener) now() listenReport {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.last
}

func (r *remoteListener) wait(what string, is func(listenReport) bool) {
	r.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !is(r.now()); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("waited 15 s for: %s; last %+v", what, r.now())
		}
	}
}

func (r *remoteListener) joined(iface string) func(listenReport) bool {
	return func(p listenReport) bool {
		for _, i := range p.Health.Interfaces {
			if i.Name == iface {
				return i.Joined
			}
		}
		return false
	}
}

func TestTwoInterfacesInOneNetwork(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	n.Host("pi")
	n.Host("pico")
	n.Plug("pi", "eth0")
	n.Plug("pi", "wlan0")
	n.Plug("pico", "eth0")
	r := n.listen("pi", 0, false)
	r.wait("both joined", func(p listenReport) bool { return r.joined("eth0")(p) && r.joined("wlan0")(p) })
	sent := n.send("pico", "eth0", 100)
	r.wait("all packets, each twice", func(p listenReport) bool { return p.Health.Datagrams() == uint64(2*sent) })
	r.wait("the copies to be passed over", func(p listenReport) bool { return p.Heard == sent })
	if p := r.now(); p.Health.Ports[0].Copies != uint64(sent) {
		t.Errorf("copies: %+v", p.Health.Ports[0])
	}
}

// Else what is sent is lost from the moment when it is up again until that is
// noticed.
func TestAnInterfaceThatIsDownForAWhileStaysAMember(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	n.Host("pi")
	n.Host("pico")
	n.Plug("pico", "eth0")
	n.Plug("pi", "eth0")
	r := n.listen("pi", time.Hour, false)
	r.wait("eth0 joined", r.joined("eth0"))
	n.In("pi", "ip link set eth0 down")
	r.wait("eth0 noticed to be down", func(p listenReport) bool { return !r.joined("eth0")(p) })
	table, err := n.Command("pi", "cat", "/proc/net/igmp").Output()
	if err != nil || !interfacesOf(bytes.NewReader(table), group)["eth0"] {
		t.Errorf("it left the group: %v\n%s", err, table)
	}
	n.In("pi", "ip link set eth0 up")
	r.wait("eth0 joined again", r.joined("eth0"))
	sent := n.send("pico", "eth0", 5)
	r.wait("the packets", func(p listenReport) bool { return p.Heard == sent })
}

func TestAnInterfaceThatComesLater(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	n.Host("pi")
	n.Host("pico")
	n.Plug("pico", "eth0")
	r := n.listen("pi", 0, false)
	n.Plug("pi", "wlan0")
	r.wait("wlan0 joined", r.joined("wlan0"))
	sent := n.send("pico", "eth0", 5)
	r.wait("the packets", func(p listenReport) bool { return p.Heard == sent })
}

// One socket may have 20 memberships, and those of interfaces that are gone
// count until they are left.
func TestAnInterfaceThatIsMadeAnew25Times(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	n.Host("pi")
	n.inside("pi", func() error {
		s, err := openSocket(context.Background(), group, testPort)
		if err != nil {
			return err
		}
		defer s.conn.Close()
		for i := range 25 {
			n.Plug("pi", "wlan0")
			list, err := interfaces([]string{"wlan0"})
			if err != nil {
				return err
			}
			s.join(list)
			for _, c := range list {
				if c.Name == "wlan0" && !c.health.Joined {
					return fmt.Errorf("after %d times: %s", i, c.health.Why)
				}
			}
			n.In("pi", "ip link del wlan0")
		}
		return nil
	})
}

func TestASwitchThatForgets(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		raw, held, two bool
		silence        time.Duration
		host, remedy   string // what is done where, before it is heard again
	}{
		"leaving and joining again":                       {silence: 4 * time.Second},
		"two programs leave and join together":            {silence: 4 * time.Second, two: true},
		"a report of its own":                             {silence: 4 * time.Second, raw: true},
		"a report of its own, while another one holds it": {silence: 4 * time.Second, raw: true, held: true},
		"a new address":                                   {silence: time.Hour, host: "pi", remedy: "ip addr replace 198.51.100.7/24 dev eth0; ip addr del 192.0.2.2/24 dev eth0"},
		"the cable was out":                               {silence: time.Hour, host: "sw", remedy: "ip link set pieth0 down; sleep 4; ip link set pieth0 up"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newLAN(t)
			n.Host("pi")
			n.Host("pico")
			n.Plug("pico", "eth0")
			n.Plug("pi", "eth0")
			// A switch that forgets asks anew where a cable is plugged in, but
			// not where that happens at a simple switch behind it.
			n.inHost("sw", `ip link add br1 type bridge mcast_snooping 0; ip link set br1 up
				ip link add trunk0 type veth peer name trunk1
				ip link set trunk0 master br0 up; ip link set trunk1 master br1 up
				ip link set pieth0 master br1`)
			if tt.held {
				defer n.hold("pi", "eth0")()
			}
			r := n.listen("pi", tt.silence, tt.raw)
			if tt.two {
				n.listen("pi", tt.silence, tt.raw)
			}
			r.wait("eth0 joined", r.joined("eth0"))
			n.Forget()
			n.waitForgotten(r, tt.remedy == "")
			if tt.remedy != "" {
				n.inHost(tt.host, tt.remedy)
			}
			n.waitHeard(r)
		})
	}
}

// waitForgotten sends until what is sent is no longer heard; heals says that
// this may last for a moment only.
func (n *lan) waitForgotten(r *remoteListener, heals bool) {
	n.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if !n.arrives(r) && (heals || !n.arrives(r)) {
			return
		}
	}
	n.t.Fatalf("the switch did not forget; last %+v", r.now())
}

// waitHeard sends until what is sent is heard.
func (n *lan) waitHeard(r *remoteListener) {
	n.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); {
		if n.arrives(r) {
			return
		}
	}
	n.t.Errorf("nothing was heard again; last %+v", r.now())
}

// arrives reports whether a packet from the pico is heard.
func (n *lan) arrives(r *remoteListener) bool {
	before := r.now().Heard
	n.send("pico", "eth0", 1)
	time.Sleep(100 * time.Millisecond)
	return r.now().Heard > before
}

// inHost runs commands for the shell on a host.
func (n *lan) inHost(host, commands string) {
	n.t.Helper()
	if out, err := n.Command(host, "sh", "-ec", commands).CombinedOutput(); err != nil {
		n.t.Fatalf("on %s: %s: %v: %s", host, commands, err, out)
	}
}

// A switch that forgets is noticed although Picos in another network are heard
// all the time.
func TestOneOfTwoNetworksFallsSilent(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	for _, host := range []string{"pi", "pico", "other"} {
		n.Host(host)
	}
	n.Plug("pico", "eth0")
	n.Plug("pi", "eth0")
	n.In("pi", "ip link add wlan0 type veth peer name eth0 netns "+n.NS("other"))
	n.inHost("pi", "ip addr add 198.51.100.1/24 dev wlan0; ip link set wlan0 up")
	n.inHost("other", "ip addr add 198.51.100.2/24 dev eth0; ip link set eth0 up")
	r := n.listen("pi", 4*time.Second, false)
	r.wait("both joined", func(p listenReport) bool { return r.joined("eth0")(p) && r.joined("wlan0")(p) })
	stop := n.keepSending("other", "eth0")
	n.sendUntilHeardFrom(r, "192.0.2.1")
	n.Forget()
	r.wait("joined anew on one network", func(p listenReport) bool { return p.Health.Rejoins > 0 })
	n.sendUntilHeardFrom(r, "192.0.2.1")
	stop()
}

// keepSending sends a packet every tenth of a second, until it is stopped.
func (n *lan) keepSending(host, iface string) (stop func()) {
	stopping, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			n.send(host, iface, 1)
			select {
			case <-stopping:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	}()
	return func() { close(stopping); <-stopped }
}

// sendUntilHeardFrom sends from the pico until it is heard by its address.
func (n *lan) sendUntilHeardFrom(r *remoteListener, addr string) {
	n.t.Helper()
	before := r.now().From[addr]
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		n.send("pico", "eth0", 1)
		if r.now().From[addr] > before {
			return
		}
	}
	n.t.Fatalf("%s was not heard; last %+v", addr, r.now())
}

// hold makes another program on a host a member of the group, until release
// is called.
func (n *lan) hold(host, iface string) (release func()) {
	stop, done, joined := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		n.inside(host, func() error {
			defer sync.OnceFunc(func() { close(joined) })()
			c, err := net.ListenPacket("udp4", "0.0.0.0:12345")
			if err != nil {
				return err
			}
			defer c.Close()
			in, err := net.InterfaceByName(iface)
			if err != nil {
				return err
			}
			if err := ipv4.NewPacketConn(c).JoinGroup(in, &net.UDPAddr{IP: group.AsSlice()}); err != nil {
				return err
			}
			joined <- struct{}{}
			<-stop
			return nil
		})
	}()
	<-joined
	return func() { close(stop); <-done }
}

func TestAnotherProgramHoldsTheGroup(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	n.Host("pi")
	n.Plug("pi", "eth0")
	r := n.listen("pi", time.Second, false)
	r.wait("joined anew, with effect", func(p listenReport) bool { return p.Health.Rejoins > 0 && p.Health.Ineffective == 0 })
	release := n.hold("pi", "eth0")
	defer release()
	r.wait("joined anew, in vain", func(p listenReport) bool { return p.Health.Ineffective > 0 })
}

func TestHoldersOfAGroup(t *testing.T) {
	table := "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n" +
		"1\tlo        :     2      V3\n\t\t\t\t010000EF     1 0:00000000\t\t0\n\t\t\t\t010000E0     1 0:00000000\t\t0\n" +
		"2\teth0      :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n" +
		"3\twlan0     :     2      V2\n\t\t\t\t010000EF     2 0:00000000\t\t1\n"
	held := interfacesOf(strings.NewReader(table), group)
	if !held["lo"] || held["eth0"] || !held["wlan0"] {
		t.Errorf("held on %v", held)
	}
}
