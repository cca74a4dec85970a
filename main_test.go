package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/net/ipv4"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"picotop": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv("TERM", "xterm-256color")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"freeport":  freeport,
			"hold":      hold,
			"send":      send,
			"fetch":     fetch,
			"terminate": terminate,
			"chatter":   chatter,
		},
	})
}

// exits runs a program and checks its exit status: exits 2 picotop --nonsense.
// What it said is left in the files out and err.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		got = exit.ExitCode()
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit status %d, want %s: %v", got, args[0], err)
	}
	ts.Check(os.WriteFile(ts.MkAbs("out"), []byte(ts.ReadFile("stdout")), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("err"), []byte(ts.ReadFile("stderr")), 0o644))
}

// freeport puts ports that nobody uses into variables: freeport udp A B.
func freeport(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args[1:] {
		var port int
		if args[0] == "udp" {
			c, err := net.ListenPacket("udp4", "127.0.0.1:0")
			ts.Check(err)
			port = c.LocalAddr().(*net.UDPAddr).Port
			ts.Check(c.Close())
		} else {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			ts.Check(err)
			port = l.Addr().(*net.TCPAddr).Port
			ts.Check(l.Close())
		}
		ts.Setenv(name, strconv.Itoa(port))
	}
}

// hold keeps a TCP port until the end of the script.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:"+args[0])
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
}

// send multicasts payloads on the loopback interface: send PORT PAYLOAD...
func send(ts *testscript.TestScript, _ bool, args []string) {
	c, to := sender(ts, args[0])
	defer c.Close()
	for _, payload := range args[1:] {
		_, err := c.WriteTo([]byte(payload), to)
		ts.Check(err)
	}
}

// sender returns a socket whose packets do not leave this machine, and the
// group on a port.
func sender(ts *testscript.TestScript, number string) (*net.UDPConn, *net.UDPAddr) {
	port, err := strconv.ParseUint(number, 10, 16)
	ts.Check(err)
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	ts.Check(err)
	lo, err := net.InterfaceByName("lo")
	ts.Check(err)
	p := ipv4.NewPacketConn(c)
	ts.Check(errors.Join(p.SetMulticastInterface(lo), p.SetMulticastTTL(0), p.SetMulticastLoopback(true)))
	to := netip.AddrPortFrom(netip.MustParseAddr("239.0.0.1"), uint16(port))
	return c, net.UDPAddrFromAddrPort(to)
}

// chatter sends a payload ten times a second until the script ends: chatter
// PORT PAYLOAD.
func chatter(ts *testscript.TestScript, _ bool, args []string) {
	stop, done := make(chan struct{}), make(chan struct{})
	ts.Defer(func() { close(stop); <-done })
	payload, port := args[1], args[0]
	c, to := sender(ts, port)
	go func() {
		defer close(done)
		defer c.Close()
		for tick := time.NewTicker(100 * time.Millisecond); ; {
			_, _ = c.WriteTo([]byte(payload), to) // what is lost is sent again
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
			}
		}
	}()
}

// fetch reads a page until it matches: fetch URL REGEXP. It gives up after 20
// seconds. The page is left in the file page.
func fetch(ts *testscript.TestScript, neg bool, args []string) {
	want, err := regexp.Compile("(?m)" + args[1])
	ts.Check(err)
	last := ""
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		page, err := get(args[0])
		if err != nil {
			last = err.Error()
			continue
		}
		last = page
		if want.MatchString(page) != neg {
			ts.Check(os.WriteFile(ts.MkAbs("page"), []byte(page), 0o644))
			return
		}
	}
	ts.Fatalf("%s: waited 20 s for %s; last seen:\n%s", args[0], args[1], last)
}

func get(url string) (string, error) {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return fmt.Sprintf("%s\n%s", resp.Status, body), err
}

// terminate sends SIGTERM to what runs in the background, as a service manager
// does.
func terminate(ts *testscript.TestScript, _ bool, _ []string) {
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	}
}
