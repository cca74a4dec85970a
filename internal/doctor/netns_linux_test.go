package doctor

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"picotop/internal/netnstest"
)

// The tests in this file break a network, one way each, and want the doctor
// to name what is broken.

const reading = `{"type":"temperature","name":"Loft","sensor":"28ff02","temperature":4}`

// newLAN is a network with a receiver, pi at 192.0.2.1, and one Pico at
// 192.0.2.2.
func newLAN(t *testing.T) *netnstest.LAN {
	n := netnstest.New(t)
	n.Host("pi")
	n.Host("pico")
	n.Plug("pi", "eth0")
	n.Plug("pico", "eth0")
	return n
}

// startRole runs the test binary in a role on a host, until the test ends. It
// returns when the role is taken.
func startRole(t *testing.T, n *netnstest.LAN, host, role, arg string) {
	t.Helper()
	cmd := n.Command(host, os.Args[0])
	cmd.Env = append(os.Environ(), roleEnv+"="+role, argEnv+"="+arg)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the %s on %s: %v", role, host, err)
	}
}

// runDoctor runs a doctor on the host pi. Most people run it without
// privileges: root says that it has them.
func runDoctor(t *testing.T, n *netnstest.LAN, root bool, listening time.Duration) Report {
	t.Helper()
	command := []string{os.Args[0]}
	if !root {
		command = append([]string{"setpriv", "--bounding-set", "-all", "--inh-caps", "-all", "--reuid", "65534", "--clear-groups"}, command...)
	}
	cmd := n.Command("pi", command...)
	cmd.Env = append(os.Environ(), roleEnv+"=doctor", argEnv+"="+listening.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the doctor: %v", err)
	}
	var r Report
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return r
}

// checkReport compares a report with the wanted verdict, and its cause and what
// to do first with patterns.
func checkReport(t *testing.T, r Report, verdict Verdict, cause, first string) {
	t.Helper()
	matches := func(pattern, text string) bool { return regexp.MustCompile(pattern).MatchString(text) }
	if r.Verdict == verdict && matches(cause, r.Cause) && matches(first, r.First) {
		return
	}
	var all strings.Builder
	for _, c := range r.Checks {
		c.WriteText(&all)
	}
	t.Errorf("%s: %s; first %q\nwant %s: %s; first %s\n%s", r.Verdict, r.Cause, r.First, verdict, cause, first, all.String())
}

// asUserAndRoot runs a test as an ordinary user and as root.
func asUserAndRoot(t *testing.T, test func(t *testing.T, root bool)) {
	t.Parallel()
	for name, root := range map[string]bool{"ordinary user": false, "root": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, root)
		})
	}
}

func TestHealthyNetwork(t *testing.T) {
	asUserAndRoot(t, func(t *testing.T, root bool) {
		n := newLAN(t)
		startRole(t, n, "pico", "pico", "11235 "+reading)
		r := runDoctor(t, n, root, 3*time.Second)
		for _, c := range r.Checks {
			if c.Verdict == Problem || c.Verdict == Warning && c.ID != idClock {
				t.Errorf("a fault where there is none: %+v", c)
			}
		}
	})
}

func TestNoAddress(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	n.In("pi", "ip addr flush dev eth0")
	checkReport(t, runDoctor(t, n, false, time.Second), Problem, `^eth0 has no IPv4 address`, `eth0$`)
}

func TestAnInterfaceThatIsDown(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	n.In("pi", "ip link set eth0 down")
	checkReport(t, runDoctor(t, n, false, time.Second), Problem, `^eth0 is switched off`, `^sudo ip link set eth0 up$`)
}

func TestACableThatIsOut(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	n.In("sw", "ip link set pieth0 down")
	checkReport(t, runDoctor(t, n, false, time.Second), Problem, `^eth0 is not connected`, `^ip link show eth0$`)
}

func TestAPortThatIsNotShared(t *testing.T) {
	asUserAndRoot(t, func(t *testing.T, root bool) {
		n := newLAN(t)
		startRole(t, n, "pi", "hog", "11235")
		if root {
			checkReport(t, runDoctor(t, n, root, time.Second), Problem, `^port 11235 is held by .*\(.*pid \d+\)`, `^(kill \d+|sudo systemctl .*)$`)
			return
		}
		checkReport(t, runDoctor(t, n, root, time.Second), Problem, `^port 11235 is held by a program of root`, `^sudo ss -ulpn 'sport = :11235'$`)
	})
}

// firewall makes a host throw away what a rule matches.
func firewall(t *testing.T, n *netnstest.LAN, host, hook, rule string) {
	t.Helper()
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("needs nft, to make a firewall")
	}
	n.In(host, "nft add table inet home")
	n.In(host, "nft add chain inet home in { type filter hook "+hook+" priority 0 ; }")
	n.In(host, "nft add rule inet home in "+rule+" drop")
}

func TestAFirewall(t *testing.T) {
	t.Parallel()
	for rule, cause := range map[string]string{
		"iifname eth0 meta l4proto udp": `firewall on this machine`,
		"udp dport 11235":               `(port 11235 reach eth0, and the|a) firewall on this machine`,
	} {
		t.Run(rule, func(t *testing.T) {
			asUserAndRoot(t, func(t *testing.T, root bool) {
				n := newLAN(t)
				firewall(t, n, "pi", "input", rule)
				startRole(t, n, "pico", "pico", "11235 "+reading)
				checkReport(t, runDoctor(t, n, root, 2*time.Second), Problem, cause, `^sudo `)
			})
		})
	}
}

func TestAFirewallThatKeepsIGMPIn(t *testing.T) {
	asUserAndRoot(t, func(t *testing.T, root bool) {
		n := newLAN(t)
		firewall(t, n, "pi", "output", "meta l4proto igmp")
		startRole(t, n, "pico", "pico", "11235 "+reading)
		checkReport(t, runDoctor(t, n, root, time.Second), Problem, `telling the network that it listens`, `^sudo nft`)
	})
}

func TestASwitchThatForgets(t *testing.T) {
	asUserAndRoot(t, func(t *testing.T, root bool) {
		n := newLAN(t)
		n.Forget("pi")
		startRole(t, n, "pico", "pico", "11235 "+reading)
		checkReport(t, runDoctor(t, n, root, 9*time.Second), Problem, `^a switch or access point forgets`, `setcap`)
	})
}

// The program that joined before keeps the kernel from telling the network
// anything, so only a report of the doctor's own can help.
func TestASwitchThatForgotWhileAnotherProgramHoldsTheGroup(t *testing.T) {
	asUserAndRoot(t, func(t *testing.T, root bool) {
		n := newLAN(t)
		startRole(t, n, "pi", "member", "")
		n.Forget("pi")
		startRole(t, n, "pico", "pico", "11235 "+reading)
		forgotten(t, n)
		r := runDoctor(t, n, root, 4*time.Second)
		if root {
			checkReport(t, r, Problem, `^a switch or access point had forgotten`, `setcap`)
			return
		}
		checkReport(t, r, Problem, `^nothing came from any Pico`, `^sudo picotop doctor$`)
		for _, c := range r.Checks {
			if c.ID == idQuerier && (c.Verdict != Warning || !strings.Contains(c.Text, "another program here")) {
				t.Errorf("no suspicion of the switch: %+v", c)
			}
		}
	})
}

// forgotten waits until the switch has no member of the group any more.
func forgotten(t *testing.T, n *netnstest.LAN) {
	t.Helper()
	known := false
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		out, err := n.Command("sw", "bridge", "mdb").Output()
		if err != nil {
			t.Fatal(err)
		}
		is := strings.Contains(string(out), group.String())
		if known && !is {
			return
		}
		known = known || is
	}
	t.Fatalf("the switch did not forget within 15 s; it ever knew: %v", known)
}

// A querier asks once a second, and wants an answer within half a second.
func TestAQuerier(t *testing.T) {
	t.Parallel()
	for name, blocked := range map[string]bool{"answered": false, "kept out by a firewall": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := newLAN(t)
			if blocked {
				firewall(t, n, "pi", "input", "meta l4proto igmp")
			}
			n.In("sw", "ip link set br0 type bridge mcast_snooping 1 mcast_query_response_interval 50 "+
				"mcast_query_interval 100 mcast_startup_query_interval 100 mcast_querier 1")
			startRole(t, n, "pico", "pico", "11235 "+reading)
			r := runDoctor(t, n, true, 5*time.Second)
			if blocked {
				checkReport(t, r, Problem, `does not answer on eth0`, `^sudo nft`)
				return
			}
			for _, c := range r.Checks {
				if c.Verdict == Problem || c.ID == idQuerier && c.Verdict != OK {
					t.Errorf("a fault where there is none: %+v", c)
				}
			}
		})
	}
}

func TestAnotherPort(t *testing.T) {
	asUserAndRoot(t, func(t *testing.T, root bool) {
		n := newLAN(t)
		startRole(t, n, "pico", "pico", "12345 "+reading)
		r := runDoctor(t, n, root, 2*time.Second)
		if root {
			checkReport(t, r, Problem, `^192\.0\.2\.2 sends to port 12345`, `^picotop --port 11235,9999,12345$`)
			return
		}
		checkReport(t, r, Problem, `^nothing came from any Pico .* packets came that no program here listens for`, `^sudo picotop doctor$`)
	})
}

func TestAnotherAddress(t *testing.T) {
	asUserAndRoot(t, func(t *testing.T, root bool) {
		for to, want := range map[string]struct{ cause, first string }{
			"192.0.2.1": {`^192\.0\.2\.2 sends to this machine alone`, `^picotop --unicast$`},
			"239.0.0.2": {`^192\.0\.2\.2 sends to another group, 239\.0\.0\.2`, `^picotop --group 239\.0\.0\.2$`},
		} {
			t.Run(to, func(t *testing.T) {
				t.Parallel()
				n := newLAN(t)
				startRole(t, n, "pico", "pico", to+":11235 "+reading)
				if to == "239.0.0.2" && !root {
					want.cause, want.first = `^nothing came from any Pico`, `^sudo picotop doctor$`
				}
				checkReport(t, runDoctor(t, n, root, 2*time.Second), Problem, want.cause, want.first)
			})
		}
	})
}

func TestTwoDevicesOfOneAddress(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	n.In("pico", "ip addr flush dev eth0")
	n.In("pico", "ip addr add 192.0.2.1/24 dev eth0")
	startRole(t, n, "pico", "pico", "11235 "+reading)
	checkReport(t, runDoctor(t, n, true, 2*time.Second), Problem, `this machine's own address`, `DHCP`)
}

func TestPacketsThatAreFarTooLong(t *testing.T) {
	asUserAndRoot(t, func(t *testing.T, root bool) {
		n := newLAN(t)
		startRole(t, n, "pico", "pico", "9999 "+strings.Repeat("x", 30_000))
		checkReport(t, runDoctor(t, n, root, 2*time.Second), Problem, `far too long`, ``)
	})
}

func TestPacketsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	n := newLAN(t)
	startRole(t, n, "pico", "pico", "9999 temperature=4")
	checkReport(t, runDoctor(t, n, false, 2*time.Second), Problem, `unreadable packets? from 192\.0\.2\.2: not JSON`, ``)
}

func TestAnOddSenderAndAStrictReversePathFilter(t *testing.T) {
	asUserAndRoot(t, func(t *testing.T, root bool) {
		n := newLAN(t)
		n.In("pi", "sysctl -qw net.ipv4.conf.all.rp_filter=1")
		n.In("pico", "ip addr flush dev eth0")
		n.In("pico", "ip addr add 198.51.100.7/24 dev eth0")
		startRole(t, n, "pico", "pico", "11235 "+reading)
		checkReport(t, runDoctor(t, n, root, 2*time.Second), Problem, `reverse-path filter \(rp_filter\)`, `^sudo sysctl -w net\.ipv4\.conf\.`)
	})
}
