package cli

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// TestSuspend stops the dashboard as a shell does, and has it go on.
func TestSuspend(t *testing.T) {
	if testing.Short() {
		t.Skip("starts the whole program")
	}
	d := openShell(t)
	press(t, d, "picotop --demo\r")
	d.waitFor(t, "FREEZING")
	d.waitFor(t, "\x1b[?1004h") // keys are the program's from here on
	d.forget()
	press(t, d, "\x1a")
	d.waitFor(t, "\x1b[?1049l")
	d.waitFor(t, "ready>")
	d.forget()
	press(t, d, "echo $((6*7))\r") // the terminal is the shell's again, and echoes
	d.waitFor(t, "echo $((6*7))")
	d.waitFor(t, "42")
	d.forget()
	press(t, d, "fg\r")
	d.waitFor(t, "\x1b[?1049h")
	d.waitFor(t, "Cold Water Tank")
	press(t, d, "q")
	d.waitFor(t, "\x1b[?1049l")
	d.waitFor(t, "ready>")
	press(t, d, "exit\r")
	d.ends(t)
}

// openShell is a dashboard's terminal with a shell on it that controls its jobs.
func openShell(t *testing.T) *dashboard {
	t.Helper()
	t.Setenv("PS1", "ready>")
	t.Setenv("ENV", "")
	return openProgram(t, "sh", "-i")
}

// TestATerminalThatTakesNothing stops reading, as an ssh does that hangs. The readings,
// the history and the metrics must not wait for it.
func TestATerminalThatTakesNothing(t *testing.T) {
	s := newService(t) // never started: only its ports are of use
	data := t.TempDir()
	t.Setenv("RUNTIME_DIRECTORY", s.dir)
	d := openProgramUnread(t, "picotop", "-p", strconv.Itoa(s.udp), "-i", "lo", "--data", data, "-s", s.http)
	page := func() string {
		resp, err := http.Get("http://" + s.http + "/metrics")
		if err != nil {
			return ""
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return string(body)
	}
	waitFor := func(text string, act func()) {
		t.Helper()
		for deadline := time.Now().Add(20 * time.Second); !strings.Contains(page(), text); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("/metrics never said %q", text)
			}
			act()
		}
	}
	waitFor("Cellar", func() { s.hear("Cellar", "7.5") })
	// Keys make it draw until the terminal holds no more: some 4 kB on Linux.
	for range 40 {
		press(t, d, "?")
		time.Sleep(5 * time.Millisecond) // or they would be one picture
	}
	waitFor("Attic", func() { s.hear("Attic", "17.25") })
	if left, err := os.ReadDir(filepath.Join(data, "history")); err != nil || len(left) == 0 {
		t.Errorf("there is no history: %v, %v", left, err)
	}
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	d.ends(t)
}

// TestTheTerminalHangsUp closes the terminal under a program that is its session's
// leader: it gets SIGHUP, and ends with all that it heard.
func TestTheTerminalHangsUp(t *testing.T) {
	s := newService(t)
	data := t.TempDir()
	d := s.dashboard(data)
	d.waitFor(t, "listening for group")
	s.hear("Cellar", "7.5")
	d.waitFor(t, "Cellar")
	if err := d.tty.Close(); err != nil {
		t.Fatal(err)
	}
	d.ends(t)
	again := s.dashboard(data)
	again.waitFor(t, "Cellar")
	press(t, again, "q")
	again.ends(t)
}

// openProgramUnread starts a program on a terminal from which nobody reads.
func openProgramUnread(t *testing.T, name string, args ...string) *dashboard {
	t.Helper()
	d := newDashboard(t, name, args...)
	tty, err := pty.StartWithSize(d.cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Skip("no terminal to be had: ", err)
	}
	d.tty = tty
	go func() { d.done <- d.cmd.Wait() }()
	t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		_ = tty.Close()
	})
	return d
}
