package cli

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/pflag"
)

// chatter sends payloads ten times a second until the script ends: chatter
// PORT PAYLOAD...
func chatter(ts *testscript.TestScript, _ bool, args []string) {
	stop, done := make(chan struct{}), make(chan struct{})
	ts.Defer(func() { close(stop); <-done })
	go func() {
		defer close(done)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			send(ts, false, args)
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
}

func TestAKeyEndsTheListening(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	if _, err := net.InterfaceByName("lo"); err != nil {
		t.Skip("the loopback interface is not named lo here")
	}
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := c.LocalAddr().(*net.UDPAddr).Port
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]string{"any": "x", "ctrl+c": "\x03"} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command("picotop", "doctor", "-i", "lo", "-p", strconv.Itoa(port), "--for", "10m")
			cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "TERM=xterm-256color")
			tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
			if err != nil {
				t.Skip("no terminal to be had: ", err)
			}
			defer tty.Close()
			timer := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
			defer timer.Stop()
			seen := &keyPresser{tty: tty, key: key}
			_, _ = io.Copy(seen, tty) // ends with an error when the program does
			err = cmd.Wait()
			exit, ok := errors.AsType[*exec.ExitError](err)
			if !ok || exit.ExitCode() != 1 {
				t.Errorf("it ended with %v", err)
			}
			if text := seen.all.String(); !strings.Contains(text, "\r\nLikely:   nothing came from any Pico") {
				t.Errorf("it said %q", text)
			}
		})
	}
}

// A keyPresser reads a terminal, and presses a key when it sees that the
// doctor is listening.
type keyPresser struct {
	tty     *os.File
	key     string
	pressed bool
	all     bytes.Buffer
}

func (k *keyPresser) Write(b []byte) (int, error) {
	n, err := k.all.Write(b)
	if !k.pressed && strings.Contains(k.all.String(), "listening 0 s of 600") {
		k.pressed = true
		_, err = k.tty.WriteString(k.key)
	}
	return n, err
}

func TestTheDoctorRepeatsWhatWasAsked(t *testing.T) {
	network := newNetworkFlags()
	f := pflag.NewFlagSet("doctor", pflag.ContinueOnError)
	network.add(f)
	if got := network.repeated(f); got != "" {
		t.Errorf("nothing was given, but %q is repeated", got)
	}
	if err := f.Parse([]string{"-p", "12345", "-p", "9999", "-i", "eth0"}); err != nil {
		t.Fatal(err)
	}
	if got := network.repeated(f); got != "--port 12345,9999 --interface eth0" {
		t.Errorf("got %q", got)
	}
	for arg, want := range map[string]string{"picotop": "picotop", "./picotop": "./picotop", "/usr/local/bin/picotop": "/usr/local/bin/picotop"} {
		if got := calledAs(arg); got != want {
			t.Errorf("called as %q: %q", arg, got)
		}
	}
}
