package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/net/ipv4"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"picotop": mainProgram, "load": sendLoad, "bareloop": bareLoop})
}

// mainProgram is picotop, as main starts it.
func mainProgram() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(Run(ctx, os.Args[1:], Program{Version: "test", In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}

func TestScripts(t *testing.T) {
	tcpdump, err := filepath.Abs("../capture/testdata/tcpdump-sll2.pcap")
	if err != nil {
		t.Fatal(err)
	}
	releases, err := filepath.Abs("../../testdata/release")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("TCPDUMP", tcpdump)
			env.Setenv("RELEASES", releases)
			env.Setenv("LANG", "C.UTF-8")
			env.Setenv("TERM", "xterm-256color")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"cut":       cut,
			"database":  startDatabase,
			"exits":     exits,
			"freeport":  freeport,
			"hold":      hold,
			"rouse":     rouse,
			"send":      send,
			"sendto":    sendto,
			"fetch":     fetch,
			"hangup":    hangup,
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

// hold keeps a TCP port until the end of the script, and puts it into a variable:
// hold TCP.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	ts.Setenv(args[0], strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
}

// send multicasts payloads on the loopback interface: send PORT PAYLOAD...
func send(ts *testscript.TestScript, _ bool, args []string) {
	port, err := strconv.ParseUint(args[0], 10, 16)
	ts.Check(err)
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	ts.Check(err)
	defer c.Close()
	lo, err := net.InterfaceByName("lo")
	ts.Check(err)
	p := ipv4.NewPacketConn(c)
	ts.Check(errors.Join(p.SetMulticastInterface(lo), p.SetMulticastTTL(0), p.SetMulticastLoopback(true)))
	to := netip.AddrPortFrom(netip.MustParseAddr("239.0.0.1"), uint16(port))
	for _, payload := range args[1:] {
		_, err := c.WriteTo([]byte(payload), net.UDPAddrFromAddrPort(to))
		ts.Check(err)
	}
}

// sendto sends payloads straight to an address: sendto ADDR:PORT PAYLOAD...
func sendto(ts *testscript.TestScript, _ bool, args []string) {
	c, err := net.Dial("udp4", args[0])
	ts.Check(err)
	defer c.Close()
	for _, payload := range args[1:] {
		_, err := c.Write([]byte(payload))
		ts.Check(err)
	}
}

// rouse sends packets of an unknown type until a file has grown twice, a
// second apart: rouse PORT FILE. Then the file is being recorded, and what was
// sent before is in it. It gives up after 20 seconds.
func rouse(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[1])
	last, grown := int64(0), 0
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		info, err := os.Stat(name)
		if err != nil || info.Size() == 0 {
			continue // not even begun
		}
		if info.Size() > last && last > 0 {
			grown++
		}
		last = info.Size()
		if grown == 2 {
			return
		}
		send(ts, false, []string{args[0], `{"type":"hello"}`})
	}
	ts.Fatalf("waited 20 s for %s to grow", args[1])
}

// cut copies the first bytes of a file: cut FROM TO BYTES.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b[:n], 0o644))
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

// hangup sends SIGHUP to what runs in the background.
func hangup(ts *testscript.TestScript, _ bool, _ []string) {
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGHUP))
	}
}

// terminate sends SIGTERM to what runs in the background, as a service manager
// does.
func terminate(ts *testscript.TestScript, _ bool, _ []string) {
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGTERM))
	}
}
